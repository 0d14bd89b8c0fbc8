// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/result_record.hpp"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <system_error>
#include <utility>

#include "msunet/codec/json.hpp"
#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/name_list.hpp"
#include "msunet/core/text.hpp"
#include "msunet/weights/ensemble.hpp"
#include "msunet/weights/start_model.hpp"

namespace msunet::predict {

namespace fs = std::filesystem;
using core::concat;
using core::quoted;

template <class Archive, codec::Is<RecordedResult> T>
void fields(Archive& archive, T& result) {
    archive("scan", result.scan.file);
    archive("size", result.scan.size);
    archive("modified", result.scan.modified);
    archive.optional("brain", result.brain);
}

template <class Archive, codec::Is<ResultRecord::Prediction> T>
void fields(Archive& archive, T& prediction) {
    archive("weights", prediction.maker.model);
    archive("model", prediction.maker.model_text);
    archive("options", prediction.maker.options);
    archive("results", prediction.results);
}

namespace {

bool same_maker(const Maker& one, const Maker& other) {
    return one.model == other.model && one.options == other.options;
}

std::string models_hash(std::span<const weights::TrainedModel> models) {
    core::Hasher hasher;
    for (const weights::TrainedModel& model : models) {
        hasher.integer(static_cast<std::uint64_t>(model.input_height))
            .integer(static_cast<std::uint64_t>(model.input_width))
            .text(weights::hash_of(model.weights));
    }
    return hasher.hex();
}

std::string model_difference(const Maker& recorded, const Maker& now) {
    if (recorded.model == now.model) return {};
    return recorded.model_text == now.model_text
               ? concat(recorded.model_text, " with other weights")
               : concat(recorded.model_text, ", now ", now.model_text);
}

/// An option that only one of two releases has is "none" in the other.
std::vector<std::string> option_differences(const Maker& recorded, const Maker& now) {
    const auto text_in = [](const Maker& maker, const std::string& name) {
        const auto found = maker.options.find(name);
        return found == maker.options.end() ? std::string("none") : found->second;
    };
    auto names = recorded.options;
    names.insert(now.options.begin(), now.options.end());
    std::vector<std::string> texts;
    for (const auto& [name, unused] : names) {
        const auto before = text_in(recorded, name);
        const auto after = text_in(now, name);
        if (before != after) texts.push_back(concat("--", name, ' ', before, ", now ", after));
    }
    return texts;
}

std::string scan_difference(const ScanState& recorded, const ScanState& now) {
    if (recorded == now) return {};
    return recorded.file == now.file
               ? concat("scan ", quoted(now.file), ", which has changed since")
               : concat("scan ", quoted(recorded.file), ", now ", quoted(now.file));
}

void add_new(std::vector<std::string>& texts, const std::string& text) {
    if (!text.empty() && std::ranges::find(texts, text) == texts.end()) texts.push_back(text);
}

}  // namespace

Maker::Maker(std::span<const weights::TrainedModel> models,
             const std::vector<core::OptionText>& option_texts)
    : model(models_hash(models)), model_text(weights::models_text(models)) {
    for (const auto& option : option_texts) options[option.name] = option.text;
}

ScanState state_of(const fs::path& scan) {
    std::error_code no_file;
    ScanState state{.file = fs::weakly_canonical(fs::absolute(scan), no_file).string()};
    const auto size = fs::file_size(scan, no_file);
    if (no_file) return state;
    state.size = size;
    const auto time = std::chrono::file_clock::to_sys(fs::last_write_time(scan, no_file));
    state.modified = std::chrono::nanoseconds(time.time_since_epoch()).count();
    return state;
}

ResultRecord ResultRecord::read(const fs::path& output) {
    const fs::path file = output / record_file;
    ResultRecord record;
    std::error_code ignored;
    if (!fs::exists(file, ignored)) return record;
    record.text_ = core::read_file(file);
    try {
        record.predictions_ = codec::from_json<std::vector<Prediction>>(record.text_);
    } catch (const core::InputError& error) {
        throw core::UsageError(
            {.path = file,
             .problem = "can't be read",
             .why = error.what(),
             .advice = "give another folder with -o, or remove the file and predict all scans "
                       "again with --overwrite True"});
    }
    return record;
}

void ResultRecord::write(const fs::path& output) {
    auto text = concat(codec::to_json(predictions_), '\n');
    if (text == text_ || (predictions_.empty() && text_.empty())) return;
    core::make_directories(output);
    core::write_file_atomically(output / record_file, text);
    text_ = std::move(text);
}

ResultDifference ResultRecord::difference(const std::string& mask, const Maker& maker,
                                          const RecordedResult& wanted) const {
    for (const Prediction& prediction : predictions_) {
        const auto found = prediction.results.find(mask);
        if (found == prediction.results.end()) continue;
        const RecordedResult& recorded = found->second;
        return {.unknown = wanted.brain && !recorded.brain,
                .model = model_difference(prediction.maker, maker),
                .options = option_differences(prediction.maker, maker),
                .scan = scan_difference(recorded.scan, wanted.scan)};
    }
    return {.unknown = true};
}

void ResultRecord::set(const std::string& mask, const Maker& maker, const RecordedResult& result) {
    RecordedResult kept = result;
    // A brain of the same prediction stays one of the results.
    for (const Prediction& prediction : predictions_) {
        const auto found = prediction.results.find(mask);
        if (found == prediction.results.end() || !same_maker(prediction.maker, maker)) continue;
        kept.brain = kept.brain || (found->second.brain && found->second.scan == result.scan);
    }
    remove(mask);
    const auto own = std::ranges::find_if(
        predictions_, [&](const auto& other) { return same_maker(other.maker, maker); });
    auto& prediction = own == predictions_.end()
                           ? predictions_.emplace_back(Prediction{.maker = maker, .results = {}})
                           : *own;
    prediction.results[mask] = kept;
}

void ResultRecord::remove(const std::string& mask) {
    for (Prediction& prediction : predictions_) prediction.results.erase(mask);
    std::erase_if(predictions_,
                  [](const Prediction& prediction) { return prediction.results.empty(); });
}

void check_no_difference(const std::vector<ResultDifference>& differences,
                         const std::string& output) {
    if (differences.empty()) return;
    std::vector<std::string> parts;
    std::vector<std::string> scans;
    for (const auto& difference : differences) {
        add_new(parts, difference.model);
        for (const auto& option : difference.options) add_new(parts, option);
        add_new(scans, difference.scan);
    }
    constexpr std::size_t shown = 2;
    if (!scans.empty()) parts.push_back(core::joined_list(scans, shown));
    const auto unknown = std::ranges::count(differences, true, &ResultDifference::unknown);
    const auto count = std::ssize(differences);
    if (unknown > 0 && unknown < count) {
        parts.push_back(concat("no record of what made those of ", core::counted(unknown, "scan")));
    }
    throw core::UsageError(
        {.option = "-o",
         .path = output,
         .got = output,
         .problem = concat("holds results of ", core::counted(count, "scan"),
                           unknown == count ? " without a record of what made them"
                                            : " that another prediction made"),
         .why = core::join(parts, "; "),
         .advice = "give another folder with -o, or --overwrite True to predict them again"});
}

}  // namespace msunet::predict
