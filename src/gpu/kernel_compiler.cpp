// SPDX-License-Identifier: Apache-2.0
#include "gpu/kernel_compiler.hpp"

#include <dlfcn.h>
#include <nvrtc.h>

#include <filesystem>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::gpu {
namespace {

void check_nvrtc(nvrtcResult result, const std::string& log = {}) {
    if (result == NVRTC_SUCCESS) return;
    throw core::Error(core::ExitCode::failure, "the GPU kernels could not be compiled (" +
                                                   std::string(nvrtcGetErrorString(result)) + ")" +
                                                   (log.empty() ? "" : ":\n" + log));
}

/// NVRTC opens the library of its built-in functions by the name alone. Both lie in one folder,
/// which the loader searches only where a CUDA toolkit is installed, so it is loaded here, for
/// good. Where it lies elsewhere, NVRTC looks for it.
void load_builtins() {
    Dl_info place{};
    int major = 0;
    int minor = 0;
    check_nvrtc(nvrtcVersion(&major, &minor));
    if (dladdr(reinterpret_cast<const void*>(&nvrtcVersion), &place) == 0) return;
    const auto folder = std::filesystem::path(place.dli_fname).parent_path();
    const auto file = folder / core::concat("libnvrtc-builtins.so.", major, ".", minor);
    dlopen(file.c_str(), RTLD_NOW);
}

/// Owns a program of NVRTC.
class Program {
public:
    Program() {
        check_nvrtc(nvrtcCreateProgram(&program_, kernel_source, "kernels.cuh",
                                       static_cast<int>(kernel_header_names.size()),
                                       kernel_header_sources.data(), kernel_header_names.data()));
    }
    ~Program() { nvrtcDestroyProgram(&program_); }
    Program(const Program&) = delete;
    Program& operator=(const Program&) = delete;

    void compile(const std::string& element, const std::string& architecture) {
        const std::string type = "--define-macro=ELEMENT=" + element;
        const std::string target = "--gpu-architecture=" + architecture;
        const std::array<const char*, 3> options{type.c_str(), target.c_str(), "--std=c++17"};
        const auto result = nvrtcCompileProgram(program_, options.size(), options.data());
        check_nvrtc(result, result == NVRTC_SUCCESS ? std::string() : log());
    }

    [[nodiscard]] std::vector<char> machine_code() const {
        std::size_t size = 0;
        check_nvrtc(nvrtcGetCUBINSize(program_, &size));
        std::vector<char> code(size);
        check_nvrtc(nvrtcGetCUBIN(program_, code.data()));
        return code;
    }

private:
    [[nodiscard]] std::string log() const {
        std::size_t size = 0;
        check_nvrtc(nvrtcGetProgramLogSize(program_, &size));
        std::string text(size, '\0');
        check_nvrtc(nvrtcGetProgramLog(program_, text.data()));
        return text;
    }

    nvrtcProgram program_ = nullptr;
};

}  // namespace

std::vector<char> compile_kernels(const std::string& element, const std::string& architecture) {
    load_builtins();
    Program program;
    program.compile(element, architecture);
    return program.machine_code();
}

}  // namespace msunet::gpu
