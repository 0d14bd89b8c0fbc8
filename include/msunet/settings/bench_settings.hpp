// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options of `msunet bench`.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "msunet/bench/names.hpp"
#include "msunet/config/schema.hpp"
#include "msunet/settings/train_settings.hpp"

namespace msunet::settings {

/// What `msunet bench` measures: `step` is the table of one step, the others belong to the scaling
/// suite, `all` is all of the suite.
enum class BenchKind : std::uint8_t { step, group, sweep, prepare, io, limits, all };
constexpr std::array<std::string_view, 7> names_of(BenchKind /*any*/) {
    namespace names = bench::names;
    return {"step", names::group, names::sweep, names::prepare, names::io, names::limits, "all"};
}

/// What is measured. Unlike in training, the scans are optional.
struct BenchOptions {
    BenchKind what = BenchKind::step;
    std::optional<std::string> training_data_path;
    std::optional<std::string> mask_data_path;
    std::int64_t patch_size = 64;  ///< of dummy samples where there are no scans
    std::int64_t batch_size = 32;
    double dropout = 0.5;
    std::int64_t steps = 20;
    std::int64_t repeats = 3;            ///< of each measurement of the suite
    std::optional<std::string> output;   ///< folder of the suite's files; nullopt: none
    std::optional<std::string> scratch;  ///< nullopt: depends on the number of nodes
    std::int64_t animals = 5;            ///< of the phantom set
    std::int64_t io_megabytes = 64;      ///< that each rank writes and reads
};

/// The effective settings: what is measured, and those of training that matter here.
struct BenchSettings {
    BenchOptions bench;
    TrainSettings train;
};

/// Names, ranges and help of BenchOptions.
void describe(core::OptionVisitor& visitor, BenchOptions& options);

/// The options of `msunet bench` in the sections of its help. Refers to `settings`.
[[nodiscard]] config::Schema bench_schema(BenchSettings& settings);

/// Reads the command line and warns of options without effect. Throws core::UsageError with all
/// problems.
[[nodiscard]] BenchSettings read_bench_settings(std::span<const std::string> arguments);

/// The effective settings as text, and back: how the other ranks get those of rank 0.
[[nodiscard]] std::string bench_yaml(const BenchSettings& settings);
[[nodiscard]] BenchSettings bench_settings_from_yaml(const std::string& yaml);

}  // namespace msunet::settings
