// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/config/parse.hpp"
#include "msunet/config/schema.hpp"
#include "msunet/core/error.hpp"

namespace msunet::config {

enum class Precision : std::uint8_t { automatic, float32, bf16 };
constexpr std::array<std::string_view, 3> names_of(Precision /*any*/) {
    return {"auto", "float32", "bf16"};
}

/// Options of every type, in the manner of the program's own.
struct Sample {
    std::string folder;
    double split = 0.2;
    std::int64_t size = 128;
    bool augment = true;
    bool rotate = true;
    Precision precision = Precision::automatic;
    std::optional<std::string> weighted;
    std::optional<double> spacing;
    std::optional<std::int64_t> patience;
    std::optional<bool> force;
    std::string grid;
    std::string name;
    bool operator==(const Sample&) const = default;
};

inline void describe(core::OptionVisitor& visitor, Sample& sample) {
    using core::Affects;
    visitor.visit({.name = "training_data_path",
                   .aliases = {"tpath"},
                   .help = "Folder of the volumes",
                   .affects = Affects::data,
                   .value_name = "FOLDER",
                   .required = true},
                  sample.folder);
    visitor.visit({.name = "validation_split",
                   .aliases = {"v"},
                   .help = "Part of the pairs that validates",
                   .affects = Affects::data,
                   .min = 0,
                   .max = 1,
                   .max_open = true},
                  sample.split);
    visitor.visit({.name = "target_size",
                   .aliases = {"ts", "constant_size"},
                   .help = "Slice width after resampling",
                   .affects = Affects::data,
                   .min = 1},
                  sample.size);
    visitor.visit({.name = "enable_augmentation", .help = "Any augmentation"}, sample.augment);
    visitor.visit({.name = "enable_rotation", .aliases = {"er"}, .help = "Rotate"}, sample.rotate);
    visitor.visit({.name = "precision", .help = "Arithmetic", .commands = {"train", "bench"}},
                  sample.precision);
    visitor.visit({.name = "modality_weight", .aliases = {"mw"}, .choices = {"dti", "fmri"}},
                  sample.weighted);
    visitor.visit({.name = "spacing", .affects = Affects::data, .min = 0, .min_open = true},
                  sample.spacing);
    visitor.visit({.name = "early_stopping", .min = 1}, sample.patience);
    visitor.visit({.name = "force"}, sample.force);
    visitor.visit({.name = "talos_params", .aliases = {"talos"}, .help = "Parameter grid"},
                  sample.grid);
    visitor.visit({.name = "experiment_name", .aliases = {"n"}, .affects = Affects::run},
                  sample.name);
}

struct Actions {
    bool help = false;
    std::string config;
};

inline void describe(core::OptionVisitor& visitor, Actions& actions) {
    visitor.visit({.name = "help",
                   .aliases = {"h"},
                   .help = "This page",
                   .affects = core::Affects::run,
                   .command_line_only = true},
                  actions.help);
    visitor.visit({.name = "config",
                   .help = "YAML file",
                   .affects = core::Affects::run,
                   .value_name = "FILE",
                   .command_line_only = true},
                  actions.config);
}

/// The options of a command that takes arguments without names.
struct Merge {
    bool overwrite = false;
    std::string target;
    std::vector<std::string> shards;
};

inline void describe(core::OptionVisitor& visitor, Merge& merge) {
    visitor.visit({.name = "overwrite"}, merge.overwrite);
    visitor.visit({.name = "target", .value_name = "DIR", .required = true, .positional = true},
                  merge.target);
    visitor.visit({.name = "shards", .value_name = "SHARD", .required = true, .positional = true},
                  merge.shards);
}

/// The problems of the UsageError that `body` throws; none if it throws nothing.
template <class Body>
std::vector<std::string> problems_of(Body body) {
    try {
        body();
    } catch (const core::UsageError& error) {
        return error.problems();
    }
    return {};
}

}  // namespace msunet::config
