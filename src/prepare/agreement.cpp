// SPDX-License-Identifier: Apache-2.0
#include "prepare/agreement.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "msunet/core/error.hpp"
#include "prepare/exchange.hpp"
#include "prepare/fields.hpp"

namespace msunet::prepare {

namespace {

/// How the work of one rank failed.
struct Failure {
    core::ExitCode code = core::ExitCode::failure;
    std::vector<std::string> problems;
};

template <class Archive, codec::Is<Failure> T>
void fields(Archive& archive, T& value) {
    archive.converted(
        "code", value.code, [](core::ExitCode code) { return static_cast<int>(code); },
        [](int code) { return static_cast<core::ExitCode>(code); });
    archive("problems", value.problems);
}

std::optional<Failure> failure_of(const std::function<void()>& work) {
    try {
        work();
        return std::nullopt;
    } catch (const core::Error& error) {
        return Failure{error.code(), error.problems()};
    } catch (const std::bad_alloc&) {
        return Failure{core::ExitCode::failure,
                       {"not enough memory to preprocess the data, use fewer ranks a node"}};
    } catch (const std::exception& error) {
        return Failure{core::ExitCode::failure, {error.what()}};
    }
}

[[noreturn]] void raise(core::ExitCode code, std::vector<std::string> problems) {
    if (code == core::ExitCode::input) throw core::InputError(std::move(problems));
    if (code == core::ExitCode::usage) throw core::UsageError(std::move(problems));
    throw core::Error(code, std::move(problems));
}

}  // namespace

template <class Archive, codec::Is<PlacedFindings> T>
void fields(Archive& archive, T& value) {
    archive("place", value.place);
    archive("findings", value.findings);
}

Findings gather_findings(const comm::Communicator& ranks,
                         const std::vector<PlacedFindings>& findings) {
    std::vector<PlacedFindings> mine;
    std::ranges::copy_if(findings, std::back_inserter(mine), [](const PlacedFindings& placed) {
        return !placed.findings.problems.empty() || !placed.findings.warnings.empty() ||
               !placed.findings.remarks.empty();
    });
    std::vector<PlacedFindings> all = gather_values(ranks, mine);
    std::ranges::stable_sort(all, {}, &PlacedFindings::place);
    Findings joined;
    for (PlacedFindings& placed : all) {
        std::ranges::move(placed.findings.problems, std::back_inserter(joined.problems));
        std::ranges::move(placed.findings.warnings, std::back_inserter(joined.warnings));
        std::ranges::move(placed.findings.remarks, std::back_inserter(joined.remarks));
    }
    std::ranges::move(prepare::joined(joined.remarks), std::back_inserter(joined.warnings));
    joined.remarks.clear();
    return joined;
}

void together(const comm::Communicator& ranks, const std::function<void()>& work) {
    const std::optional<Failure> mine = failure_of(work);
    if (!ranks.any_of(mine.has_value())) return;

    std::vector<Failure> failed;
    if (mine) failed.push_back(*mine);
    failed = gather_values(ranks, failed);
    const core::ExitCode code = failed.front().code;
    std::vector<std::string> problems;
    for (Failure& failure : failed) {
        if (failure.code != code) continue;
        for (std::string& problem : failure.problems) {
            if (std::ranges::find(problems, problem) != problems.end()) continue;
            problems.push_back(std::move(problem));
        }
    }
    raise(code, std::move(problems));
}

}  // namespace msunet::prepare
