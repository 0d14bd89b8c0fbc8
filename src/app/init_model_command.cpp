// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "commands.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/unet/network.hpp"
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
    try {
        if (file.has_parent_path()) core::make_directories(file.parent_path());
        write_start_model(file, static_cast<std::uint64_t>(options.seed));
    } catch (const core::FileError& error) {
        throw core::UsageError(error.problems());
    }
    core::log::info(core::concat(
        "wrote ", file, ": ", core::thousands(static_cast<std::int64_t>(unet::parameter_count())),
        " weights drawn from seed ", options.seed, ", to be given as -path"));
    return core::ExitCode::ok;
}

}  // namespace

Command init_model_command() {
    return {"init-model",
            "init-model FILE [--seed N]",
            "write a start model with random weights",
            "Writes a start model in Keras's HDF5 format (weights only). Its weights are drawn as "
            "Keras draws them (VarianceScaling, scale 2, fan-in, truncated normal), from the seed.",
            [](const auto& use) {
                InitModelOptions options;
                config::Schema schema("init-model");
                schema.add("Start model", options);
                use(schema);
            },
            init_model};
}

}  // namespace msunet::app
