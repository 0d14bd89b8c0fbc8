// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options that belong to the program as a whole and to no module.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/options.hpp"
#include "msunet/core/time.hpp"

namespace msunet::settings {

/// Whether a start continues an experiment.
struct Resume {
    enum class Kind : std::uint8_t { automatic, never, folder } kind = Kind::automatic;
    std::string folder;  ///< of the experiment that is meant

    friend bool operator==(const Resume&, const Resume&) = default;
};
/// "auto", "never" or the folder.
[[nodiscard]] std::string to_text(const Resume& resume);
[[nodiscard]] bool from_text(std::string_view text, Resume& resume);

/// Name and place of an experiment, its start model and its grid.
struct ExperimentOptions {
    std::optional<std::string> initial_model_path;  ///< nullopt: the default file, else random
    std::optional<std::string> experiment_name;     ///< nullopt: experiment<unix start time>
    std::optional<std::string> talos_params;        ///< the grid as text, or a file
    std::string output_directory = ".";
    Resume resume;
    bool extend = false;
    std::optional<core::Deadline> stop_before;
    bool tensorboard = false;
    std::int64_t seed = 1;
};

/// Options of a first model under one name: the files of configs/ that recipe_yaml names.
enum class Recipe : std::uint8_t { quick, good };
constexpr std::array<std::string_view, 2> names_of(Recipe /*any*/) { return {"quick", "good"}; }

/// Options that only the command line has.
struct CommandOptions {
    std::optional<Recipe> recipe;
    std::optional<std::string> config;
    bool print_config = false;
    bool dry_run = false;
};

/// Options of `msunet init-model`.
struct InitModelOptions {
    std::vector<std::string> output;
    std::int64_t seed = 1;
};

/// Names, ranges and help of ExperimentOptions.
inline void describe(core::OptionVisitor& visitor, ExperimentOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "initial_model_path",
         .aliases = {"path"},
         .help = "Start model: a Keras HDF5 file, whole model or weights only. Every trial "
                 "starts from it. random: weights drawn from the seed",
         .affects = Affects::result,
         .value_name = "FILE",
         .default_text = "start_models/rat_brain-2d_unet.hdf5 if it exists, else random"},
        options.initial_model_path);
    visitor.visit({.name = "experiment_name",
                   .aliases = {"n"},
                   .help = "Name of the folder for the results, at most 180 bytes. That of an "
                           "unfinished experiment resumes it",
                   .affects = Affects::run,
                   .value_name = "NAME",
                   .default_text = "experiment<unix start time>"},
                  options.experiment_name);
    visitor.visit({.name = "talos_params",
                   .aliases = {"talos"},
                   .help = "The parameter grid: a dictionary of lists, single values and ranges "
                           "(start, end, steps), as a text or a file in Python, JSON or YAML",
                   .affects = Affects::run,
                   .value_name = "GRID",
                   .default_text = "one permutation, all values at their defaults"},
                  options.talos_params);
    visitor.visit({.name = "output_directory",
                   .help = "Folder in which the experiment's folder is created",
                   .affects = Affects::run,
                   .value_name = "DIR",
                   .default_text = "the working directory"},
                  options.output_directory);
    visitor.visit(
        {.name = "resume",
         .help = "auto: resume the experiment of this name, or without -n the newest "
                 "unfinished one with the same configuration and data; never: start a new "
                 "experiment; DIR: resume the experiment in this folder",
         .affects = Affects::run,
         .value_name = "auto|never|DIR",
         .range = "auto, never or the folder of an experiment"},
        options.resume);
    visitor.visit({.name = "extend",
                   .help = "Go on with an experiment whose grid has got further values since: "
                           "train the permutations that are new and keep all others. Where there "
                           "is no such experiment, start a new one",
                   .affects = Affects::run},
                  options.extend);
    visitor.visit({.name = "stop_before",
                   .help = "At this date, or this long after the start, save checkpoints and end; "
                           "the same command resumes",
                   .affects = Affects::run,
                   .value_name = "T",
                   .range = core::deadline_forms,
                   .default_text = "120 s before the end of the Slurm job"},
                  options.stop_before);
    visitor.visit({.name = "tensorboard",
                   .help = "Also write the metrics as TensorBoard event files, in "
                           "tensorboard/<trial>/",
                   .affects = Affects::run},
                  options.tensorboard);
    visitor.visit({.name = "seed",
                   .help = "Seed of all random numbers",
                   .affects = Affects::data,
                   .value_name = "N",
                   .range = ">= 0",
                   .min = 0.0},
                  options.seed);
}

/// Names, ranges and help of CommandOptions.
inline void describe(core::OptionVisitor& visitor, CommandOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "recipe",
         .help =
             "Options for a first model: quick, small patches and few epochs "
             "(configs/first_try.yaml); good, whole slices and 100 epochs, of which the "
             "best is kept (configs/good_model.yaml). --config and other options take precedence",
         .affects = Affects::run,
         .value_name = "NAME",
         .command_line_only = true},
        options.recipe);
    visitor.visit({.name = "config",
                   .help = "YAML file with any of these options; those of the command line take "
                           "precedence",
                   .affects = Affects::run,
                   .value_name = "FILE",
                   .command_line_only = true},
                  options.config);
    visitor.visit({.name = "print_config",
                   .help = "Print the effective values of all options as YAML that --config reads, "
                           "and exit",
                   .affects = Affects::run,
                   .command_line_only = true},
                  options.print_config);
    visitor.visit(
        {.name = "dry_run",
         .help = "Check the input, print pairs, grid, sizes, memory and an estimate of the "
                 "time, and exit without training",
         .affects = Affects::run,
         .command_line_only = true},
        options.dry_run);
}

/// Names, ranges and help of InitModelOptions.
inline void describe(core::OptionVisitor& visitor, InitModelOptions& options) {
    using core::Affects;
    visitor.visit({.name = "output",
                   .aliases = {"o"},
                   .help = "File to write: Keras weights in HDF5",
                   .affects = Affects::run,
                   .value_name = "FILE",
                   .required = true,
                   .positional = true},
                  options.output);
    visitor.visit({.name = "seed",
                   .help = "Seed of the weights",
                   .affects = Affects::result,
                   .value_name = "N",
                   .range = ">= 0",
                   .min = 0.0},
                  options.seed);
}

}  // namespace msunet::settings
