// SPDX-License-Identifier: Apache-2.0
#include "msunet/bench/results.hpp"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "msunet/bench/names.hpp"

namespace msunet::bench {

namespace {

using Json = nlohmann::ordered_json;

Json optional_json(const std::optional<double>& value) { return value ? Json(*value) : Json(); }

Json measurement_json(const Measurement& one) {
    return {{"benchmark", one.benchmark},
            {"variant", one.variant},
            {"ranks", one.ranks},
            {"nodes", one.nodes},
            {"threads", one.threads},
            {"repeat", one.repeat},
            {"seconds", one.seconds},
            {"amount", one.amount},
            {"unit", one.unit},
            {"rate", one.rate()},
            {"reduction_share", optional_json(one.reduction)}};
}

Json summary_json(const Summary& one) {
    return {{"benchmark", one.benchmark},
            {"variant", one.variant},
            {"ranks", one.ranks},
            {"nodes", one.nodes},
            {"threads", one.threads},
            {"repeats", one.repeats},
            {"unit", one.unit},
            {"rate", one.rate.median},
            {"lowest_rate", one.rate.lowest},
            {"highest_rate", one.rate.highest},
            {"speed_up", one.speed_up},
            {"efficiency", one.efficiency},
            {"reduction_share", optional_json(one.reduction)}};
}

Json part_json(const StepPart& one) {
    return {{"name", one.name}, {"group", one.group}, {"seconds", one.seconds}};
}

Json point_json(const RooflinePoint& one) {
    return {{"variant", one.variant},     {"ranks", one.ranks},
            {"nodes", one.nodes},         {"intensity", one.intensity},
            {"flops", one.flops},         {"peak", one.peak},
            {"bandwidth", one.bandwidth}, {"attainable", one.attainable()}};
}

template <class Items, class ToJson>
Json list_json(const Items& items, ToJson to_json) {
    Json list = Json::array();
    for (const auto& item : items) list.push_back(to_json(item));
    return list;
}

/// The summaries that have parts of a step.
Json parts_json(std::span<const Summary> summaries) {
    Json list = Json::array();
    for (const auto& one : summaries) {
        if (one.parts.empty()) continue;
        list.push_back({{"benchmark", one.benchmark},
                        {"variant", one.variant},
                        {"ranks", one.ranks},
                        {"nodes", one.nodes},
                        {"parts", list_json(one.parts, part_json)}});
    }
    return list;
}

}  // namespace

double RooflinePoint::attainable() const { return std::min(peak, intensity * bandwidth); }

std::vector<RooflinePoint> roofline(const Results& results, std::span<const Summary> summaries) {
    std::vector<RooflinePoint> points;
    if (results.work.flops_per_sample == 0) return points;
    for (const auto& one : summaries) {
        if (one.benchmark != names::group) continue;
        const auto peak = rate_of(summaries, names::limits, names::multiply_add, one.ranks);
        const auto bandwidth = rate_of(summaries, names::limits, names::triad, one.ranks);
        if (!peak || !bandwidth) continue;
        const double of_rank =
            one.variant == names::weak ? results.batch_size : results.batch_size / one.ranks;
        points.push_back({.variant = one.variant,
                          .ranks = one.ranks,
                          .nodes = one.nodes,
                          .intensity = results.work.intensity(of_rank),
                          .flops = one.rate.median * results.work.flops_per_sample,
                          .peak = *peak,
                          .bandwidth = *bandwidth});
    }
    return points;
}

std::string json_text(const Results& results) {
    const auto summaries = summarise(results.measurements);
    Json options = Json::object();
    for (const auto& [name, text] : results.options) options[name] = text;
    const Json json{
        {"machine", results.machine.empty() ? Json::object() : Json::parse(results.machine)},
        {"options", std::move(options)},
        {"load_before", results.load_before},
        {"load_after", results.load_after},
        {"notices", results.notices},
        {"flops_per_sample", results.work.flops_per_sample},
        {"bytes_per_sample", results.work.bytes_per_sample},
        {"bytes_per_step", results.work.bytes_per_step},
        {"summaries", list_json(summaries, summary_json)},
        {"step_parts", parts_json(summaries)},
        {"roofline", list_json(roofline(results, summaries), point_json)},
        {"measurements", list_json(results.measurements, measurement_json)}};
    return json.dump(2, ' ', false, Json::error_handler_t::replace) + "\n";
}

}  // namespace msunet::bench
