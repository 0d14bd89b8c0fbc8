// SPDX-License-Identifier: Apache-2.0
#pragma once

namespace msunet::gpu {

/// Starts kernels on the GPU, or on the host in tests.
class KernelLauncher {
public:
    virtual ~KernelLauncher() = default;

    /// Starts the kernel that takes `parameters`, see kernel_parameters.hpp, on the current stream
    /// with at least so many threads; does nothing for 0 threads.
    template <class Parameters>
    void launch(Parameters parameters, long long threads) const {
        if (threads > 0) start(Parameters::name, &parameters, threads);
    }

private:
    virtual void start(const char* name, void* parameters, long long threads) const = 0;
};

}  // namespace msunet::gpu
