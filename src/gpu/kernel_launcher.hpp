// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "gpu/kernel_parameters.hpp"

namespace msunet::gpu {

/// Blocks of a kernel.
struct Grid {
    long long x;
    int y = 1;

    /// For at least so many threads.
    static Grid of_threads(long long threads) { return {(threads + block_size - 1) / block_size}; }
};

/// Starts kernels on the GPU, or on the host in tests.
class KernelLauncher {
public:
    virtual ~KernelLauncher() = default;

    /// Starts the kernel that takes `parameters`, see kernel_parameters.hpp, on the current stream;
    /// does nothing for a grid without blocks.
    template <class Parameters>
    void launch(Parameters parameters, const Grid& grid) const {
        if (grid.x > 0) start(Parameters::name, &parameters, grid);
    }

private:
    virtual void start(const char* name, void* parameters, const Grid& grid) const = 0;
};

}  // namespace msunet::gpu
