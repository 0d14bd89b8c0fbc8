// SPDX-License-Identifier: Apache-2.0
#include "msunet/model/pca.hpp"

#include <ATen/TensorOperators.h>
#include <ATen/ops/from_blob.h>
#include <ATen/ops/linalg_eigvalsh.h>
#include <ATen/ops/matmul.h>

#include <algorithm>

#include "msunet/core/error.hpp"

namespace msunet::model {

std::vector<double> pca_cumulative_variance(std::span<const float> features, std::int64_t samples,
                                            std::int64_t width) {
    if (samples < 2) {
        throw core::InputError("principal components need at least 2 samples, there are " +
                               std::to_string(samples) + ": give more validation data");
    }
    at::Tensor x = at::from_blob(const_cast<float*>(features.data()), {samples, width}, at::kFloat)
                       .to(at::kDouble);
    x = x - x.mean(0, true);
    // The variances are the eigenvalues of the smaller of x·xᵀ and xᵀ·x, which have the same ones;
    // in double the squaring costs nothing that float32 features could tell.
    const at::Tensor gram = samples <= width ? at::matmul(x, x.t()) : at::matmul(x.t(), x);
    const at::Tensor variances = at::linalg_eigvalsh(gram).flip(0).clamp_min(0);
    const std::int64_t components = std::min({std::int64_t{300}, samples - 1, variances.size(0)});
    const double total = variances.sum().item<double>();
    std::vector<double> cumulative(static_cast<std::size_t>(components), 0.0);
    double sum = 0;
    for (std::int64_t i = 0; i < components && total > 0; ++i) {
        sum += variances[i].item<double>() / total;
        cumulative[static_cast<std::size_t>(i)] = sum;
    }
    return cumulative;
}

}  // namespace msunet::model
