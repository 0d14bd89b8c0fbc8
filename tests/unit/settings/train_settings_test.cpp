// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/train_settings.hpp"

#include <gmock/gmock.h>
#include <unistd.h>

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "msunet/config/grid.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/journal.hpp"
#include "msunet/settings/absolute_paths.hpp"
#include "msunet/sweep/expression.hpp"

namespace msunet::settings {
namespace {

using testing::HasSubstr;

TrainSettings read(std::vector<std::string> arguments) {
    arguments.insert(arguments.end(), {"-tpath", "data", "-mpath", "masks"});
    return read_train_settings(arguments);
}

std::string refusal(const std::vector<std::string>& arguments) {
    try {
        read(arguments);
    } catch (const core::UsageError& error) {
        return error.what();
    }
    return "nothing was refused";
}

TEST(Settings, ReadsTheGuidesCall) {
    const auto settings = read(
        {"-path", "start.hdf5", "-v",  "0.25", "-n",     "rats",
         "-mw",   "fmri",       "-wf", "2",    "-talos", "{'lr': [0.001, 0.01], 'batch size': 16}",
         "-ia",   "False",      "-at", "0.3",  "-er",    "no",
         "-ts",   "64",         "-fp", "0.5",  "-fs",    "0.25"});
    EXPECT_EQ(settings.folders.training_data_path, "data");
    EXPECT_EQ(settings.experiment.initial_model_path, "start.hdf5");
    EXPECT_EQ(settings.experiment.experiment_name, "rats");
    EXPECT_DOUBLE_EQ(settings.split.validation_split, 0.25);
    EXPECT_FALSE(settings.augment.in_place_augmentation);
    EXPECT_FALSE(settings.augment.enable_rotation);
    EXPECT_TRUE(settings.augment.enable_affine);
    EXPECT_EQ(settings.preprocess.target_size, 64);
    EXPECT_DOUBLE_EQ(settings.patches.frac_patch, 0.5);
    std::vector<std::string> warnings;
    const auto grid = grid_of(settings, warnings).lists;
    EXPECT_EQ(grid.at("lr").size(), 2U);
    EXPECT_EQ(grid.at("batch_size").size(), 1U);
    const auto defaults = default_hyperparameters(settings);
    EXPECT_EQ(defaults.modality_weight, core::Modality::fmri);
    EXPECT_DOUBLE_EQ(defaults.weight_factor, 2);
}

TEST(Settings, EqualValuesAreTrainedOnce) {
    const auto settings =
        read({"-talos", "{'lr': [1e-3, 0.001, 0.01], 'optimizer': ['adam', 'Adam', 'SGD']}"});
    std::vector<std::string> warnings;
    const auto grid = grid_of(settings, warnings).lists;
    EXPECT_EQ(grid.at("lr").size(), 2U);
    EXPECT_EQ(grid.at("optimizer").size(), 2U);
    EXPECT_THAT(warnings,
                testing::ElementsAre(
                    "grid: lr: 0.001 is given twice, its permutations are trained once",
                    "grid: optimizer: 'Adam' is the same as 'adam', its permutations are trained "
                    "once"));
}

TEST(Settings, DistributionsAreDrawnAndComeBackFromYaml) {
    const auto settings =
        read({"-talos", "{'lr': loguniform(1e-4, 1e-2), 'optimizer': choice('adam', 'SGD')}",
              "--round_limit", "5", "--sampler", "sobol"});
    std::vector<std::string> warnings;
    const auto grid = grid_of(settings, warnings);
    EXPECT_EQ(grid.trials.value().size(), 5U);
    EXPECT_EQ(grid.lists.at("lr").size(), 5U);
    EXPECT_EQ(grid.texts.at("lr"), "loguniform(1e-4, 1e-2)");
    const auto again = grid_of(settings_from_yaml(settings_yaml(settings)), warnings);
    EXPECT_EQ(again.lists, grid.lists);
    EXPECT_EQ(again.trials, grid.trials);
}

TEST(Settings, DistributionsOfWrongValuesAreRefused) {
    EXPECT_THAT(refusal({"-talos", "{'batch_size': uniform(1, 9)}", "--round_limit", "5"}),
                testing::AllOf(HasSubstr("batch_size"),
                               HasSubstr("uniform(1, 9) draws a value that is not allowed")));
    EXPECT_THAT(refusal({"-talos", "{'which_layer': randint(0, 20)}", "--round_limit", "5"}),
                HasSubstr("which_layer"));
    EXPECT_THAT(refusal({"-talos", "{'lr': uniform(1e-4, 1e-2)}"}), HasSubstr("--round_limit N"));
    EXPECT_THAT(refusal({"-talos", "{'patch_dimensions': quniform(32, 4096, 32)}", "-ufp", "True",
                         "--round_limit", "5"}),
                HasSubstr("-ufp False"));
}

TEST(Settings, ValuesThatApplyAreFilledIn) {
    const auto by_width = read({"--output_directory", "out"});
    EXPECT_EQ(by_width.preprocess.target_size, 128);
    EXPECT_EQ(by_width.folders.cache, "out/.msunet_cache");
    const auto by_spacing = read({"-hspace", "0.1", "--cache", "none"});
    EXPECT_EQ(by_spacing.preprocess.target_size, std::nullopt);
    EXPECT_EQ(by_spacing.preprocess.interlayer_interpolation_spacing, 0.76);
    EXPECT_EQ(by_spacing.folders.cache, std::nullopt);
}

TEST(Settings, AFolderToResumeBringsItsConfiguration) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("msunet_settings_" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder);
    std::ofstream(folder / "config.yaml")
        << "training_data_path: scans\nmask_data_path: brains\nexperiment_name: x\nseed: 7\n";
    const std::vector<std::string> arguments{"--resume", folder.string(), "--seed", "8"};
    const auto settings = read_train_settings(arguments);
    EXPECT_EQ(settings.folders.training_data_path, "scans");
    EXPECT_EQ(settings.experiment.seed, 8) << "the command line wins";
    EXPECT_EQ(settings.experiment.experiment_name, std::nullopt);
    std::filesystem::remove_all(folder);
    EXPECT_THAT(refusal({"--resume", "rats", "-n", "mice"}), HasSubstr("can't be combined"));
}

TEST(Settings, AnExperimentLeavesToTheMachineWhatItsFirstStartLeft) {
    const auto folder =
        std::filesystem::temp_directory_path() / ("msunet_machine_" + std::to_string(::getpid()));
    const auto threads_of_resume = [&folder](const char* first) {
        std::filesystem::remove_all(folder);
        std::filesystem::create_directories(folder);
        std::ofstream(folder / "config.yaml")
            << "training_data_path: a\nmask_data_path: b\nthreads: 7\nprecision: bf16\n";
        record::SweepStart start;
        start.grid = {{"lr", {core::Value(0.1)}}};
        start.trials = {0};
        start.configuration = {{"threads", first, core::Affects::run},
                               {"precision", "bf16", core::Affects::run}};
        { const auto journal = record::Journal::create(folder / record::journal_name, start); }
        const auto settings = read_train_settings({{"--resume", folder.string()}});
        EXPECT_EQ(settings.train.precision, core::Precision::bf16);
        return settings.train.threads;
    };
    EXPECT_EQ(threads_of_resume("none"), std::nullopt);
    EXPECT_EQ(threads_of_resume("7"), 7);
    std::filesystem::remove_all(folder);
}

TEST(Settings, PathsMeanTheSameInAnyFolder) {
    const auto here = std::filesystem::current_path().string();
    const auto settings = with_absolute_paths(
        read({"-path", "../start.hdf5", "--cache", "none", "--write_augmented", "copies/"}));
    EXPECT_EQ(settings.folders.training_data_path, here + "/data");
    EXPECT_EQ(settings.folders.mask_data_path, here + "/masks");
    EXPECT_EQ(settings.folders.cache, std::nullopt);
    EXPECT_EQ(settings.experiment.output_directory, here);
    EXPECT_EQ(settings.augment.write_augmented, here + "/copies");
    EXPECT_EQ(settings.experiment.initial_model_path,
              std::filesystem::path(here).parent_path().string() + "/start.hdf5");
    EXPECT_EQ(with_absolute_paths(read({})).experiment.initial_model_path, "random");
}

TEST(Settings, UnknownMetricsAreRefusedWithoutData) {
    EXPECT_THAT(refusal({"--metric", "val_dice"}), HasSubstr("--metric"));
    EXPECT_THAT(refusal({"--performance_target", "accuracy,1"}), HasSubstr("'accuracy'"));
}

TEST(Settings, OptionsThatFoldsReplaceAreRefused) {
    const auto problems_of = [](std::vector<std::string> more) {
        std::vector<std::string> arguments{"-tpath", "a", "-mpath", "b"};
        arguments.insert(arguments.end(), more.begin(), more.end());
        try {
            (void)read_train_settings(arguments);
        } catch (const core::UsageError& error) {
            return core::join(error.problems(), "; ");
        }
        return std::string("accepted");
    };
    EXPECT_EQ(problems_of({"--folds", "3", "--repeats", "2"}), "accepted");
    EXPECT_EQ(problems_of({"--folds", "3", "--strategy", "asha"}), "accepted");
    EXPECT_EQ(problems_of({"--folds", "3", "--sampler", "tpe", "--round_limit", "9"}), "accepted");
    EXPECT_THAT(problems_of({"--repeats", "2"}), testing::HasSubstr("needs --folds K"));
    EXPECT_THAT(problems_of({"--folds", "1"}), testing::HasSubstr("--folds"));
    const std::vector<std::vector<std::string>> refused{
        {"-v", "0.2"}, {"--split", "guide"}, {"--shard", "1/2"}};
    for (const auto& options : refused) {
        const auto text = problems_of({"--folds", "3", options[0], options[1]});
        EXPECT_THAT(text, testing::AllOf(testing::HasSubstr("--folds 3 and "),
                                         testing::HasSubstr(options[0])));
    }
}

TEST(Settings, NamesThatFilesCanNotHaveAreRefused) {
    EXPECT_THAT(refusal({"-n", std::string(181, 'x')}), HasSubstr("at most 180 bytes"));
    EXPECT_THAT(refusal({"-n", "rats.zip"}), HasSubstr("without '.zip'"));
    EXPECT_THAT(refusal({"-n", "a\nb"}), HasSubstr("control characters"));
    EXPECT_THAT(refusal({"-n", "a/b"}), HasSubstr("without '/'"));
    EXPECT_EQ(read({"-n", std::string(180, 'x')}).experiment.experiment_name,
              std::string(180, 'x'));
}

TEST(Settings, ProblemsOfSeveralChecksCarryTheirData) {
    try {
        read({"-n", "a/b", "--repeats", "2"});
        FAIL() << "nothing was thrown";
    } catch (const core::UsageError& error) {
        ASSERT_EQ(error.data().size(), 2U);
        EXPECT_EQ(error.data()[0].option, "--experiment_name");
        EXPECT_EQ(error.data()[0].got, "a/b");
        EXPECT_EQ(error.data()[1].option, "--repeats");
    }
}

TEST(Settings, OtherRanksGetTheSame) {
    const auto settings = read({"-talos", "{'lr': (0.001, 0.1, 5), 'losses': ['bce']}", "-ts", "96",
                                "--early_stopping", "3", "--time_limit", "90 min"});
    const auto copy = settings_from_yaml(settings_yaml(settings));
    EXPECT_EQ(configuration_of(copy), configuration_of(settings));
    std::vector<std::string> warnings;
    EXPECT_EQ(grid_of(copy, warnings).lists, grid_of(settings, warnings).lists);
    EXPECT_EQ(grid_of(copy, warnings).lists.at("lr").size(), 5U);
}

TEST(Settings, SizesOfFractionalPatchesCollapse) {
    const auto settings = read({"-talos", "{'patch_dimensions': [64, 128], 'patch_stride': [8]}"});
    std::vector<std::string> warnings;
    const auto grid = grid_of(settings, warnings).lists;
    EXPECT_EQ(grid.at("patch_dimensions").size(), 1U);
    ASSERT_EQ(warnings.size(), 1U);
    EXPECT_THAT(warnings[0], HasSubstr("patch_dimensions has 2 values"));

    const auto fixed =
        read({"-ufp", "False", "-talos", "{'patch_dimensions': [64, 128], 'patch_stride': [8]}"});
    EXPECT_EQ(grid_of(fixed, warnings).lists.at("patch_dimensions").size(), 2U);
}

TEST(Settings, ModesExcludeEachOther) {
    EXPECT_THAT(refusal({"-ts", "64", "-hspace", "0.1"}), HasSubstr("can't be combined"));
}

TEST(Settings, KeysOfTheGridAsOptionsAreExplained) {
    EXPECT_THAT(refusal({"-lr", "0.01"}), HasSubstr("-talos \"{'lr': [...]}\""));
    EXPECT_THAT(refusal({"--epoch", "3"}), HasSubstr("-talos \"{'epochs': [...]}\""));
    const auto both = refusal({"--target_siz", "64", "-lr", "0.01"});
    EXPECT_THAT(both, HasSubstr("did you mean '--target_size'?"));
    EXPECT_THAT(both, HasSubstr("'lr' is a key"));
    EXPECT_THAT(refusal({"--precison", "bf16"}), HasSubstr("did you mean '--precision'?"));
    EXPECT_THAT(refusal({"--batch-size=16"}), HasSubstr("'batch_size'"));
    // These are both options and keys.
    EXPECT_EQ(refusal({"-mw", "fmri", "--early_stopping", "3"}), "nothing was refused");
}

TEST(Settings, TheBooleanLimitKnowsEverySpellingOfTheGrid) {
    const auto& keys = unet::hyperparameter_keys();
    const core::Value one = std::int64_t{1};
    for (const auto& key : keys) {
        auto blanks = key;
        std::replace(blanks.begin(), blanks.end(), '_', ' ');
        for (const auto& spelling : {key, blanks, core::plain_name(key), core::to_lower(key)}) {
            const auto grid = config::parse_grid("{'" + spelling + "': [1]}", keys);
            ASSERT_TRUE(grid.contains(key)) << spelling;
            const sweep::Expression expression("lambda p: p['" + spelling + "'] == 1", {key});
            EXPECT_TRUE(expression.accepts([&one](std::size_t /*name*/) -> const core::Value& {
                return one;
            })) << spelling;
        }
    }
}

TEST(Settings, ARecipeGivesOptionsThatOthersReplace) {
    const auto quick = read({"--recipe", "quick"});
    EXPECT_EQ(quick.preprocess.target_size, 64);
    EXPECT_TRUE(quick.defaults.restore_best);
    EXPECT_EQ(quick.defaults.lr_schedule, unet::LrSchedule::cosine);
    EXPECT_EQ(quick.experiment.talos_params,
              "{'batch_size': [16], 'dropout': [0.1], 'epochs': [20], 'lr': [0.005]}");
    const auto changed = read({"--recipe", "Good", "-ts", "96", "--restore_best", "False"});
    EXPECT_EQ(changed.preprocess.target_size, 96);
    EXPECT_FALSE(changed.defaults.restore_best);
    EXPECT_EQ(changed.defaults.lr_schedule, unet::LrSchedule::cosine);
    EXPECT_EQ(read({"--recipe", "quick", "-talos", "{'lr': [0.001, 0.01], 'Epochs': 3}"})
                  .experiment.talos_params,
              "{'batch_size': [16], 'dropout': [0.1], 'epochs': [3], 'lr': [0.001, 0.01]}")
        << "keys that the grid leaves out keep the recipe's values";
    // What is printed and sent to the other ranks holds the values and not the name.
    EXPECT_THAT(settings_yaml(changed), testing::Not(HasSubstr("recipe:")));
    EXPECT_THAT(refusal({"--recipe", "best"}), HasSubstr("quick, good"));
}

TEST(Settings, GridsOfTheOldTrainerAreReadWithWarnings) {
    testing::internal::CaptureStderr();
    const auto settings =
        read({"-ufp", "False", "-talos",
              "{'num_gpus': [0], 'experiment_name': 'x', 'patch_dimensions': ['64/64', 96]}"});
    const auto said = testing::internal::GetCapturedStderr();
    EXPECT_THAT(said, HasSubstr("num_gpus is a key of msUNET-RAM's trainer and is ignored"));
    EXPECT_THAT(said, HasSubstr("-n names the experiment"));
    EXPECT_THAT(said, HasSubstr("patch_dimensions '64/64' is read as 64"));
    EXPECT_EQ(settings.experiment.talos_params, "{'patch_dimensions': [64, 96]}");
    EXPECT_THAT(refusal({"-ufp", "False", "-talos", "{'patch_dimensions': ['64/32']}"}),
                HasSubstr("'64/32'"));
    // Neither key is offered where a key is misspelt.
    EXPECT_THAT(refusal({"-talos", "{'num_gpu': [0]}"}), testing::Not(HasSubstr("num_gpus")));
}

TEST(Settings, ReportsAllProblemsOfTheGrid) {
    const auto text = refusal({"-talos", "{'lr': [-1], 'epochs': [0], 'optimizer': ['Adamm']}"});
    EXPECT_THAT(text, HasSubstr("lr"));
    EXPECT_THAT(text, HasSubstr("hyperparameter 'epochs' is '0'"));
    EXPECT_THAT(text, HasSubstr("Adamm"));
}

}  // namespace
}  // namespace msunet::settings
