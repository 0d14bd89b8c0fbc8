// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options that belong to the program as a whole and to no module.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/options.hpp"

namespace msunet::app {

/// Name and place of an experiment, its start model and its grid.
struct ExperimentOptions {
    std::optional<std::string> initial_model_path;  ///< nullopt: the default file, else random
    std::optional<std::string> experiment_name;     ///< nullopt: experiment<unix start time>
    std::optional<std::string> talos_params;        ///< the grid as text, or a file
    std::string output_directory = ".";
    std::string resume = "auto";             ///< auto, never, or an experiment's folder
    std::optional<std::string> stop_before;  ///< core::parse_deadline
    bool tensorboard = false;
    std::int64_t seed = 1;
};

/// Options that are keys of the grid as well; a key of the grid wins.
struct TuningOptions {
    std::optional<std::int64_t> early_stopping;
    bool restore_best = false;
    std::string lr_schedule = "constant";
};

/// What the command line alone can say.
struct CommandOptions {
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
    visitor.visit({.name = "initial_model_path",
                   .aliases = {"path"},
                   .help = "Start model: a Keras HDF5 file, whole model or weights only; every "
                           "permutation starts from it. 'random' draws weights from the seed",
                   .affects = Affects::result,
                   .value_name = "FILE",
                   .default_text = "start_models/rat_brain-2d_unet.hdf5 if there, else random"},
                  options.initial_model_path);
    visitor.visit({.name = "experiment_name",
                   .aliases = {"n"},
                   .help = "Name of the folder for the results; with the name of an unfinished "
                           "experiment it goes on",
                   .affects = Affects::run,
                   .value_name = "NAME",
                   .default_text = "experiment<unix start time>"},
                  options.experiment_name);
    visitor.visit({.name = "talos_params",
                   .aliases = {"talos"},
                   .help = "The parameter grid: a dictionary of lists, single values and ranges "
                           "(start, end, steps), as text or as a file; Python, JSON or YAML",
                   .affects = Affects::run,
                   .value_name = "GRID",
                   .default_text = "one permutation of all defaults"},
                  options.talos_params);
    visitor.visit({.name = "output_directory",
                   .help = "Folder in which the experiment's folder is made",
                   .affects = Affects::run,
                   .value_name = "DIR",
                   .default_text = "the working directory"},
                  options.output_directory);
    visitor.visit({.name = "resume",
                   .help = "auto: go on with the experiment of that name, or without -n with the "
                           "newest unfinished one of the same configuration and data; never: "
                           "begin anew in a folder of its own; DIR: go on with that one",
                   .affects = Affects::run,
                   .value_name = "auto|never|DIR"},
                  options.resume);
    visitor.visit({.name = "stop_before",
                   .help = "Checkpoint and end, resumable, at this date (2026-01-31 18:00) or this "
                           "long after the start (12 h, 1:30:00)",
                   .affects = Affects::run,
                   .value_name = "T",
                   .default_text = "120 s before the end of the Slurm job"},
                  options.stop_before);
    visitor.visit({.name = "tensorboard",
                   .help = "Also write the metrics as TensorBoard event files, a folder a "
                           "permutation below tensorboard/",
                   .affects = Affects::run},
                  options.tensorboard);
    visitor.visit({.name = "seed",
                   .help = "Every random draw derives from it",
                   .affects = Affects::data,
                   .value_name = "N",
                   .range = ">= 0",
                   .min = 0.0},
                  options.seed);
}

/// Names, ranges and help of TuningOptions.
inline void describe(core::OptionVisitor& visitor, TuningOptions& options) {
    using core::Affects;
    visitor.visit({.name = "early_stopping",
                   .help = "End a permutation after so many epochs without improvement of "
                           "--metric. Also a key of the grid",
                   .affects = Affects::result,
                   .value_name = "EPOCHS",
                   .min = 1.0,
                   .default_text = "off"},
                  options.early_stopping);
    visitor.visit({.name = "restore_best",
                   .help = "Keep the weights of the best epoch instead of the last; metrics and "
                           "ranking are then that epoch's. Also a key of the grid",
                   .affects = Affects::result},
                  options.restore_best);
    visitor.visit({.name = "lr_schedule",
                   .help = "Learning rate over a permutation: constant, cosine (down to 0 at the "
                           "last step), plateau (a tenth after 10 epochs without a better loss). "
                           "Also a key of the grid",
                   .affects = Affects::result,
                   .choices = {"constant", "cosine", "plateau"}},
                  options.lr_schedule);
}

/// Names, ranges and help of CommandOptions.
inline void describe(core::OptionVisitor& visitor, CommandOptions& options) {
    using core::Affects;
    visitor.visit({.name = "config",
                   .help = "YAML file with any of these options; the command line wins",
                   .affects = Affects::run,
                   .value_name = "FILE",
                   .command_line_only = true},
                  options.config);
    visitor.visit({.name = "print_config",
                   .help = "Print all effective values as YAML that --config reads, and end",
                   .affects = Affects::run,
                   .command_line_only = true},
                  options.print_config);
    visitor.visit({.name = "dry_run",
                   .help = "Check the input, print pairs, grid, sizes, memory and an estimate, "
                           "train nothing",
                   .affects = Affects::run,
                   .command_line_only = true},
                  options.dry_run);
}

/// Names, ranges and help of InitModelOptions.
inline void describe(core::OptionVisitor& visitor, InitModelOptions& options) {
    using core::Affects;
    visitor.visit({.name = "output",
                   .help = "File to write: Keras weights in HDF5",
                   .affects = Affects::run,
                   .value_name = "FILE",
                   .required = true,
                   .positional = true},
                  options.output);
    visitor.visit({.name = "seed",
                   .help = "The weights are drawn from it",
                   .affects = Affects::result,
                   .value_name = "N",
                   .range = ">= 0",
                   .min = 0.0},
                  options.seed);
}

}  // namespace msunet::app
