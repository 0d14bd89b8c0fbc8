// SPDX-License-Identifier: Apache-2.0
/// \file
/// A process that Linux denies the tiles of AMX, as Linux before 5.16 and containers do. A program
/// of its own, since a permission that was given stays.

#include <ATen/ops/isfinite.h>
#include <ATen/ops/rand.h>
#include <gtest/gtest.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

#include "msunet/model/network.hpp"
#include "msunet/model/precision.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::model {
namespace {

// Commands of arch_prctl (Documentation/arch/x86/xstate.rst), and the number of the tiles.
constexpr unsigned get_supported = 0x1021, request_permission = 0x1023, tile_data = 18;

bool linux_has_tiles() {
    std::uint64_t features = 0;
    return syscall(SYS_arch_prctl, get_supported, &features) == 0 &&
           ((features >> tile_data) & 1U) != 0;
}

/// From here on requests for permission fail. Returns whether that worked.
bool deny_permission() {
    constexpr auto number = offsetof(seccomp_data, nr), first = offsetof(seccomp_data, args);
    std::array<sock_filter, 6> filter{
        {BPF_STMT(BPF_LD | BPF_W | BPF_ABS, number),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_arch_prctl, 0, 3),
         BPF_STMT(BPF_LD | BPF_W | BPF_ABS, first),
         BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, request_permission, 0, 1),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | EPERM),
         BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW)}};
    const sock_fprog program{filter.size(), filter.data()};
    return prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 &&
           prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program, 0, 0) == 0;
}

TEST(DeniedTiles, LeaveTheKernelsForAvx512Bf16) {
    if (!linux_has_tiles()) GTEST_SKIP() << "no AMX here";
    if (!deny_permission()) GTEST_SKIP() << "seccomp filters are not allowed here";
    unsetenv("ATEN_CPU_CAPABILITY");
    unsetenv("MSUNET_CPU_KERNELS");
    EXPECT_EQ(cpu_kernels(), "AVX512_BF16");
    const auto architecture = unet::published_architecture();
    const auto network = make_fused_network({.architecture = architecture,
                                             .options = {.precision = Precision::bf16},
                                             .weights = unet::initial_weights(architecture, 3)});
    const at::Tensor logits = network->forward(at::rand({2, 32, 32}), {});
    EXPECT_TRUE(at::isfinite(logits).all().item<bool>());
}

}  // namespace
}  // namespace msunet::model
