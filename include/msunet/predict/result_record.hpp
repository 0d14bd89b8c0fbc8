// SPDX-License-Identifier: Apache-2.0
/// \file
/// predictions.json in the output folder: what made each result, so that only a result that would
/// be the same is kept.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/core/options.hpp"
#include "msunet/weights/trained_model.hpp"

namespace msunet::predict {

/// Name of the record in the output folder.
inline constexpr const char* record_file = "predictions.json";

/// What makes a result besides its scan.
struct Maker {
    std::string model;                                        ///< hash of the weights of all models
    std::string model_text;                                   ///< "model a.hdf5"; not compared
    std::map<std::string, std::string, std::less<>> options;  ///< those that change results

    /// `option_texts` as settings::result_options lists them.
    Maker(std::span<const weights::TrainedModel> models,
          const std::vector<core::OptionText>& option_texts);
    Maker() = default;
};

/// A scan's file when it was predicted. Its content is not compared: a start that skips all scans
/// would have to read them all.
struct ScanState {
    std::string file{};         ///< absolute, without links
    std::uint64_t size = 0;     ///< bytes
    std::int64_t modified = 0;  ///< ns since 1970

    friend bool operator==(const ScanState&, const ScanState&) = default;
};

[[nodiscard]] ScanState state_of(const std::filesystem::path& scan);

/// What is known of the results of one scan.
struct RecordedResult {
    ScanState scan{};
    bool brain = false;  ///< whether the brain is one of the results
};

/// What is recorded of results and what they would be now: they are the same if nothing differs.
struct ResultDifference {
    bool unknown = false;                ///< there is no record of the results
    std::string model{};                 ///< "model a.hdf5, now model b.hdf5"; empty: the same
    std::vector<std::string> options{};  ///< "--threshold 0.3, now 0.5"
    std::string scan{};                  ///< "scan '/a/x.nii', now '/b/x.nii'"; empty: the same

    [[nodiscard]] bool any() const {
        return unknown || !model.empty() || !options.empty() || !scan.empty();
    }
};

/// The content of predictions.json. A result is known by its mask's path below the output folder.
class ResultRecord {
public:
    /// That of the output folder; empty where it has none. Throws core::UsageError where it can't
    /// be read.
    [[nodiscard]] static ResultRecord read(const std::filesystem::path& output);
    /// Writes predictions.json, complete or not at all, unless it is as it was read. Throws
    /// core::FileError.
    void write(const std::filesystem::path& output);

    /// `wanted`: the scan now, and whether there is a brain that must be one of its results.
    [[nodiscard]] ResultDifference difference(const std::string& mask, const Maker& maker,
                                              const RecordedResult& wanted) const;
    void set(const std::string& mask, const Maker& maker, const RecordedResult& result);
    void remove(const std::string& mask);

    /// The results with one maker.
    struct Prediction {
        Maker maker;
        std::map<std::string, RecordedResult, std::less<>> results;
    };

private:
    std::vector<Prediction> predictions_;
    std::string text_;  ///< as read
};

/// One message about the results that are not what this command would make, with what differs.
/// Throws core::UsageError where `differences`, one for each scan, are not empty.
void check_no_difference(const std::vector<ResultDifference>& differences,
                         const std::string& output);

}  // namespace msunet::predict
