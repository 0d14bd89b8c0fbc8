// SPDX-License-Identifier: Apache-2.0
#include "commands.hpp"
#include "engine.hpp"
#include "msunet/config/parse.hpp"

namespace msunet::app {

namespace {

/// The folder, which has no name on the command line, and the options.
struct Arguments {
    std::vector<std::string> output;
    phantom::PhantomOptions options;
};

void describe(core::OptionVisitor& visitor, Arguments& arguments) {
    visitor.visit({.name = "output",
                   .help = "Folder for the data set; the folders data and masks are made in it",
                   .affects = core::Affects::run,
                   .value_name = "DIR",
                   .required = true,
                   .positional = true},
                  arguments.output);
    describe(visitor, arguments.options);
}

core::ExitCode make_phantom(std::span<const std::string> words) {
    Arguments arguments;
    config::Schema schema("phantom");
    schema.add("Phantom", arguments);
    config::apply(schema, {}, config::parse_command_line(schema, words));
    if (arguments.output.size() != 1) throw core::UsageError("phantom needs one folder (DIR)");
    arguments.options.output = arguments.output.front();
    load_engine().phantom(arguments.options);
    return core::ExitCode::ok;
}

constexpr const char* phantom_examples =
    "  msunet phantom heads\n"
    "  msunet -tpath heads/data -mpath heads/masks -ts 64\n"
    "        A data set of five animals, and training on it: the last animal is validation data.";

}  // namespace

Command phantom_command() {
    using core::ExitCode;
    return {"phantom",
            "phantom DIR [OPTION…]",
            "make a data set of artificial rodent heads",
            "Writes a data set of artificial rodent heads, each scanned in four modalities, as "
            "DIR/data and DIR/masks: for a first try, tests and measurements. The same options "
            "give the same files. Training scans come before validation scans by name.",
            phantom_examples,
            {{ExitCode::ok},
             {ExitCode::failure},
             {ExitCode::usage,
              "DIR is an experiment or holds scans itself, or its data or masks hold other files"}},
            "  docs/quick_start.md    from scans to a model",
            [](const auto& use) {
                Arguments arguments;
                config::Schema schema("phantom");
                schema.add("Phantom", arguments);
                use(schema);
            },
            make_phantom};
}

}  // namespace msunet::app
