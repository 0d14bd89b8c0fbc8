// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/search.hpp"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <limits>
#include <map>
#include <vector>

#include "msunet/core/counted.hpp"
#include "msunet/core/text.hpp"
#include "msunet/report/forecast.hpp"

namespace msunet::report {

namespace {

using core::concat;

/// Epochs of a trial, and the value after them, at a time.
struct Arrival {
    double at = 0;
    record::TrialId trial = 0;
    std::int64_t epochs = 0;  ///< since the arrival before
    std::optional<double> value;
};

/// The ends of a training that have a result, in the order of their epochs.
std::vector<const record::TrialResult*> ends_of(const record::SweepRecord& record,
                                                record::TrialId training) {
    std::vector<const record::TrialResult*> ends;
    for (const record::TrialId trial : record.start.trials_of(training)) {
        if (const auto* result = record.result(trial)) ends.push_back(result);
    }
    std::ranges::stable_sort(ends, {}, [](const auto* end) { return end->history.size(); });
    return ends;
}

/// A training's arrivals at rungs and at its ends. Returns the epochs that it was trained.
std::int64_t add_arrivals(std::vector<Arrival>& arrivals, const record::SweepRecord& record,
                          record::TrialId training, const record::TrialRecord& known) {
    std::int64_t trained = 0;
    const auto add = [&](double at, record::TrialId trial, std::int64_t epochs,
                         std::optional<double> value) {
        arrivals.push_back({at, trial, std::max<std::int64_t>(0, epochs - trained), value});
        trained = std::max(trained, epochs);
    };
    const auto ends = ends_of(record, training);
    auto end = ends.begin();
    const auto add_ends = [&](std::int64_t below) {
        for (; end != ends.end() && std::ssize((*end)->history) < below; ++end) {
            add((*end)->ended_at, (*end)->trial, std::ssize((*end)->history),
                record::metric(**end, record.start.metric));
        }
    };
    for (const record::RungVisit& rung : known.rungs) {
        add_ends(rung.epoch);
        add(rung.at, training, rung.epoch, rung.value);
    }
    add_ends(std::numeric_limits<std::int64_t>::max());
    return std::max(trained, static_cast<std::int64_t>(known.epochs.size()));
}

void count_rungs(std::map<std::int64_t, RungCount>& rungs, const record::TrialRecord& training,
                 bool ended) {
    for (std::size_t i = 0; i < training.rungs.size(); ++i) {
        RungCount& rung = rungs[training.rungs[i].epoch];
        rung.epoch = training.rungs[i].epoch;
        ++rung.arrived;
        if (i < training.promotions.size()) {
            ++rung.promoted;
        } else if (ended) {
            ++rung.stopped;
        }
    }
}

/// Those of other folds are not compared: their epochs count alone.
std::vector<SearchValue> values_of(std::vector<Arrival> arrivals, const record::Folding& folding) {
    std::ranges::stable_sort(arrivals, {}, &Arrival::at);
    std::vector<SearchValue> values;
    std::int64_t spent = 0;
    for (const Arrival& arrival : arrivals) {
        spent += arrival.epochs;
        if (folding.number(arrival.trial) > 0) continue;
        if (!arrival.value || std::isnan(*arrival.value)) continue;
        values.push_back({folding.permutation(arrival.trial), spent, *arrival.value});
    }
    return values;
}

}  // namespace

std::optional<SearchFigures> search_figures(const record::SweepRecord& record) {
    const auto strategy = record::setting(record.start.configuration, "strategy");
    if (!strategy || *strategy == "grid") return std::nullopt;
    SearchFigures figures;
    figures.strategy = *strategy;
    std::map<std::int64_t, RungCount> rungs;
    std::vector<Arrival> arrivals;
    const record::Folding& folding = record.start.folding;
    if (folding.any()) figures.on_other_folds = 0;
    for (const record::TrialId id : record.start.trials) {
        if (record.training_of(id) != id) continue;
        figures.epochs_of_grid += epochs_of_training(record, id);
        const auto* const known = record.find(id);
        if (known == nullptr) continue;
        figures.epochs_spent += add_arrivals(arrivals, record, id, *known);
        const bool ended = record.unfinished_trials(id).empty();
        if (folding.number(id) > 0) {
            *figures.on_other_folds += ended ? 1 : 0;
            continue;
        }
        figures.completed += ended && known->state == record::TrialState::done ? 1 : 0;
        count_rungs(rungs, *known, ended);
    }
    for (const auto& [epoch, rung] : rungs) figures.rungs.push_back(rung);
    figures.values = values_of(std::move(arrivals), folding);
    return figures;
}

std::string rungs_text(const SearchFigures& figures) {
    std::vector<std::string> parts;
    for (const RungCount& rung : figures.rungs) {
        const bool first = parts.empty();
        parts.push_back(first ? concat(core::counted(rung.arrived, "trial"), " after ",
                                       core::counted(rung.epoch, "epoch"))
                              : concat(rung.arrived, " after ", rung.epoch));
    }
    parts.push_back(concat(figures.completed, " to the end"));
    const auto compared = core::join(parts);
    if (!figures.on_other_folds) return concat(figures.strategy, ": ", compared);
    return concat(figures.strategy, " on the first fold: ", compared, "; ",
                  core::counted(*figures.on_other_folds, "trial"), " on the other folds");
}

std::string epochs_text(const SearchFigures& figures, bool ended) {
    auto text = concat(core::thousands(figures.epochs_spent), " epochs trained, of ",
                       core::thousands(figures.epochs_of_grid), " in the whole grid");
    if (ended && figures.epochs_of_grid > 0) {
        const double share =
            static_cast<double>(figures.epochs_spent) / static_cast<double>(figures.epochs_of_grid);
        text += concat(" (", core::fixed(100 * (1 - share), 0), " % saved)");
    }
    return text;
}

}  // namespace msunet::report
