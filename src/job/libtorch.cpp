// SPDX-License-Identifier: Apache-2.0
#include "msunet/job/libtorch.hpp"

#include <dlfcn.h>

#include <cstdlib>
#include <filesystem>

#include "msunet/core/error.hpp"
#include "msunet/core/text.hpp"

namespace msunet::job {

void load_chosen_libtorch(std::initializer_list<const char*> libraries) {
    const char* folder = std::getenv(libtorch_variable);
    if (folder == nullptr || *folder == '\0') return;
    for (const char* library : libraries) {
        const auto file = std::filesystem::path(folder) / "lib" / library;
        if (dlopen(file.c_str(), RTLD_NOW | RTLD_GLOBAL) == nullptr) {
            throw core::UsageError({.option = libtorch_variable,
                                    .got = folder,
                                    .problem = core::concat(": its ", library, " can't be loaded"),
                                    .why = dlerror()});
        }
    }
}

}  // namespace msunet::job
