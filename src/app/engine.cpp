// SPDX-License-Identifier: Apache-2.0
#include "engine.hpp"

#include <dlfcn.h>

#include "msunet/core/text.hpp"

namespace msunet::app {

namespace {

constexpr const char* engine_library = "libmsunet_engine.so";

const Engine& open_engine() {
    // Found through the program's own run path; global, so that the GPU plug-in finds libtorch.
    void* library = dlopen(engine_library, RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("can't load ", engine_library, " (", dlerror(),
                                       "), build msunet again or set LD_LIBRARY_PATH"));
    }
    using Entry = const Engine* (*)();
    const auto entry = reinterpret_cast<Entry>(dlsym(library, engine_symbol));
    if (entry == nullptr) {
        throw core::Error(core::ExitCode::failure,
                          core::concat(engine_library, " is of another version (", dlerror(),
                                       "), build msunet again"));
    }
    return *entry();
}

}  // namespace

const Engine& load_engine() {
    static const Engine& engine = open_engine();
    return engine;
}

}  // namespace msunet::app
