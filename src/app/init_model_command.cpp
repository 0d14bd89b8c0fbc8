// SPDX-License-Identifier: Apache-2.0
#include <filesystem>

#include "commands.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/settings/options.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::app {

namespace {

core::ExitCode init_model(std::span<const std::string> arguments) {
    settings::InitModelOptions options;
    config::Schema schema("init-model");
    schema.add("Start model", options);
    config::apply(schema, {}, config::parse_command_line(schema, arguments));
    if (options.output.size() != 1) {
        throw core::UsageError("init-model needs one file name (FILE)");
    }
    const std::filesystem::path file = options.output.front();
    if (std::filesystem::exists(file)) {
        throw core::UsageError({.path = file,
                                .problem = "exists already",
                                .why = "it may be a trained model",
                                .advice = "give another name, or remove it first"});
    }
    const auto architecture = unet::published_architecture();
    try {
        if (file.has_parent_path()) core::make_directories(file.parent_path());
        weights::write_start_model(architecture, file, static_cast<std::uint64_t>(options.seed));
    } catch (const core::FileError& error) {
        throw core::UsageError(error.data());
    }
    core::log::info(
        core::concat("wrote ", file, ": ",
                     core::thousands(static_cast<std::int64_t>(architecture.parameter_count())),
                     " weights drawn from seed ", options.seed, ", for -path"));
    return core::ExitCode::ok;
}

constexpr const char* init_model_examples =
    "  msunet init-model start_models/rat_brain-2d_unet.hdf5\n"
    "        The file that training takes if -path is not given.\n"
    "  msunet init-model other.hdf5 --seed 7\n"
    "        Other weights, for -path other.hdf5.";

}  // namespace

Command init_model_command() {
    using core::ExitCode;
    return {
        "init-model",
        "init-model FILE [--seed N]",
        "write a start model with random weights",
        "Writes a start model in Keras's HDF5 format (weights only). The weights are drawn from "
        "the seed with Keras's distribution (VarianceScaling, scale 2, fan-in, truncated "
        "normal).",
        init_model_examples,
        {{ExitCode::ok},
         {ExitCode::failure},
         {ExitCode::usage, "a file that exists or can't be written"}},
        "  docs/formats.md    every file that is read or written",
        [](const auto& use) {
            settings::InitModelOptions options;
            config::Schema schema("init-model");
            schema.add("Start model", options);
            use(schema);
        },
        init_model};
}

}  // namespace msunet::app
