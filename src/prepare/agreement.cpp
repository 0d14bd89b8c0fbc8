// SPDX-License-Identifier: Apache-2.0
#include "prepare/agreement.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <new>
#include <optional>
#include <string>
#include <utility>

#include "msunet/codec/failure.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/failure.hpp"
#include "prepare/exchange.hpp"
#include "prepare/fields.hpp"

namespace msunet::prepare {

namespace {

/// How `work` fails; nothing where it does not.
std::optional<core::Failure> failure_in(const std::function<void()>& work) {
    try {
        work();
        return std::nullopt;
    } catch (const std::bad_alloc&) {
        return core::Failure{core::ExitCode::failure,
                             {{.problem = "not enough memory to preprocess the data",
                               .advice = "use fewer ranks a node"}}};
    } catch (const std::exception& error) {
        return core::failure_of(error);
    }
}

[[noreturn]] void raise(core::ExitCode code, const std::vector<core::Problem>& problems) {
    if (code == core::ExitCode::input) throw core::InputError(problems);
    if (code == core::ExitCode::usage) throw core::UsageError(problems);
    throw core::Error(code, problems);
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
    const std::optional<core::Failure> mine = failure_in(work);
    if (!ranks.any_of(mine.has_value())) return;

    std::vector<core::Failure> failed;
    if (mine) failed.push_back(*mine);
    failed = gather_values(ranks, failed);
    const core::ExitCode code = failed.front().code;
    std::vector<core::Problem> problems;
    for (core::Failure& failure : failed) {
        if (failure.code != code) continue;
        for (core::Problem& problem : failure.problems) {
            if (std::ranges::find(problems, problem) != problems.end()) continue;
            problems.push_back(std::move(problem));
        }
    }
    raise(code, problems);
}

}  // namespace msunet::prepare
