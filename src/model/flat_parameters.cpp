// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/flat_parameters.hpp"

#include <ATen/ops/zeros.h>

#include <utility>

namespace msunet::model {

FlatParameters::FlatParameters(std::vector<Segment> segments, const at::TensorOptions& options)
    : segments_(std::move(segments)) {
    std::int64_t total = 0;
    for (auto& segment : segments_) {
        segment.size = 1;
        for (const auto side : segment.shape) segment.size *= side;
        segment.offset = total;
        total += segment.size;
    }
    values_ = at::zeros({total}, options);
    gradients_ = at::zeros({total}, options);
}

at::Tensor FlatParameters::view(const at::Tensor& buffer, std::size_t segment) const {
    const auto& s = segments_[segment];
    return buffer.narrow(0, s.offset, s.size).view(s.shape);
}

at::Tensor FlatParameters::value(std::size_t segment) const { return view(values_, segment); }

at::Tensor FlatParameters::gradient(std::size_t segment) const { return view(gradients_, segment); }

}  // namespace msunet::model
