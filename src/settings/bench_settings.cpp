// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/bench_settings.hpp"

#include <array>
#include <utility>

#include "msunet/config/parse.hpp"
#include "msunet/config/print.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/inside.hpp"
#include "msunet/core/log.hpp"
#include "useless_bench_options.hpp"

namespace msunet::settings {

namespace {

/// The options that only the suite has.
void describe_suite(core::OptionVisitor& visitor, BenchOptions& options) {
    using core::Affects;
    visitor.visit({.name = "repeats",
                   .help = "How often each measurement of the suite is repeated; tables show "
                           "medians and ranges",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1.0},
                  options.repeats);
    visitor.visit({.name = "output",
                   .aliases = {"o"},
                   .help = "Folder for bench.csv, bench.json and bench.html of the suite; without "
                           "it only tables are printed",
                   .affects = Affects::run,
                   .value_name = "FOLDER"},
                  options.output);
    visitor.visit({.name = "scratch",
                   .help = "Folder that all nodes see, for the files of prepare and io, which are "
                           "deleted at the end; io measures its file system",
                   .affects = Affects::run,
                   .value_name = "FOLDER",
                   .default_text = "the folder for temporary files; on several nodes the working "
                                   "directory"},
                  options.scratch);
    visitor.visit({.name = "animals",
                   .help = "Animals of the phantom set that prepare makes where no scans are "
                           "given; each is scanned in four modalities",
                   .affects = Affects::run,
                   .value_name = "N",
                   .range = "[1,9999]",
                   .min = 1,
                   .max = 9999},
                  options.animals);
    visitor.visit({.name = "io_megabytes",
                   .help = "Megabytes that each rank writes and reads in io",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1.0},
                  options.io_megabytes);
}

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

/// Throws where files would lie in a folder of input.
void check_folders(const BenchOptions& options) {
    const std::array<std::string, 2> inputs{options.training_data_path.value_or(""),
                                            options.mask_data_path.value_or("")};
    for (const auto& [option, folder] :
         {std::pair("--output", &options.output), std::pair("--scratch", &options.scratch)}) {
        if (!*folder) continue;
        if (auto problem = core::output_in_input(option, **folder, **folder, inputs)) {
            throw core::UsageError(*problem);
        }
    }
}

void check(const BenchSettings& settings) {
    if (settings.bench.training_data_path.has_value() !=
        settings.bench.mask_data_path.has_value()) {
        throw core::UsageError(
            {.option = settings.bench.mask_data_path ? "-tpath" : "-mpath",
             .problem = "is missing",
             .why = "a volume needs its mask",
             .advice = "give -tpath and -mpath, or none of them: 'step' then times dummy samples, "
                       "'prepare' takes phantoms"});
    }
    if (settings.bench.output && settings.bench.what == BenchKind::step) {
        throw core::UsageError(
            {.option = "-o/--output",
             .problem = "belongs to the scaling suite and 'step' writes no files",
             .advice = "leave it out or give 'all' or another benchmark"});
    }
    check_folders(settings.bench);
    check_modes(settings.train.preprocess);
}

}  // namespace

void describe(core::OptionVisitor& visitor, BenchOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "what",
         .help = "step: steps of training and their parts; group: one permutation on n ranks; "
                 "sweep: permutations on n ranks at the same time; prepare: preprocessing with "
                 "augmentation; io: parallel writing and reading; limits: arithmetic and memory "
                 "of the machine; all: everything but step",
         .affects = Affects::run,
         .value_name = "WHAT",
         .positional = true},
        options.what);
    visitor.visit(
        {.name = "training_data_path",
         .aliases = {"tpath"},
         .help = "Folder of the volumes: step times their samples, prepare preprocesses them. "
                 "Without it step times dummy samples only and prepare takes phantoms",
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
    describe_suite(visitor, options);
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
    const auto given = config::parse_command_line(schema, arguments);
    config::apply(schema, {}, given);
    check(settings);
    for (const auto& warning : useless_bench_options(settings.bench, given)) {
        core::log::warn(warning);
    }
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

}  // namespace msunet::settings
