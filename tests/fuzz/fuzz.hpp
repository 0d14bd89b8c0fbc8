// SPDX-License-Identifier: Apache-2.0
/// \file
/// Common to the fuzzers. A reader may return a value or throw a core::Error; any other
/// exception, a crash, a hang, a leak or a finding of a sanitizer ends the fuzzer.
#pragma once

#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>
#include <string_view>
#include <utility>

#include "msunet/core/error.hpp"

namespace msunet::fuzz {

inline std::string_view text_of(const std::uint8_t* data, std::size_t size) {
    return {reinterpret_cast<const char*>(data), size};
}

/// Calls a reader.
template <class Reader>
void expect_answer(Reader&& read) {
    try {
        std::forward<Reader>(read)();
    } catch (const core::Error& error) {
        // No message may be empty.
        for (const auto& problem : error.problems()) {
            if (problem.empty()) std::abort();
        }
    }
}

/// Ends the fuzzer if a property does not hold.
inline void expect(bool holds) {
    if (!holds) std::abort();
}

/// A temporary folder, in memory if possible.
class Folder {
public:
    Folder() {
        const auto* place = access("/dev/shm", W_OK) == 0 ? "/dev/shm" : "/tmp";
        std::string name = std::string(place) + "/msunet-fuzz-XXXXXX";
        path_ = mkdtemp(name.data());
    }
    ~Folder() {
        std::error_code ignored;
        std::filesystem::remove_all(path_, ignored);
    }
    Folder(const Folder&) = delete;
    Folder& operator=(const Folder&) = delete;

    /// The path of a file with this name, which the caller writes.
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return path_ / name; }

    /// Writes a file with this name and these bytes.
    [[nodiscard]] std::filesystem::path file(const std::string& name,
                                             std::string_view bytes) const {
        auto path = path_ / name;
        std::ofstream(path, std::ios::binary | std::ios::trunc)
            .write(bytes.data(), static_cast<std::streamsize>(bytes.size()));
        return path;
    }

private:
    std::filesystem::path path_;
};

}  // namespace msunet::fuzz
