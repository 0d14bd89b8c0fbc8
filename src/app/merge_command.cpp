// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "commands.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/experiment/final_files.hpp"
#include "msunet/experiment/merge.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::app {

namespace fs = std::filesystem;
using core::concat;

namespace {

struct MergeOptions {
    std::string output;
    std::vector<std::string> shards;
};

void describe(core::OptionVisitor& visitor, MergeOptions& options) {
    visitor.visit({.name = "output",
                   .aliases = {"o"},
                   .help = "Folder of the joined experiment; it must not exist",
                   .affects = core::Affects::run,
                   .value_name = "DIR",
                   .required = true},
                  options.output);
    visitor.visit({.name = "shards",
                   .help = "The folders of all shards",
                   .affects = core::Affects::run,
                   .value_name = "SHARD",
                   .required = true,
                   .positional = true},
                  options.shards);
}

core::ExitCode merge(std::span<const std::string> arguments) {
    MergeOptions options;
    config::Schema schema("merge");
    schema.add("Shards", options);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    std::vector<experiment::ShardRecord> shards;
    std::vector<core::Problem> problems;
    for (const auto& name : options.shards) {
        if (name.empty()) {
            problems.push_back({.problem = "a SHARD is empty", .advice = "give the folders"});
            continue;
        }
        const auto file = fs::path(name) / record::journal_name;
        std::error_code ignored;
        if (!fs::is_regular_file(file, ignored)) {
            problems.push_back({.path = name,
                                .problem = "is not an experiment",
                                .why = concat("it has no ", record::journal_name)});
            continue;
        }
        shards.push_back({name, record::replay(file).record});
    }
    if (!problems.empty()) throw core::UsageError(problems);
    const fs::path folder = options.output;
    const auto record = experiment::merge_shards(folder, shards);
    for (const auto& [name, meaning] :
         experiment::write_final_files(unet::published_architecture(), folder, record)) {
        core::log::info(concat("wrote ", folder / name, ": ", meaning));
    }
    return experiment::exit_code_of(record);
}

constexpr const char* merge_examples =
    "  msunet train … -n sweep --shard 1/2\n"
    "  msunet train … -n sweep --shard 2/2\n"
    "  msunet merge -o sweep sweep_shard1of2 sweep_shard2of2\n"
    "        Two jobs without MPI between them, joined to one experiment.";

}  // namespace

Command merge_command() {
    using core::ExitCode;
    return {"merge",
            "merge -o DIR SHARD…",
            "join the shards of a sweep into one experiment",
            "Joins the finished experiments of msunet train --shard 1/N … N/N into one experiment, "
            "as if they had been one sweep. Missing or repeated shards, and shards with another "
            "configuration or data set, are refused by name.",
            merge_examples,
            {{ExitCode::ok},
             {ExitCode::failure},
             {ExitCode::usage, "shards that don't belong together; -o exists"},
             {ExitCode::trials_failed}},
            "  docs/slurm.md    clusters, and shards without MPI",
            [](const auto& use) {
                MergeOptions options;
                config::Schema schema("merge");
                schema.add("Shards", options);
                use(schema);
            },
            merge};
}

}  // namespace msunet::app
