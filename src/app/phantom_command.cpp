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
                   .help = "Folder for the data set; gets the folders data and masks",
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
    if (arguments.output.size() != 1) throw core::UsageError("phantom takes one folder");
    arguments.options.output = arguments.output.front();
    load_engine().phantom(arguments.options);
    return core::ExitCode::ok;
}

constexpr const char* closing =
    "Example\n"
    "  msunet phantom heads --animals 3\n"
    "        Then: msunet -tpath heads/data -mpath heads/masks -ts 64\n"
    "\n"
    "Exit codes\n"
    "  0   written\n"
    "  1   failure\n"
    "  2   options, or a folder that holds other files\n"
    "\n"
    "More, in the source folder\n"
    "  docs/quick_start.md";

}  // namespace

Command phantom_command() {
    return {"phantom",
            "phantom DIR [OPTION…]",
            "make a data set of rodent heads to try the program on",
            "Writes a deterministic data set of artificial rodent heads, each scanned in four "
            "modalities, as DIR/data and DIR/masks: something to learn on, to test and to scale "
            "with. The training scans come before the validation scans in name order.",
            closing,
            [](const auto& use) {
                Arguments arguments;
                config::Schema schema("phantom");
                schema.add("Phantom", arguments);
                use(schema);
            },
            make_phantom};
}

}  // namespace msunet::app
