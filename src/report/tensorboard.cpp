// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/tensorboard.hpp"

#include <array>
#include <bit>
#include <boost/crc.hpp>
#include <cerrno>
#include <cstdint>
#include <fstream>
#include <span>
#include <utility>

#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/record/metrics.hpp"

namespace msunet::report {

namespace {

// Wire types and fields of tensorflow.Event and tensorflow.Summary (tensorboard's event.proto and
// summary.proto).
enum class Wire : std::uint8_t { varint = 0, fixed64 = 1, bytes = 2, fixed32 = 5 };

template <class T>
std::string little_endian(T value) {
    static_assert(std::endian::native == std::endian::little);
    const auto bytes = std::bit_cast<std::array<char, sizeof(T)>>(value);
    return {bytes.begin(), bytes.end()};
}

std::string varint(std::uint64_t value) {
    std::string text;
    for (; value >= 0x80; value >>= 7U) text += static_cast<char>((value & 0x7FU) | 0x80U);
    return text + static_cast<char>(value);
}

std::string key(unsigned field, Wire wire) {
    return varint(field << 3U | static_cast<unsigned>(wire));
}

std::string bytes_field(unsigned field, const std::string& bytes) {
    return key(field, Wire::bytes) + varint(bytes.size()) + bytes;
}

std::string event(double wall_time, std::int64_t step, const std::string& content) {
    auto text = key(1, Wire::fixed64) + little_endian(wall_time);
    // Protocol buffers omit zeros.
    if (step != 0) text += key(2, Wire::varint) + varint(static_cast<std::uint64_t>(step));
    return text + content;
}

std::string masked_crc(const std::string& bytes) {
    boost::crc_optimal<32, 0x1EDC6F41, 0xFFFFFFFF, 0xFFFFFFFF, true, true> crc;
    crc.process_bytes(bytes.data(), bytes.size());
    const std::uint32_t sum = crc.checksum();
    return little_endian(std::rotr(sum, 15) + 0xA282EAD8U);
}

std::string as_record(const std::string& bytes) {
    const auto length = little_endian(static_cast<std::uint64_t>(bytes.size()));
    return length + masked_crc(length) + bytes + masked_crc(bytes);
}

std::string double_field(unsigned field, double value) {
    return key(field, Wire::fixed64) + little_endian(value);
}

/// A google.protobuf.Value.
std::string protobuf_value(const core::Value& value) {
    if (const auto* flag = std::get_if<bool>(&value)) {
        return key(4, Wire::varint) + varint(*flag ? 1 : 0);
    }
    if (const auto number = core::as_number(value)) return double_field(2, *number);
    return bytes_field(3, core::python_str(value));
}

std::map<std::string, double> scalars_of(const record::EpochReport& report) {
    std::map<std::string, double> scalars{{"learning_rate", report.learning_rate},
                                          {"samples_per_second", report.samples_per_second}};
    for (const auto name : record::metric_names) {
        if (const auto value = record::metric(report.metrics, name)) {
            scalars.emplace(name, *value);
        }
    }
    if (!report.modality) return scalars;
    for (const auto& column : record::modality_columns()) {
        if (const auto value = record::modality_metric(*report.modality, column)) {
            scalars.emplace(column, *value);
        }
    }
    return scalars;
}

}  // namespace

std::string tensorboard_header(double wall_time) {
    return as_record(event(wall_time, 0, bytes_field(3, "brain.Event:2")));
}

std::string tensorboard_scalars(double wall_time, std::int64_t step,
                                const std::map<std::string, double>& scalars) {
    std::string summary;
    for (const auto& [name, value] : scalars) {
        summary += bytes_field(1, bytes_field(1, name) + key(2, Wire::fixed32) +
                                      little_endian(static_cast<float>(value)));
    }
    return as_record(event(wall_time, step, bytes_field(5, summary)));
}

std::string tensorboard_hyperparameters(double wall_time, const core::Permutation& permutation) {
    // SessionStartInfo of the plug-in hparams: a map from names to values, and the start.
    std::string session;
    for (const auto& [name, value] : permutation) {
        session += bytes_field(1, bytes_field(1, name) + bytes_field(2, protobuf_value(value)));
    }
    session += double_field(5, wall_time);
    const std::string plugin = bytes_field(1, "hparams") + bytes_field(2, bytes_field(3, session));
    // The summary needs a tensor: an empty one of floats.
    const std::string tensor =
        key(1, Wire::varint) + varint(1) + bytes_field(2, bytes_field(2, std::string()));
    const std::string value = bytes_field(1, "_hparams_/session_start_info") +
                              bytes_field(8, tensor) + bytes_field(9, bytes_field(1, plugin));
    return as_record(event(wall_time, 0, bytes_field(5, bytes_field(1, value))));
}

TensorBoard::TensorBoard(std::filesystem::path folder, double started_at)
    : folder_(std::move(folder)),
      file_name_(
          core::concat("events.out.tfevents.", static_cast<std::int64_t>(started_at), ".msunet")),
      started_at_(started_at) {}

void TensorBoard::epoch(record::TrialId trial, const core::Permutation& permutation,
                        const record::EpochReport& report, double wall_time) const {
    const auto folder = folder_ / "tensorboard" / std::to_string(trial);
    const auto file = folder / file_name_;
    const bool is_new = !std::filesystem::exists(file);
    core::make_directories(folder);
    // Opened for each epoch: a large sweep has more trials than a process may have open files.
    std::ofstream stream(file, std::ios::binary | std::ios::app);
    if (is_new) {
        stream << tensorboard_header(started_at_)
               << tensorboard_hyperparameters(started_at_, permutation);
    }
    stream << tensorboard_scalars(wall_time, report.epoch, scalars_of(report)) << std::flush;
    if (!stream) throw core::FileError("can't write", file, errno == 0 ? EIO : errno);
}

}  // namespace msunet::report
