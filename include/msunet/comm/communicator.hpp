// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

namespace msunet::comm {

/// How a reduction combines values.
enum class Operation : std::uint8_t { sum, max, min };

/// Types that can be reduced.
template <class T>
concept Reducible = std::is_same_v<T, float> || std::is_same_v<T, double> ||
    std::is_same_v<T, std::int64_t> || std::is_same_v<T, std::uint64_t>;

/// Types that can be sent as their bytes.
template <class T>
concept Sendable = std::is_trivially_copyable_v<T>;

/// A message received from one rank. The payload is bytes, usually JSON.
struct Message {
    int source = 0;
    int tag = 0;
    std::string payload;
};

/// Some ranks that communicate. A value: copies are the same communicator; one made by `split` is
/// freed with its last copy. The communicator `self_without_mpi()` has one rank, needs no MPI and
/// behaves as a world of one rank, so that serial programs and tests run the same code.
///
/// All failures throw `core::Error` with MPI's text. Data may exceed 2^31 bytes: they are sent in
/// pieces.
class Communicator {
public:
    /// One rank, without MPI.
    [[nodiscard]] static Communicator self_without_mpi();
    /// All ranks of the job; `self_without_mpi()` while MPI is not up.
    [[nodiscard]] static Communicator world();

    [[nodiscard]] int rank() const;
    [[nodiscard]] int size() const;
    [[nodiscard]] bool is_root() const { return rank() == 0; }
    /// Whether this is the communicator that needs no MPI.
    [[nodiscard]] bool is_without_mpi() const;
    /// The Fortran handle (`MPI_Comm_c2f`), for libraries that take a communicator. Not for the
    /// communicator without MPI.
    [[nodiscard]] int fortran_handle() const;

    /// Collective over this communicator: the ranks that pass the same color (>= 0), ordered by
    /// key, then by rank.
    [[nodiscard]] Communicator split(int color, int key = 0) const;
    /// Collective over this communicator: the ranks that share memory with this one.
    [[nodiscard]] Communicator split_shared() const;
    /// Collective over this communicator: the same ranks with separate messages.
    [[nodiscard]] Communicator duplicate() const;

    /// Collective over this communicator.
    void barrier() const;

    /// Collective over this communicator: every rank's `values` become the root's. All ranks pass
    /// the same size.
    template <Sendable T>
    void broadcast(std::span<T> values, int root = 0) const {
        broadcast_bytes(std::as_writable_bytes(values), root);
    }
    /// Collective over this communicator: the root's value.
    template <Sendable T>
    [[nodiscard]] T broadcast(T value, int root = 0) const {
        broadcast_bytes(std::as_writable_bytes(std::span<T>(&value, 1)), root);
        return value;
    }
    /// Collective over this communicator: the root's text; the others' argument is ignored.
    [[nodiscard]] std::string broadcast(std::string text, int root = 0) const;
    /// Collective over this communicator: the root's vector, of any length.
    template <Sendable T>
    [[nodiscard]] std::vector<T> broadcast(std::vector<T> values, int root = 0) const {
        values.resize(broadcast(static_cast<std::uint64_t>(values.size()), root));
        broadcast(std::span<T>(values), root);
        return values;
    }

    /// Collective over this communicator: on the root one value per rank, elsewhere nothing.
    template <Sendable T>
    [[nodiscard]] std::vector<T> gather(const T& value, int root = 0) const {
        std::vector<T> all(rank() == root ? static_cast<std::size_t>(size()) : 0);
        gather_bytes(bytes_of(value), std::as_writable_bytes(std::span<T>(all)), root);
        return all;
    }
    /// Collective over this communicator: on the root one text per rank, elsewhere nothing.
    [[nodiscard]] std::vector<std::string> gather(const std::string& text, int root = 0) const;
    /// Collective over this communicator: one value per rank, on every rank.
    template <Sendable T>
    [[nodiscard]] std::vector<T> all_gather(const T& value) const {
        std::vector<T> all(static_cast<std::size_t>(size()));
        all_gather_bytes(bytes_of(value), std::as_writable_bytes(std::span<T>(all)));
        return all;
    }
    /// Collective over this communicator: one text per rank, on every rank.
    [[nodiscard]] std::vector<std::string> all_gather(const std::string& text) const;
    /// Collective over this communicator: the vectors of all ranks, concatenated in the order of
    /// the ranks; lengths may differ.
    template <Sendable T>
    [[nodiscard]] std::vector<T> all_gather(const std::vector<T>& values) const {
        const std::string joined = all_gather_joined(std::as_bytes(std::span<const T>(values)));
        std::vector<T> all(joined.size() / sizeof(T));
        copy_bytes(joined, std::as_writable_bytes(std::span<T>(all)));
        return all;
    }

    /// Collective over this communicator: elementwise over the ranks, in place. All ranks get the
    /// same bits, and a communicator of the same size gets them again.
    template <Reducible T>
    void all_reduce(std::span<T> values, Operation operation) const {
        all_reduce_in_place(values, operation);
    }
    /// Collective over this communicator: the sum, maximum or minimum over the ranks.
    template <Reducible T>
    [[nodiscard]] T all_reduce(T value, Operation operation) const {
        all_reduce_in_place(std::span<T>(&value, 1), operation);
        return value;
    }
    /// Collective over this communicator: whether the condition holds on every rank.
    [[nodiscard]] bool all_of(bool condition) const;
    /// Collective over this communicator: whether the condition holds on any rank.
    [[nodiscard]] bool any_of(bool condition) const;

    /// Sends, and returns when the payload can be reused; tags are >= 0.
    void send(int destination, int tag, std::string_view payload) const;
    /// A message that has arrived, or nothing; from any source, with any tag, unless they are
    /// given. Never waits.
    [[nodiscard]] std::optional<Message> try_receive(std::optional<int> source = {},
                                                     std::optional<int> tag = {}) const;

private:
    struct Handle;
    explicit Communicator(std::shared_ptr<Handle> handle) : handle_(std::move(handle)) {}

    template <Sendable T>
    static std::span<const std::byte> bytes_of(const T& value) {
        return std::as_bytes(std::span<const T>(&value, 1));
    }
    static void copy_bytes(std::string_view from, std::span<std::byte> to);
    void broadcast_bytes(std::span<std::byte> bytes, int root) const;
    void gather_bytes(std::span<const std::byte> mine, std::span<std::byte> all, int root) const;
    void all_gather_bytes(std::span<const std::byte> mine, std::span<std::byte> all) const;
    [[nodiscard]] std::string all_gather_joined(std::span<const std::byte> mine) const;
    void all_reduce_in_place(std::span<float> values, Operation operation) const;
    void all_reduce_in_place(std::span<double> values, Operation operation) const;
    void all_reduce_in_place(std::span<std::int64_t> values, Operation operation) const;
    void all_reduce_in_place(std::span<std::uint64_t> values, Operation operation) const;

    std::shared_ptr<Handle> handle_;
};

}  // namespace msunet::comm
