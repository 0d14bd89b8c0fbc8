// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/deploy.hpp"

#include <algorithm>
#include <string_view>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/value.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/io/csv.hpp"
#include "msunet/io/npy.hpp"
#include "msunet/io/zip.hpp"
#include "msunet/record/ranking.hpp"
#include "msunet/report/results.hpp"
#include "msunet/report/tables.hpp"
#include "msunet/unet/keras_config.hpp"
#include "report/dates.hpp"

namespace msunet::report {
namespace {

// Restore reads two tables of samples. The Python trainer stored none there either.
constexpr std::string_view dummy_samples = "37,12\n72,9\n";

std::vector<h5::KerasLayer> layers_of(const TrainedModel& model) {
    const std::vector<std::string> names = model.architecture.layer_names();
    return h5::group_by_layer(names, model.weights);
}

std::string model_json(const TrainedModel& model) {
    return unet::keras_model_json(model.architecture, model.hyperparameters, model.height,
                                  model.width);
}

std::string as_text(const std::vector<std::byte>& bytes) {
    std::string text(bytes.size(), '\0');
    std::ranges::transform(bytes, text.begin(), [](std::byte b) { return static_cast<char>(b); });
    return text;
}

// The grid as Talos holds it, with the values that the trainer adds to every permutation.
io::GridLists grid_lists(const Sweep& sweep, const record::TrialResult& best) {
    std::map<std::string, std::vector<core::Value>> lists;
    for (const auto& [name, value] : table_parameters(sweep, best)) lists[name] = {value};
    for (const auto& [name, values] : sweep.grid) {
        const bool shown_as_size = name == "patch_dimensions" && sweep.fractional_patches;
        if (!shown_as_size) lists[name] = values;
    }
    return {lists.begin(), lists.end()};
}

std::string details_text(const Sweep& sweep, std::size_t row) {
    const record::TrialResult& best = sweep.trials[row];
    const auto ranked = record::ranked_value(best, sweep.metric).value_or(record::RankedValue{});
    const std::vector<std::vector<std::string>> lines{
        {"", "0"},
        {"experiment_name", sweep.experiment},
        {"random_method", sweep.random_method},
        {"reduction_method", ""},
        {"reduction_interval", "50"},
        {"reduction_window", "20"},
        {"reduction_threshold", "0.2"},
        {"reduction_metric", "val_acc"},
        {"complete_time", talos_complete_time(sweep.ended_at, sweep.utc_offset)},
        {"x_shape", "list"},
        {"y_shape", "list"},
        {"best_permutation", std::to_string(best.trial)},
        {"best_row", std::to_string(row)},
        {"best_metric", ranked.metric},
        {"best_value", core::python_repr(ranked.value)}};
    std::string text;
    for (const auto& line : lines) text += io::csv_row(line);
    return text;
}

std::string readme_text(const Sweep& sweep, std::size_t row, const std::string& base) {
    const record::TrialResult& best = sweep.trials[row];
    const auto ranked = record::ranked_value(best, sweep.metric).value_or(record::RankedValue{});
    std::string text = core::concat(
        sweep.chosen ? "A model" : "The best model", " of the sweep '", sweep.experiment,
        "', as a Talos Deploy archive.\n\n",
        "Restore it in Python without renaming or unpacking this file:\n\n", "    import talos\n",
        "    restored = talos.Restore('", base, ".zip')\n",
        "    restored.model.predict(x)   # x: (N, height, width, 1), values 0 to 1\n",
        "    restored.results            # one row per trial\n",
        "    restored.params             # the whole grid\n\n",
        sweep.chosen ? "" : "Best: ", noun_of(sweep), " ", best.trial, " (row ", row, " of ", base,
        "_results.csv), ", ranked.metric, " = ", core::python_repr(ranked.value), "\n");
    for (const auto& [name, value] : table_parameters(sweep, best)) {
        text += core::concat("    ", name, " = ", core::python_str(value), "\n");
    }
    text += core::concat(
        "\nFiles\n    ", base, "_model.json, ", base, "_model.h5   network and weights (Keras ",
        unet::keras_version, ")\n    ", base, "_results.csv   results of all trials\n    ", base,
        "_params.npy   the grid\n    ", base, "_details.txt   the sweep\n    ", base, "_x.csv, ",
        base, "_y.csv   placeholders that Restore expects, without data\n");
    return text;
}

}  // namespace

std::map<std::string, std::string> file_attributes(
    const std::map<std::string, std::string>& preprocessing) {
    std::map<std::string, std::string> attributes;
    for (const auto& [name, value] : preprocessing) {
        attributes.emplace(attribute_prefix + name, value);
    }
    return attributes;
}

std::filesystem::path write_deploy_archive(const std::filesystem::path& folder, const Sweep& sweep,
                                           const TrainedModel& model) {
    const auto row = best_trial(sweep);
    if (!row) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("no archive can be written: no trial of '", sweep.experiment,
                                       "' has a model"));
    }
    const std::string base = "model_deploy" + sweep.experiment;
    const std::vector<h5::KerasLayer> layers = layers_of(model);
    const std::vector<io::ZipMember> members{
        {base + "_details.txt", details_text(sweep, *row)},
        {base + "_params.npy", io::npy_grid_bytes(grid_lists(sweep, sweep.trials[*row]))},
        {base + "_results.csv", deploy_results_csv(sweep)},
        {base + "_model.json", model_json(model)},
        {base + "_model.h5",
         as_text(h5::keras_weights_image(layers, file_attributes(model.preprocessing)))},
        {"README.txt", readme_text(sweep, *row, base)},
        {base + "_x.csv", std::string(dummy_samples)},
        {base + "_y.csv", std::string(dummy_samples)}};
    std::filesystem::path file = folder / (base + ".zip");
    io::write_zip(file, members);
    return file;
}

std::filesystem::path write_best_model(const std::filesystem::path& folder,
                                       const TrainedModel& model) {
    return write_model(folder / "best_model.hdf5", model);
}

std::filesystem::path write_model(const std::filesystem::path& file, const TrainedModel& model) {
    const std::vector<h5::KerasLayer> layers = layers_of(model);
    h5::write_keras_model(file, layers, model_json(model), file_attributes(model.preprocessing));
    return file;
}

}  // namespace msunet::report
