// SPDX-License-Identifier: Apache-2.0
#include "unit/report/made_up_sweep.hpp"

#include <algorithm>
#include <cmath>
#include <string>

#include "msunet/core/random.hpp"
#include "msunet/core/text.hpp"

namespace msunet::report::testing {
namespace {

constexpr double begin = 1795424930.852894;

double unit_random(std::uint64_t a, std::uint64_t b) {
    const std::uint64_t seed = core::derive_seed(7, {a, b});
    return static_cast<double>(seed >> 11U) * 0x1p-53;
}

double as_float(double value) { return static_cast<float>(value); }

// The quality of a permutation: best near lr 3e-3 and small batches.
double quality(const core::Permutation& permutation, record::TrialId id) {
    const double lr = std::get<double>(permutation.at("lr"));
    const auto batch = static_cast<double>(std::get<std::int64_t>(permutation.at("batch_size")));
    const double off = std::log10(lr) - std::log10(3e-3);
    const bool adam = std::get<std::string>(permutation.at("optimizer")) == "Adam";
    const double value = 0.93 - 0.12 * off * off - 0.03 * std::log2(batch / 8) - (adam ? 0 : 0.05) +
                         0.03 * (unit_random(id, 1) - 0.5);
    return std::clamp(value, 0.05, 0.97);
}

record::History history_of(double quality, const MadeUp& made_up, record::TrialId id) {
    record::History history;
    for (std::int64_t epoch = 0; epoch < made_up.epochs; ++epoch) {
        const double rise = 1 - std::exp(-static_cast<double>(epoch + 1) / 3.0);
        const double noise =
            0.02 * (unit_random(id, 100 + static_cast<std::uint64_t>(epoch)) - 0.5);
        const double dice = std::clamp(quality * rise + noise, 0.01, 0.99);
        record::EpochReport report;
        report.epoch = epoch;
        report.metrics.dice_coef = as_float(dice + 0.01);
        report.metrics.loss = as_float(1.05 - dice);
        report.metrics.jaccard_similarity = as_float(dice / (2 - dice));
        if (made_up.validation) {
            report.metrics.val_dice_coef = as_float(dice);
            report.metrics.val_loss = as_float(1.07 - dice);
            report.metrics.val_jaccard_similarity = as_float(dice / (2 - dice) - 0.01);
        }
        report.seconds = 4;
        history.push_back(report);
    }
    return history;
}

record::ModalityRow modality_of(const record::History& history, record::TrialId id) {
    record::ModalityRow row;
    row.epoch = history.back().epoch;
    const double dice = history.back().metrics.dice_coef;
    for (const std::size_t i : {std::size_t{0}, std::size_t{1}, std::size_t{2}, std::size_t{4}}) {
        const double off = 0.02 * static_cast<double>(i) + 0.02 * unit_random(id, 50 + i);
        row.dice.train[i] = as_float(std::min(0.99, dice + 0.02 - off));
        if (history.back().metrics.val_loss) row.dice.val[i] = as_float(dice - off);
    }
    return row;
}

std::vector<record::DataPair> pairs() {
    std::vector<record::DataPair> list;
    for (int i = 0; i < 10; ++i) {
        for (const auto modality : {core::Modality::anatomical, core::Modality::dti,
                                    core::Modality::noddi, core::Modality::fmri}) {
            record::DataPair pair;
            pair.data =
                core::concat(i < 8 ? "train" : "valid", i, "_", core::name_of(modality), ".nii");
            pair.mask = pair.data;
            pair.modality = modality;
            pair.validation = i >= 8;
            pair.slices = modality == core::Modality::anatomical ? 40 : 12;
            list.push_back(pair);
        }
    }
    return list;
}

record::SweepStart start_of(const MadeUp& made_up) {
    record::SweepStart start;
    start.experiment_name = "experiment1795424930.852894";
    start.configuration = {{"use_frac_patch", "True", core::Affects::data},
                           {"modality_weight", "noddi", core::Affects::result},
                           {"weight_factor", "1.0", core::Affects::result},
                           {"target_size", "64", core::Affects::data},
                           {"random_method", "uniform_mersenne", core::Affects::result}};
    start.data.pairs = pairs();
    if (!made_up.validation) {
        for (record::DataPair& pair : start.data.pairs) pair.validation = false;
    }
    start.folding = {made_up.folds, made_up.folds > 0 ? 1U : 0U};
    for (std::size_t i = 0; made_up.folds > 0 && i < start.data.pairs.size(); ++i) {
        record::DataPair& pair = start.data.pairs[i];
        pair.validation = false;
        pair.folds = {static_cast<std::int64_t>(i / 4 % made_up.folds)};
    }
    start.data.slices = 760;
    start.data.training_samples = 2250;
    start.data.validation_samples = made_up.validation && made_up.folds == 0 ? 560 : 0;
    start.data.augmented_copies = 14;
    start.data.prepare_seconds = 6.2;
    std::vector<core::Value>& rates = start.grid["lr"];
    for (std::int64_t i = 0; i < made_up.learning_rates; ++i) {
        rates.emplace_back(
            std::round(1e7 * std::pow(10.0, -4 + 2.0 * static_cast<double>(i) /
                                                     static_cast<double>(made_up.learning_rates))) /
            1e7);
    }
    for (const std::int64_t batch : made_up.batch_sizes)
        start.grid["batch_size"].emplace_back(batch);
    for (const auto& name : made_up.optimizers) start.grid["optimizer"].emplace_back(name);
    start.grid["epochs"].emplace_back(made_up.epochs);
    if (made_up.pca) start.grid["pca_only"] = {core::Value(false), core::Value(true)};
    start.metric = made_up.validation ? "val_dice_coef" : "dice_coef";
    std::uint64_t size = 1;
    for (const auto& [name, values] : start.grid) size *= values.size();
    for (std::uint64_t id = 0; id < size * start.folding.trials(); ++id) start.trials.push_back(id);
    start.world.ranks = made_up.ranks;
    start.world.nodes = {"node1"};
    start.world.device = "cpu";
    start.world.threads = 2;
    start.world.precision = "float32";
    start.world.program = "msunet 0.1.0";
    start.at = begin;
    return start;
}

record::TrialResult result_of(const record::SweepRecord& record, record::TrialId id,
                              const MadeUp& made_up) {
    record::TrialResult result;
    result.trial = id;
    result.permutation = record.permutation(id);
    result.patch_size = "64/64";
    const auto pca = result.permutation.find("pca_only");
    if (pca != result.permutation.end() && pca->second == core::Value(true)) {
        result.state = record::TrialState::pca;
        return result;
    }
    result.history = history_of(quality(result.permutation, id), made_up, id);
    result.modality = {modality_of(result.history, id)};
    if (made_up.failures && id % 17 == 5) {
        result.state = record::TrialState::failed;
        result.reason = "the loss became NaN in epoch 2, step 11 (lr 0.01, try a lower one)";
        result.history.resize(1);
        result.modality.clear();
    }
    return result;
}

// What a halving search would have left of the trials: the best third goes on at each rung.
void search_through(record::SweepRecord& record) {
    record.start.configuration.push_back({"strategy", "halving", core::Affects::result});
    record::Folding& folding = record.start.folding;
    folding.first_decides = folding.any();
    std::vector<record::TrialId> left = record.start.trials;
    std::erase_if(left, [&](record::TrialId id) { return folding.number(id) > 0; });
    const auto value_at = [&](record::TrialId id, std::int64_t epoch) {
        const auto& history = record.trials.at(id).result->history;
        return history[static_cast<std::size_t>(epoch - 1)].metrics.val_dice_coef;
    };
    for (const std::int64_t epoch : {1, 3}) {
        std::ranges::stable_sort(left, std::ranges::greater{},
                                 [&](record::TrialId id) { return value_at(id, epoch); });
        const std::size_t kept = left.size() / 3;
        for (std::size_t i = 0; i < left.size(); ++i) {
            record::TrialRecord& trial = record.trials.at(left[i]);
            trial.rungs.push_back(
                {epoch, value_at(left[i], epoch), begin + 10 * static_cast<double>(epoch)});
            if (i < kept) {
                const std::optional<std::int64_t> next =
                    epoch == 1 ? std::optional<std::int64_t>(3) : std::nullopt;
                trial.promotions.push_back(
                    {next, epoch == 1 ? 1 : 2, 0, begin + 10 * static_cast<double>(epoch) + 1});
                continue;
            }
            trial.state = record::TrialState::stopped;
            trial.result->state = record::TrialState::stopped;
            trial.result->history.resize(static_cast<std::size_t>(epoch));
            trial.result->modality.front().epoch = epoch - 1;
        }
        left.resize(kept);
    }
    // With folds only what has reached its end on the first one is trained on the others.
    for (const record::TrialId id : record.start.trials) {
        const auto& first = record.trials.at(folding.first(id));
        if (first.state != record::TrialState::stopped || folding.number(id) == 0) continue;
        record.trials.erase(id);
        std::erase_if(record.timeline, [&](const auto& span) { return span.trial == id; });
    }
}

}  // namespace

record::SweepRecord made_up_sweep(const MadeUp& made_up) {
    record::SweepRecord record;
    record.start = start_of(made_up);
    std::vector<double> free_at(static_cast<std::size_t>(made_up.ranks), begin + 8);
    const std::size_t total = record.start.trials.size();
    for (const record::TrialId id : record.start.trials) {
        if (made_up.running && id >= total - total / 4) break;
        const auto rank =
            static_cast<std::size_t>(std::ranges::min_element(free_at) - free_at.begin());
        record::TrialResult result = result_of(record, id, made_up);
        result.rank = static_cast<std::int64_t>(rank);
        result.started_at = free_at[rank];
        result.duration = 8 + 6 * unit_random(id, 3);
        result.ended_at = result.started_at + result.duration;
        free_at[rank] = result.ended_at + 0.05;
        record.timeline.push_back(
            {id, result.rank, 0, result.started_at, result.ended_at, result.state});
        record::TrialRecord& trial = record.trials[id];
        trial.state = result.state;
        trial.result = std::move(result);
    }
    const double end = *std::ranges::max_element(free_at);
    record::Start start;
    start.world = record.start.world;
    start.from = begin;
    start.to = end;
    record.starts.push_back(std::move(start));
    record.finished = !made_up.running;
    record.last_event_at = end;
    if (made_up.search) search_through(record);
    return record;
}

std::vector<SlicePicture> made_up_pictures(std::size_t each) {
    constexpr std::size_t side = 64;
    std::vector<SlicePicture> pictures;
    for (const auto modality : {core::Modality::anatomical, core::Modality::dti,
                                core::Modality::noddi, core::Modality::fmri}) {
        for (std::size_t k = 0; k < each; ++k) {
            SlicePicture picture;
            picture.modality = modality;
            picture.scan = core::concat("valid", k, "_", core::name_of(modality), ".nii");
            picture.slice = static_cast<std::int64_t>(4 + 3 * k);
            picture.slices = 24;
            picture.dice = 0.82 + 0.03 * static_cast<double>(k);
            picture.width = side;
            picture.height = side - 8;
            for (std::size_t y = 0; y < picture.height; ++y) {
                for (std::size_t x = 0; x < picture.width; ++x) {
                    const double dx = (static_cast<double>(x) - 31) / 20;
                    const double dy = (static_cast<double>(y) - 27) / 15;
                    const double r = std::hypot(dx, dy) + 0.1 * std::sin(4 * std::atan2(dy, dx));
                    const double noise = 40 * unit_random(x + 64 * y, k);
                    const double level = r < 1 ? 150 + 40 * std::cos(9 * r) : (r < 1.3 ? 60 : 15);
                    picture.gray.push_back(static_cast<std::uint8_t>(level + noise));
                    picture.mask.push_back(r < 1 ? 1 : 0);
                    picture.prediction.push_back(
                        r + 0.12 * std::sin(3 * dx + 2.0 * static_cast<double>(k)) < 1 ? 1 : 0);
                }
            }
            pictures.push_back(std::move(picture));
        }
    }
    return pictures;
}

}  // namespace msunet::report::testing
