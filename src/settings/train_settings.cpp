// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/train_settings.hpp"

#include <algorithm>
#include <filesystem>
#include <iterator>
#include <map>
#include <optional>
#include <system_error>
#include <utility>

#include "fold_options.hpp"
#include "msunet/config/grid.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/inside.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/named_enum.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/settings/experiment_name.hpp"
#include "msunet/settings/extension.hpp"
#include "msunet/sweep/grid.hpp"
#include "msunet/sweep/target.hpp"
#include "msunet/unet/step_values.hpp"
#include "old_grid.hpp"
#include "recipes.hpp"

namespace msunet::settings {

using core::concat;

namespace {

/// Runs all checks and throws all problems that they find together.
template <class... Checks>
void check_all(const Checks&... checks) {
    std::vector<core::Problem> problems;
    const auto run = [&problems](const auto& check) {
        try {
            check();
        } catch (const core::UsageError& error) {
            problems.insert(problems.end(), error.data().begin(), error.data().end());
        }
    };
    (run(checks), ...);
    if (!problems.empty()) throw core::UsageError(problems);
}

/// `given`: on the command line. A YAML file of --print_config has "none" where there is no name.
void check_name(const TrainSettings& settings, const config::Settings& given) {
    const auto word = config::given_value(given, "experiment_name");
    if (word && core::means_none(*word)) {
        throw core::UsageError(
            {.option = "--experiment_name",
             .got = *word,
             .expected = concat("another name: ", core::quoted(*word), " stands for no value"),
             .advice = "leave -n out for a name with the time of the start"});
    }
    const auto& name = settings.experiment.experiment_name;
    if (name) check_experiment_name("--experiment_name", *name);
}

/// No output lies in an input folder: neither the folder around the experiment nor its own.
void check_folders(const TrainSettings& settings) {
    const std::vector<std::string> inputs{settings.folders.training_data_path,
                                          settings.folders.mask_data_path};
    std::vector<core::Problem> problems;
    const auto check = [&](const char* option, const std::filesystem::path& named,
                           const std::filesystem::path& written) {
        auto problem = core::output_in_input(option, named, written, inputs);
        if (problem) problems.push_back(std::move(*problem));
        return problem.has_value();
    };
    const auto& options = settings.experiment;
    const std::filesystem::path around = options.output_directory;
    if (!check("--output_directory", around, around) && options.experiment_name) {
        check("--experiment_name", *options.experiment_name, around / *options.experiment_name);
    }
    if (options.resume.kind == Resume::Kind::folder) {
        check("--resume", options.resume.folder, options.resume.folder);
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

/// The folder decides about the name; `given`: on the command line.
void check_resume(const TrainSettings& settings, const config::Settings& given) {
    if (settings.experiment.resume.kind != Resume::Kind::folder) return;
    const auto name = config::given_value(given, "experiment_name");
    if (!name) return;
    throw core::UsageError({.option = "--resume",
                            .got = settings.experiment.resume.folder,
                            .problem = concat("and -n ", core::quoted(*name), " can't be combined"),
                            .why = "both name the experiment",
                            .advice = "give one of the two"});
}

/// The experiment that --resume names.
std::optional<std::filesystem::path> folder_to_resume(const config::Settings& given) {
    const auto text = config::given_value(given, "resume");
    Resume resume;
    if (!text || !from_text(*text, resume) || resume.kind != Resume::Kind::folder) {
        return std::nullopt;
    }
    return resume.folder;
}

/// The options in an experiment's config.yaml; none where it has none. What its first start had
/// left to the machine is left to this one.
config::Settings settings_of_experiment(const config::Schema& schema,
                                        const std::filesystem::path& folder) {
    const auto file = folder / "config.yaml";
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return {};
    auto yaml = config::read_yaml(schema, file.string());
    const auto journal = folder / record::journal_name;
    if (!std::filesystem::exists(journal, ignored)) return yaml;
    const auto first = record::read_start(journal).configuration;
    std::erase_if(yaml, [&first](const config::Setting& setting) {
        if (setting.name != "threads" && setting.name != "precision") return false;
        const auto recorded = record::setting(first, setting.name);
        return recorded == "none" || recorded == "auto";
    });
    return yaml;
}

/// Gives options that were left out the values that apply, where these depend on nothing but other
/// options.
void resolve_defaults(TrainSettings& settings) {
    auto& preprocess = settings.preprocess;
    preprocess.slice_axis = preprocess.axis_of_slices();
    if (preprocess.by_spacing()) {
        preprocess.horizontal_interpolation_spacing = preprocess.horizontal();
        preprocess.interlayer_interpolation_spacing = preprocess.interlayer();
    } else {
        preprocess.target_size = preprocess.target();
    }
    auto& cache = settings.folders.cache;
    if (cache && cache->empty()) {
        cache = (std::filesystem::path(settings.experiment.output_directory) / ".msunet_cache")
                    .string();
    }
    auto& experiment = settings.experiment;
    if (experiment.resume.kind == Resume::Kind::folder) experiment.experiment_name.reset();
}

void check_metric_names(const TrainSettings& settings) {
    if (const auto& metric = settings.sweep.metric) sweep::check_known("metric", *metric);
    if (const auto& target = settings.sweep.performance_target) {
        sweep::check_known("performance_target", target->metric);
    }
}

/// Keys that the user's grid leaves out have the values of `recipe`, a grid too.
void load_grid(TrainSettings& settings, const std::optional<std::string>& recipe) {
    auto& text = settings.experiment.talos_params;
    if (!text) return;
    // A variable of the shell that is not set would train the defaults.
    if (core::trim(*text).empty()) {
        throw core::UsageError({.option = "--talos_params",
                                .problem = "is empty",
                                .advice = "give a dictionary or a file, or leave it out"});
    }
    auto grid = config::load_grid(*text, unet::hyperparameter_keys(), old_grid_keys());
    for (const auto& warning : modernise(grid)) core::log::warn(warning);
    if (recipe) grid.merge(config::parse_grid(*recipe, unet::hyperparameter_keys()));
    text = config::grid_text(grid);
}

std::optional<core::Problem> problem_with_value(std::string_view name, const core::Value& value) {
    try {
        (void)unet::from_permutation({{std::string(name), value}});
        return std::nullopt;
    } catch (const core::UsageError& error) {
        return error.data().front();
    }
}

/// Equal values would give equal permutations: of each the first is kept, with a line for the
/// others.
void drop_equal_values(record::GridLists& lists, std::vector<std::string>& warnings) {
    for (auto& [name, values] : lists) {
        std::map<core::Value, core::Value> first;
        std::erase_if(values, [&, &name = name](const core::Value& value) {
            const auto [same, is_new] = first.emplace(unet::canonical_value(name, value), value);
            if (is_new) return false;
            warnings.push_back(concat("grid: ", name, ": ", core::python_repr(value),
                                      value == same->second
                                          ? std::string(" is given twice")
                                          : " is the same as " + core::python_repr(same->second),
                                      ", its permutations are trained once"));
            return true;
        });
    }
}

/// Fractional patches take no size from the grid: several sizes would give several trials of the
/// same permutation.
void collapse_patch_lists(record::GridLists& lists, std::vector<std::string>& warnings) {
    for (const auto* name : {"patch_dimensions", "patch_stride"}) {
        const auto found = lists.find(std::string_view(name));
        if (found == lists.end() || found->second.size() < 2) continue;
        warnings.push_back(concat("grid: ", name, " has ", found->second.size(),
                                  " values but patches are fractions of the slice (-ufp True), "
                                  "only ",
                                  core::python_str(found->second.front()),
                                  " is kept, give -ufp False to sweep over patch sizes"));
        found->second.resize(1);
    }
}

/// Lists of patch sizes collapse to their first value; a distribution has none.
void refuse_patch_distributions(const sweep::GridSpace& space) {
    for (const auto& [name, distribution] : space.distributions) {
        if (name != "patch_dimensions" && name != "patch_stride") continue;
        throw core::UsageError({.kind = "grid,",
                                .key = name,
                                .problem = "is a distribution but patches are fractions of the "
                                           "slice (-ufp True)",
                                .advice = "remove it or give -ufp False"});
    }
}

/// Of a distribution's values the first that is wrong says enough.
void check_drawn_values(const sweep::DrawnGrid& drawn) {
    std::vector<core::Problem> problems;
    for (const auto& [name, text] : drawn.texts) {
        for (const auto& value : drawn.lists.at(name)) {
            auto problem = problem_with_value(name, value);
            if (!problem) continue;
            problem->place = concat("grid: ", text, " draws a value that is not allowed");
            problems.push_back(std::move(*problem));
            break;
        }
    }
    if (!problems.empty()) throw core::UsageError(problems);
}

/// Writes the help on every key of the grid.
class KeyPrinter final : public core::UniformVisitor<KeyPrinter> {
public:
    explicit KeyPrinter(std::size_t width) : width_(width) {}

    template <class T>
    void option(const core::OptionInfo& info, T& value) {
        text += concat("  ", info.name, "\n");
        const auto help = concat(
            config::help_sentences(info), " Default: ",
            info.default_text.empty() ? core::option_text(value) : std::string(info.default_text),
            ".");
        constexpr std::size_t indent = 8;
        for (const auto& line : core::wrap(help, width_ - indent)) {
            text += concat(std::string(indent, ' '), line, "\n");
        }
    }

    std::string text;

private:
    std::size_t width_;
};

/// The options of --recipe; none where it is not given or unknown, which config::apply reports.
config::Settings recipe_settings(const config::Schema& schema, const config::Settings& given) {
    const auto name = config::given_value(given, "recipe");
    const auto recipe = name ? core::value_named<Recipe>(*name) : std::nullopt;
    if (!recipe) return {};
    return config::parse_yaml(schema, recipe_yaml(*recipe), concat("--recipe ", *name));
}

/// Ends the message about `-lr 0.01` or `--epoch 3`: such a user means the grid.
std::string explain_grid_key(std::string_view key) {
    return concat(", but '", key, "' is a key of the parameter grid: give -talos \"{'", key,
                  "': [...]}\"");
}

}  // namespace

void check_modes(const imaging::PreprocessOptions& options) {
    if (!options.contradictory()) return;
    throw core::UsageError({.option = "-ts/--target_size",
                            .problem = "and -hspace or -vspace can't be combined",
                            .why = "a new width and a new spacing exclude each other",
                            .advice = "give one of the two"});
}

config::Schema train_schema(TrainSettings& settings) {
    config::Schema schema("train");
    schema.add("Command", settings.command)
        .add("Input and output", settings.folders)
        .add("Input and output", settings.experiment)
        .add("Preprocessing", settings.preprocess)
        .add("Preprocessing", settings.slices)
        .add("Patches", settings.patches)
        .add("Validation data", settings.split)
        .add("Augmentation", settings.augment)
        .add_walk("Hyperparameters (each is a key of the grid too, whose values take precedence)",
                  [&settings](core::OptionVisitor& visitor) {
                      unet::describe_options(visitor, settings.defaults);
                  })
        .add("Sweep", settings.sweep)
        .add("Training", settings.train)
        .add_keys(unet::hyperparameter_keys(), explain_grid_key);
    return schema;
}

TrainSettings read_train_settings(std::span<const std::string> arguments) {
    TrainSettings settings;
    const auto schema = train_schema(settings);
    const auto given = config::parse_command_line(schema, arguments);
    auto yaml = recipe_settings(schema, given);
    const auto grid_of_recipe = config::given_value(yaml, "talos_params");
    if (const auto file = config::given_value(given, "config")) {
        std::ranges::move(config::read_yaml(schema, *file), std::back_inserter(yaml));
    } else if (const auto folder = folder_to_resume(given)) {
        std::ranges::move(settings_of_experiment(schema, *folder), std::back_inserter(yaml));
    }
    // --print_config also shows a configuration that is incomplete.
    const auto print = config::given_value(given, "print_config");
    config::apply(schema, yaml, given,
                  print ? config::Required::ignored : config::Required::checked);
    std::vector<std::string> warnings;
    check_all([&] { check_modes(settings.preprocess); }, [&] { check_name(settings, given); },
              [&] { check_folders(settings); }, [&] { check_resume(settings, given); },
              [&] { check_extend(settings); }, [&] { check_metric_names(settings); },
              [&] { sweep::check_sampler(settings.sweep); },
              [&] { sweep::check_search(settings.sweep); }, [&] { check_folds(settings, given); },
              [&] {
                  load_grid(settings, grid_of_recipe);
                  (void)grid_of(settings, warnings);
              });
    resolve_defaults(settings);
    return settings;
}

std::string settings_yaml(const TrainSettings& settings, const config::Remarks& remarks) {
    auto copy = settings;
    copy.command = {};
    return config::config_yaml(train_schema(copy), remarks);
}

TrainSettings settings_from_yaml(const std::string& yaml) {
    TrainSettings settings;
    const auto schema = train_schema(settings);
    config::apply(schema, config::parse_yaml(schema, yaml, "effective configuration"), {},
                  config::Required::ignored);
    return settings;
}

record::Configuration configuration_of(const TrainSettings& settings) {
    auto copy = settings;
    return config::option_texts(train_schema(copy),
                                {core::Affects::data, core::Affects::result, core::Affects::run});
}

sweep::DrawnGrid grid_of(const TrainSettings& settings, std::vector<std::string>& warnings) {
    core::GridEntries entries;
    if (settings.experiment.talos_params) {
        entries =
            config::parse_grid(*settings.experiment.talos_params, unet::hyperparameter_keys());
    }
    auto space = sweep::space_of(entries);
    sweep::check_values(space.lists, problem_with_value);
    drop_equal_values(space.lists, warnings);
    if (settings.patches.use_frac_patch) {
        refuse_patch_distributions(space);
        collapse_patch_lists(space.lists, warnings);
    }
    auto drawn = sweep::draw(std::move(space), settings.sweep,
                             static_cast<std::uint64_t>(settings.experiment.seed));
    check_drawn_values(drawn);
    return drawn;
}

std::string grid_help(std::size_t width) {
    unet::Hyperparameters defaults;
    KeyPrinter printer(width);
    unet::describe(printer, defaults);
    return concat("Keys of the parameter grid (-talos \"{'lr': [0.001, 0.0001], 'epochs': 30}\")\n",
                  printer.text);
}

unet::Hyperparameters default_hyperparameters(const TrainSettings& settings) {
    return settings.defaults;
}

}  // namespace msunet::settings
