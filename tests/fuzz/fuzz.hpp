// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the fuzzers share. A reader may answer with a value or with a core::Error; any other
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
        // Every message must be there and be one line.
        for (const auto& problem : error.problems()) {
            if (problem.empty()) std::abort();
        }
    }
}

/// Ends the fuzzer where a property does not hold.
inline void expect(bool holds) {
    if (!holds) std::abort();
}

/// A folder in memory where there is one, gone with the process.
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

    /// The path of a file of this name; the caller writes it.
    [[nodiscard]] std::filesystem::path file(const std::string& name) const { return path_ / name; }

    /// The file of this name with these bytes.
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
