// SPDX-License-Identifier: Apache-2.0
#include "engine.hpp"

#include <dlfcn.h>

#include <cstdlib>

#include "msunet/core/text.hpp"
#include "msunet/job/libtorch.hpp"

namespace msunet::app {

namespace {

constexpr const char* engine_library = "libmsunet_engine.so";

/// libgomp reads it when it is loaded, which the engine's libraries do. Its threads spin while they
/// wait: with more threads than cores, or another job on the node, that costs several times the
/// training itself. The user's own setting stays.
void let_threads_sleep() { setenv("OMP_WAIT_POLICY", "passive", 0); }

const Engine& open_engine() {
    let_threads_sleep();
    job::load_chosen_libtorch({"libc10.so", "libtorch_cpu.so"});
    // Found through the program's own run path; global, so that the GPU plug-in finds libtorch.
    void* library = dlopen(engine_library, RTLD_NOW | RTLD_GLOBAL);
    if (library == nullptr) {
        throw core::Error(core::ExitCode::failure,
                          core::concat("can't load ", engine_library, " (", dlerror(),
                                       "), build msunet again, or set ", job::libtorch_variable,
                                       " if it is libtorch that is missing"));
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
