// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "commands.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/unet/architecture.hpp"
#include "options.hpp"
#include "start_model.hpp"

namespace msunet::app {

namespace {

core::ExitCode init_model(std::span<const std::string> arguments) {
    InitModelOptions options;
    config::Schema schema("init-model");
    schema.add("Start model", options);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    if (options.output.size() != 1) {
        throw core::UsageError("init-model takes one file name");
    }
    const std::filesystem::path file = options.output.front();
    const auto architecture = unet::published_architecture();
    try {
        if (file.has_parent_path()) core::make_directories(file.parent_path());
        write_start_model(architecture, file, static_cast<std::uint64_t>(options.seed));
    } catch (const core::FileError& error) {
        throw core::UsageError(error.problems());
    }
    core::log::info(
        core::concat("wrote ", file, ": ",
                     core::thousands(static_cast<std::int64_t>(architecture.parameter_count())),
                     " weights drawn from seed ", options.seed, ", to be given as -path"));
    return core::ExitCode::ok;
}

constexpr const char* closing =
    "Examples\n"
    "  msunet init-model start_models/rat_brain-2d_unet.hdf5\n"
    "        The file that training takes where no -path is given.\n"
    "  msunet init-model other.hdf5 --seed 7\n"
    "        Other weights, to be given as -path other.hdf5.\n"
    "\n"
    "Exit codes\n"
    "  0   written\n"
    "  1   failure\n"
    "  2   options, or a file that can't be written\n"
    "\n"
    "More, in the source folder\n"
    "  docs/formats.md";

}  // namespace

Command init_model_command() {
    return {"init-model",
            "init-model FILE [--seed N]",
            "write a start model with random weights",
            "Writes a start model in Keras's HDF5 format (weights only). Its weights are drawn as "
            "Keras draws them (VarianceScaling, scale 2, fan-in, truncated normal), from the seed.",
            closing,
            [](const auto& use) {
                InitModelOptions options;
                config::Schema schema("init-model");
                schema.add("Start model", options);
                use(schema);
            },
            init_model};
}

}  // namespace msunet::app
