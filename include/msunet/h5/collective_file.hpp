// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <type_traits>

#include "msunet/comm/communicator.hpp"

namespace msunet::h5 {

/// Element type of a dataset.
enum class ElementType : std::uint8_t { uint8, uint32, uint64, int64, float32, float64 };

/// The element type of a C++ type.
template <class T>
[[nodiscard]] constexpr ElementType element_type() {
    if constexpr (std::is_same_v<T, std::uint8_t> || std::is_same_v<T, std::byte>) {
        return ElementType::uint8;
    } else if constexpr (std::is_same_v<T, std::uint32_t>) {
        return ElementType::uint32;
    } else if constexpr (std::is_same_v<T, std::uint64_t>) {
        return ElementType::uint64;
    } else if constexpr (std::is_same_v<T, std::int64_t>) {
        return ElementType::int64;
    } else if constexpr (std::is_same_v<T, float>) {
        return ElementType::float32;
    } else {
        static_assert(std::is_same_v<T, double>);
        return ElementType::float64;
    }
}

/// A contiguous part of a dataset.
struct Extent {
    std::uint64_t offset = 0;
    std::uint64_t count = 0;
};

/// The part of `elements` that `rank` of `ranks` writes: whole chunks, numbers of chunks that
/// differ by at most one, the parts one after another.
[[nodiscard]] Extent chunked_share(std::uint64_t elements, std::uint64_t chunk, int rank,
                                   int ranks);

/// One HDF5 file of flat datasets and texts that all ranks of a communicator write or read
/// together. Every member is collective over that communicator and throws `core::Error` naming the
/// file.
class CollectiveFile {
public:
    /// A new file, replacing one of that name.
    [[nodiscard]] static CollectiveFile create(const std::filesystem::path& file,
                                               const comm::Communicator& ranks);
    /// An existing file, to be read.
    [[nodiscard]] static CollectiveFile open(const std::filesystem::path& file,
                                             const comm::Communicator& ranks);
    /// Closes the file unless `close` has; not collective while an exception unwinds.
    ~CollectiveFile();
    CollectiveFile(CollectiveFile&&) noexcept;
    CollectiveFile& operator=(CollectiveFile&&) noexcept;

    /// A new flat dataset, contiguous, or in chunks of `chunk` elements if not 0.
    void create_dataset(const std::string& name, ElementType type, std::uint64_t elements,
                        std::uint64_t chunk = 0);
    /// Writes this rank's part, which may be empty; parts must not overlap.
    template <class T>
    void write(const std::string& name, std::uint64_t offset, std::span<const T> values) {
        write_bytes(name, element_type<T>(), {offset, values.size()}, values.data());
    }
    /// Reads this rank's part, which may be empty.
    template <class T>
    void read(const std::string& name, std::uint64_t offset, std::span<T> values) const {
        read_bytes(name, element_type<T>(), {offset, values.size()}, values.data());
    }
    /// Number of elements of a dataset.
    [[nodiscard]] std::uint64_t elements(const std::string& name) const;

    /// The same text on every rank.
    void write_text(const std::string& name, const std::string& text);
    [[nodiscard]] std::string read_text(const std::string& name) const;

    /// Flushes to disk and closes; reports what a destructor could not.
    void close();

private:
    struct State;
    explicit CollectiveFile(std::unique_ptr<State> state);
    void write_bytes(const std::string& name, ElementType type, Extent part, const void* values);
    void read_bytes(const std::string& name, ElementType type, Extent part, void* values) const;

    std::unique_ptr<State> state_;
};

}  // namespace msunet::h5
