// SPDX-License-Identifier: Apache-2.0
#include "bench_settings.hpp"

#include "msunet/config/parse.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/error.hpp"

namespace msunet::app {

namespace {

/// Sets the training options that the benchmark does not have: no augmented copies, and nothing is
/// written to disk.
void complete(BenchSettings& settings) {
    auto& train = settings.train;
    train.folders.training_data_path = settings.bench.training_data_path.value_or("");
    train.folders.mask_data_path = settings.bench.mask_data_path.value_or("");
    train.folders.cache.reset();
    train.augment.enable_augmentation = false;
    train.split.validation_split = 0;
}

void check(const BenchSettings& settings) {
    if (settings.bench.training_data_path.has_value() !=
        settings.bench.mask_data_path.has_value()) {
        throw core::UsageError(
            "one of -tpath and -mpath is missing (a volume needs its mask), give both, or none of "
            "them "
            "to time dummy samples only");
    }
    if (settings.train.preprocess.contradictory()) {
        throw core::UsageError(contradictory_modes);
    }
}

}  // namespace

void describe(core::OptionVisitor& visitor, BenchOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "training_data_path",
         .aliases = {"tpath"},
         .help = "Folder of the volumes whose samples are timed; without it only dummy samples "
                 "are timed",
         .affects = Affects::run,
         .value_name = "FOLDER"},
        options.training_data_path);
    visitor.visit({.name = "mask_data_path",
                   .aliases = {"mpath", "training_mask_path"},
                   .help = "Folder of their masks",
                   .affects = Affects::run,
                   .value_name = "FOLDER"},
                  options.mask_data_path);
    visitor.visit({.name = "patch_size",
                   .help = "Height and width of dummy samples in pixels; if scans are given, dummy "
                           "samples have the size of their samples",
                   .affects = Affects::run,
                   .value_name = "N",
                   .range = "a multiple of 32",
                   .min = 32.0,
                   .multiple_of = 32},
                  options.patch_size);
    visitor.visit({.name = "batch_size",
                   .help = "Samples of a step, over all ranks of the group together",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1.0},
                  options.batch_size);
    visitor.visit({.name = "dropout",
                   .help = "Rate of all four dropout layers",
                   .affects = Affects::run,
                   .value_name = "RATE",
                   .range = "[0,1)",
                   .min = 0.0,
                   .max = 1.0,
                   .max_open = true},
                  options.dropout);
    visitor.visit({.name = "steps",
                   .help = "Number of steps that are timed for each kind of samples",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1.0},
                  options.steps);
}

config::Schema bench_schema(BenchSettings& settings) {
    config::Schema schema("bench");
    schema.add("Benchmark", settings.bench)
        .add("Preprocessing", settings.train.preprocess)
        .add("Patches", settings.train.patches)
        .add("Training", settings.train.train);
    return schema;
}

BenchSettings read_bench_settings(std::span<const std::string> arguments) {
    BenchSettings settings;
    const auto schema = bench_schema(settings);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    check(settings);
    return settings;
}

std::string bench_yaml(const BenchSettings& settings) {
    auto copy = settings;
    return config::config_yaml(bench_schema(copy));
}

BenchSettings bench_settings_from_yaml(const std::string& yaml) {
    BenchSettings settings;
    const auto schema = bench_schema(settings);
    config::apply(schema, config::parse_yaml(schema, yaml, "effective configuration"), {});
    complete(settings);
    return settings;
}

}  // namespace msunet::app
