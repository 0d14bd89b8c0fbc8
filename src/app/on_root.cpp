// SPDX-License-Identifier: Apache-2.0
#include "on_root.hpp"

#include <exception>
#include <nlohmann/json.hpp>
#include <vector>

#include "msunet/core/error.hpp"

namespace msunet::app {

using nlohmann::json;

namespace {

json attempt(const std::function<std::string()>& work) {
    try {
        return {{"text", work()}};
    } catch (const core::Error& error) {
        return {{"code", static_cast<int>(error.code())}, {"problems", error.problems()}};
    } catch (const std::exception& error) {
        return {{"code", static_cast<int>(core::ExitCode::failure)},
                {"problems", {std::string(error.what())}}};
    }
}

}  // namespace

std::string on_root(const comm::Communicator& world, const std::function<std::string()>& work) {
    std::string outcome;
    // Replaces what is no UTF-8: file names may be anything.
    if (world.is_root()) {
        outcome = attempt(work).dump(-1, ' ', false, json::error_handler_t::replace);
    }
    const auto answer = json::parse(world.broadcast(std::move(outcome)));
    if (answer.contains("code")) {
        throw core::Error(static_cast<core::ExitCode>(answer["code"].get<int>()),
                          answer["problems"].get<std::vector<std::string>>());
    }
    return answer["text"].get<std::string>();
}

}  // namespace msunet::app
