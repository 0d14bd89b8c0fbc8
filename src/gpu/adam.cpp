// SPDX-License-Identifier: Apache-2.0
#include "gpu/adam.hpp"

#include "gpu/kernel_parameters.hpp"

namespace msunet::gpu {

void update_by_adam(const KernelLauncher& kernels, const model::AdamUpdate& update,
                    const at::Tensor& copies) {
    const std::int64_t count = update.values.numel();
    const std::int64_t in_access = access_bytes / update.values.element_size();
    kernels.launch(Adam{.count = count,
                        .beta_1 = update.beta_1,
                        .beta_2 = update.beta_2,
                        .epsilon = update.epsilon,
                        .decay = update.decay,
                        .factors = update.factors.data_ptr(),
                        .gradients = update.gradients.data_ptr(),
                        .values = update.values.data_ptr(),
                        .m = update.m.data_ptr(),
                        .v = update.v.data_ptr(),
                        .copies = copies.defined() ? copies.data_ptr() : nullptr},
                   Grid::of_threads((count + in_access - 1) / in_access));
}

}  // namespace msunet::gpu
