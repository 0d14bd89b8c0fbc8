// SPDX-License-Identifier: Apache-2.0
#include "prepare/agreement.hpp"

#include <algorithm>
#include <exception>
#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::prepare {

namespace {

using Json = nlohmann::json;

/// Messages may quote file names that are no UTF-8.
std::string dump(const Json& json) {
    return json.dump(-1, ' ', false, Json::error_handler_t::replace);
}

struct Failure {
    core::ExitCode code = core::ExitCode::failure;
    std::vector<std::string> problems;
};

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

Findings gather_findings(const comm::Communicator& ranks,
                         const std::vector<PlacedFindings>& findings) {
    Json mine = Json::array();
    for (const auto& [place, found] : findings) {
        if (found.problems.empty() && found.warnings.empty()) continue;
        mine.push_back({place, found.problems, found.warnings});
    }
    std::vector<PlacedFindings> all;
    for (const std::string& text : ranks.all_gather(dump(mine))) {
        for (const Json& item : Json::parse(text)) {
            all.push_back({item[0].get<std::size_t>(),
                           {item[1].get<std::vector<std::string>>(),
                            item[2].get<std::vector<std::string>>()}});
        }
    }
    std::ranges::stable_sort(all, {}, &PlacedFindings::place);
    Findings joined;
    for (PlacedFindings& item : all) {
        std::ranges::move(item.findings.problems, std::back_inserter(joined.problems));
        std::ranges::move(item.findings.warnings, std::back_inserter(joined.warnings));
    }
    return joined;
}

void together(const comm::Communicator& ranks, const std::function<void()>& work) {
    const std::optional<Failure> mine = failure_of(work);
    if (!ranks.any_of(mine.has_value())) return;

    Json json;
    if (mine) json = {static_cast<int>(mine->code), mine->problems};
    std::optional<core::ExitCode> code;
    std::vector<std::string> problems;
    for (const std::string& text : ranks.all_gather(dump(json))) {
        const Json failure = Json::parse(text);
        if (failure.is_null()) continue;
        const auto kind = static_cast<core::ExitCode>(failure[0].get<int>());
        if (!code) code = kind;
        if (kind != *code) continue;
        for (auto& problem : failure[1].get<std::vector<std::string>>()) {
            if (std::ranges::find(problems, problem) == problems.end()) {
                problems.push_back(std::move(problem));
            }
        }
    }
    raise(*code, std::move(problems));
}

void throw_problems(const Findings& findings) {
    if (!findings.problems.empty()) throw core::InputError(findings.problems);
}

}  // namespace msunet::prepare
