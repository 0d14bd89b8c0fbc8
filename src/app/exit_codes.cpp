// SPDX-License-Identifier: Apache-2.0
#include "exit_codes.hpp"

#include "msunet/core/text.hpp"

namespace msunet::app {

using core::ExitCode;

namespace {

std::string_view meaning_of(ExitCode code) {
    switch (code) {
        case ExitCode::ok:
            return "complete";
        case ExitCode::failure:
            break;
        case ExitCode::usage:
            return "wrong options, configuration or output folder";
        case ExitCode::input:
            return "bad input data or model; all bad files are listed at once";
        case ExitCode::trials_failed:
            return "some trials failed (failures.csv), the others are complete";
        case ExitCode::stopped:
            return "stopped by a signal or the job's end; the same command resumes";
    }
    return "any other failure";
}

}  // namespace

std::string exit_codes_text(std::span<const ExitCase> cases) {
    std::string text;
    for (const auto& [code, also] : cases) {
        auto number = std::to_string(static_cast<int>(code));
        number.resize(4, ' ');
        text += core::concat("  ", number, meaning_of(code), also.empty() ? "" : "; ", also, "\n");
    }
    return text;
}

std::string all_exit_codes_text() {
    constexpr ExitCase all[] = {{ExitCode::ok},    {ExitCode::failure},       {ExitCode::usage},
                                {ExitCode::input}, {ExitCode::trials_failed}, {ExitCode::stopped}};
    return exit_codes_text(all);
}

}  // namespace msunet::app
