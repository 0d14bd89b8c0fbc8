// SPDX-License-Identifier: Apache-2.0
/// \file
/// Where a training step's time goes. The step's parts are marked with libtorch's record functions,
/// which cost nothing unless a StepProfile is active. No torch in this header.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string_view>
#include <vector>

namespace msunet::train {

/// Parts of a step. `forward` and `backward` are what those passes do besides convolutions and
/// drawing masks: ReLU, BatchNorm, pooling, dropout and joining.
enum class Section : std::uint8_t {
    cutting,
    convolution_forward,
    forward,
    dropout_masks,
    loss,
    convolution_backward,
    backward,
    reduction,
    optimizer,
    rest
};

inline constexpr std::size_t section_count = 10;

/// Seconds by section.
using SectionSeconds = std::array<double, section_count>;

/// The section that a mark begins ("msunet::cut", "aten::convolution"); nothing for marks that
/// belong to the section around them.
[[nodiscard]] std::optional<Section> section_of_mark(std::string_view mark);

/// Adds up the time of nested parts: time counts for the innermost section alone.
class SectionClock {
public:
    /// A part begins; nothing: it belongs to the one around it.
    void enter(std::optional<Section> section, double now);
    /// The part that was entered last ends.
    void leave(double now);

    /// Time outside all parts is not counted.
    [[nodiscard]] const SectionSeconds& seconds() const { return seconds_; }

private:
    void count(double now);

    SectionSeconds seconds_{};
    std::vector<Section> open_;
    double since_ = 0;
};

/// Measures the steps of this thread during its lifetime; one at a time. On a GPU it measures only
/// the host's part.
class StepProfile {
public:
    StepProfile();
    ~StepProfile();
    StepProfile(const StepProfile&) = delete;
    StepProfile& operator=(const StepProfile&) = delete;

    [[nodiscard]] const SectionSeconds& seconds() const;

private:
    class Listener;
    std::unique_ptr<Listener> listener_;
};

}  // namespace msunet::train
