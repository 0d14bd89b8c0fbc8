// SPDX-License-Identifier: Apache-2.0
#include "nifti_layout.hpp"

namespace msunet::io {

namespace {

std::int32_t byte_swapped(std::int32_t value) {
    auto raw = std::bit_cast<std::array<char, sizeof value>>(value);
    std::ranges::reverse(raw);
    return std::bit_cast<std::int32_t>(raw);
}

}  // namespace

std::optional<NiftiForm> nifti_form(std::string_view head) {
    std::int32_t size = 0;
    std::memcpy(&size, head.data(), sizeof size);
    for (const NiftiLayout* layout : {&nifti1_layout, &nifti2_layout}) {
        const auto bytes = static_cast<std::int32_t>(layout->bytes);
        if (size == bytes) return NiftiForm{*layout, false};
        if (size == byte_swapped(bytes)) return NiftiForm{*layout, true};
    }
    return std::nullopt;
}

}  // namespace msunet::io
