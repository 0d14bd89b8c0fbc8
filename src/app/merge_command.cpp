// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "commands.hpp"
#include "final_files.hpp"
#include "merge.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
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
                   .help = "Folder of the joined experiment, made here",
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
    std::vector<ShardRecord> shards;
    std::vector<std::string> problems;
    for (const auto& name : options.shards) {
        const auto file = fs::path(name) / record::journal_name;
        std::error_code ignored;
        if (!fs::is_regular_file(file, ignored)) {
            problems.push_back(concat(core::quoted(name), " is no experiment (it has no ",
                                      record::journal_name, ")"));
            continue;
        }
        shards.push_back({name, record::replay(file).record});
    }
    if (!problems.empty()) throw core::UsageError(std::move(problems));
    const fs::path folder = options.output;
    const auto record = merge_shards(folder, shards);
    for (const auto& [name, meaning] :
         write_final_files(unet::published_architecture(), folder, record)) {
        core::log::info(concat("wrote ", folder / name, ": ", meaning));
    }
    return exit_code_of(record);
}

constexpr const char* closing =
    "Example\n"
    "  msunet train … -n sweep --shard 1/2\n"
    "  msunet train … -n sweep --shard 2/2\n"
    "  msunet merge -o sweep sweep_shard1of2 sweep_shard2of2\n"
    "        Two jobs without MPI between them, then one experiment.\n"
    "\n"
    "Exit codes\n"
    "  0   complete\n"
    "  1   failure\n"
    "  2   options, shards that don't fit together, a folder -o that exists\n"
    "  4   some permutations failed, the results of the others are complete\n"
    "\n"
    "More, in the source folder\n"
    "  docs/slurm.md";

}  // namespace

Command merge_command() {
    return {"merge",
            "merge -o DIR SHARD…",
            "join the shards of a sweep into one experiment",
            "Joins the results of msunet train --shard 1/N … N/N, all of them finished, into one "
            "experiment, as if it had been one. Shards that are missing, doubled or of another "
            "configuration or data set are refused by name.",
            closing,
            [](const auto& use) {
                MergeOptions options;
                config::Schema schema("merge");
                schema.add("Shards", options);
                use(schema);
            },
            merge};
}

}  // namespace msunet::app
