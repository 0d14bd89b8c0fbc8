// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <map>
#include <string>
#include <vector>

namespace msunet::test {

/// What a thread or a block of a kernel takes.
struct KernelUse {
    unsigned registers = 0;     ///< of a thread
    unsigned stack_bytes = 0;   ///< of a thread: what is spilt, arrays that are not in registers
    unsigned shared_bytes = 0;  ///< of a block
};

/// By kernel, as the file says that NVRTC made (an ELF file with NVIDIA's sections).
std::map<std::string, KernelUse> kernel_usage(const std::vector<char>& file);

}  // namespace msunet::test
