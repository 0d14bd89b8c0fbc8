// SPDX-License-Identifier: Apache-2.0
#include "msunet/experiment/validation_scans.hpp"

#include <optional>
#include <string>
#include <system_error>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/inside.hpp"
#include "msunet/core/text.hpp"
#include "msunet/experiment/experiment_journal.hpp"
#include "msunet/record/journal.hpp"

namespace msunet::experiment {

namespace fs = std::filesystem;
using core::concat;

namespace {

record::SweepStart start_of(const fs::path& experiment) {
    return record::read_start(journal_in(experiment, "--validation"));
}

void check_there(const std::vector<ValidationScan>& scans) {
    std::vector<std::string> missing;
    for (const auto& one : scans) {
        for (const auto& file : {one.scan, one.mask}) {
            std::error_code ignored;
            if (!fs::exists(file, ignored)) missing.push_back(core::quoted(file.string()));
        }
    }
    if (missing.empty()) return;
    throw core::InputError(
        {.option = "--validation",
         .problem = concat(": ", core::join(missing), " where training read the scans: missing"),
         .advice = "bring them back or give INPUT and --reference"});
}

}  // namespace

std::vector<ValidationScan> validation_scans(const fs::path& experiment) {
    return validation_scans(experiment, start_of(experiment));
}

std::vector<ValidationScan> validation_scans(const fs::path& experiment,
                                             const record::SweepStart& start) {
    const fs::path data = record::setting(start.configuration, "training_data_path").value_or("");
    const fs::path masks = record::setting(start.configuration, "mask_data_path").value_or("");
    std::vector<ValidationScan> scans;
    for (const auto& pair : start.data.pairs) {
        if (pair.validation) scans.push_back({data / pair.data, masks / pair.mask, pair.modality});
    }
    if (scans.empty() && start.folding.any()) {
        throw core::UsageError({.option = "--validation",
                                .got = experiment,
                                .problem = "is a cross-validation",
                                .why = "each of its models has other validation scans",
                                .advice = "give INPUT and --reference"});
    }
    if (scans.empty()) {
        throw core::UsageError({.option = "--validation",
                                .got = experiment,
                                .problem = "has no validation scans",
                                .advice = "give INPUT and --reference"});
    }
    check_there(scans);
    return scans;
}

config::Settings with_validation_scans(config::Settings command_line) {
    const auto experiment = config::given_value(command_line, "validation");
    if (!experiment) return command_line;
    return with_validation_scans(std::move(command_line), *experiment, start_of(*experiment));
}

config::Settings with_validation_scans(config::Settings command_line, const fs::path& experiment,
                                       const record::SweepStart& start) {
    for (const char* name : {"input", "reference"}) {
        if (!config::given_value(command_line, name)) continue;
        throw core::UsageError({.option = "--validation",
                                .problem = "can't be combined with INPUT or --reference",
                                .why = "the experiment has both",
                                .advice = "give one of them"});
    }
    const auto rule = record::setting(start.configuration, "mask_geometry");
    if (rule && !config::given_value(command_line, "mask_geometry")) {
        command_line.push_back(
            {.name = "mask_geometry", .values = {*rule}, .origin = "--validation"});
    }
    config::Setting input{.name = "input", .values = {}, .origin = "--validation"};
    std::vector<std::string> folders;
    for (const auto& one : validation_scans(experiment, start)) {
        input.values.push_back(one.scan.string());
        folders = {one.scan.parent_path().string(), one.mask.parent_path().string()};
    }
    const fs::path output = config::given_value(command_line, "output").value_or("predictions");
    if (auto problem = core::output_in_input("-o", output, output, folders)) {
        throw core::UsageError(*problem);
    }
    command_line.push_back(std::move(input));
    if (!config::given_value(command_line, "model")) {
        command_line.push_back(
            {.name = "model", .values = {experiment.string()}, .origin = "--validation"});
    }
    return command_line;
}

}  // namespace msunet::experiment
