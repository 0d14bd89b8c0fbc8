// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <utility>

#include "msunet/train/profile.hpp"

namespace msunet::train {

std::optional<Section> section_of_mark(std::string_view mark) {
    static constexpr std::array<std::pair<std::string_view, Section>, 12> marks{{
        {"msunet::step", Section::rest},
        {"msunet::cut", Section::cutting},
        {"msunet::forward", Section::forward},
        {"msunet::dropout_mask", Section::dropout_masks},
        {"msunet::loss", Section::loss},
        {"msunet::backward", Section::backward},
        {"msunet::reduction", Section::reduction},
        {"msunet::optimizer", Section::optimizer},
        {"msunet::convolution", Section::convolution_forward},
        {"msunet::convolution_backward", Section::convolution_backward},
        {"aten::convolution", Section::convolution_forward},
        {"aten::convolution_backward", Section::convolution_backward},
    }};
    const auto* found = std::find_if(marks.begin(), marks.end(),
                                     [&](const auto& one) { return one.first == mark; });
    if (found == marks.end()) return std::nullopt;
    return found->second;
}

void SectionClock::enter(std::optional<Section> section, double now) {
    count(now);
    open_.push_back(section.value_or(open_.empty() ? Section::rest : open_.back()));
}

void SectionClock::leave(double now) {
    count(now);
    open_.pop_back();
}

void SectionClock::count(double now) {
    if (!open_.empty()) seconds_[static_cast<std::size_t>(open_.back())] += now - since_;
    since_ = now;
}

}  // namespace msunet::train
