// SPDX-License-Identifier: Apache-2.0
#include "msunet/h5/collective_file.hpp"

#include <algorithm>
#include <exception>
#include <functional>
#include <optional>

#include "h5/handle.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"

namespace msunet::h5 {
namespace {

// Transfers are split because MPI counts bytes in int.
constexpr std::uint64_t bytes_per_transfer = std::uint64_t{256} << 20;

constexpr std::uint64_t width_of(ElementType type) {
    switch (type) {
        case ElementType::uint8:
            return 1;
        case ElementType::uint32:
        case ElementType::float32:
            return 4;
        default:
            return 8;
    }
}

hid_t native_type(ElementType type) {
    switch (type) {
        case ElementType::uint8:
            return H5T_NATIVE_UINT8;
        case ElementType::uint32:
            return H5T_NATIVE_UINT32;
        case ElementType::uint64:
            return H5T_NATIVE_UINT64;
        case ElementType::int64:
            return H5T_NATIVE_INT64;
        case ElementType::float32:
            return H5T_NATIVE_FLOAT;
        case ElementType::float64:
            break;
    }
    return H5T_NATIVE_DOUBLE;
}

Handle access_for(const comm::Communicator& ranks) {
    Handle access = file_access();
    if (!ranks.is_without_mpi()) {
        valid(H5Pset_fapl_mpio(access.get(), MPI_Comm_f2c(ranks.fortran_handle()), MPI_INFO_NULL),
              "H5Pset_fapl_mpio");
    }
    return access;
}

Handle transfer_for(const comm::Communicator& ranks) {
    Handle transfer(H5Pcreate(H5P_DATASET_XFER), H5Pclose, "H5Pcreate");
    if (!ranks.is_without_mpi()) {
        valid(H5Pset_dxpl_mpio(transfer.get(), H5FD_MPIO_COLLECTIVE), "H5Pset_dxpl_mpio");
    }
    return transfer;
}

/// The selection of a part in a file, or of nothing.
Handle selection(const Handle& dataset, Extent part) {
    Handle space(H5Dget_space(dataset.get()), H5Sclose, "H5Dget_space");
    if (part.count == 0) {
        valid(H5Sselect_none(space.get()), "H5Sselect_none");
    } else {
        const hsize_t offset = part.offset;
        const hsize_t count = part.count;
        valid(H5Sselect_hyperslab(space.get(), H5S_SELECT_SET, &offset, nullptr, &count, nullptr),
              "H5Sselect_hyperslab");
    }
    return space;
}

Handle memory_space(std::uint64_t count) {
    const hsize_t length = std::max<std::uint64_t>(count, 1);
    Handle space(H5Screate_simple(1, &length, nullptr), H5Sclose, "H5Screate_simple");
    if (count == 0) {
        valid(H5Sselect_none(space.get()), "H5Sselect_none");
    }
    return space;
}

}  // namespace

Extent chunked_share(std::uint64_t elements, std::uint64_t chunk, int rank, int ranks) {
    const std::uint64_t chunks = (elements + chunk - 1) / chunk;
    const auto all = static_cast<std::uint64_t>(ranks);
    const auto boundary = [&](int index) {
        return std::min(elements, chunks * static_cast<std::uint64_t>(index) / all * chunk);
    };
    const std::uint64_t begin = boundary(rank);
    return {begin, boundary(rank + 1) - begin};
}

struct CollectiveFile::State {
    std::filesystem::path path;
    comm::Communicator ranks;
    std::optional<Handle> file;
    bool written = false;

    State(std::filesystem::path file_path, comm::Communicator communicator, bool to_write)
        : path(std::move(file_path)), ranks(std::move(communicator)), written(to_write) {}
    State(const State&) = delete;
    State& operator=(const State&) = delete;

    /// Runs `work` on every rank and throws on all of them if it failed on any, so that no rank
    /// waits for one that has failed.
    void together(const std::function<void()>& work) const {
        std::string reason;
        try {
            const Session session;
            work();
        } catch (const LibraryError& error) {
            reason = error.what();
        }
        if (ranks.any_of(!reason.empty())) {
            throw core::Error(core::ExitCode::failure,
                              {.path = path,
                               .kind = "file",
                               .problem = "failed",
                               .why = reason.empty() ? "on another rank" : reason});
        }
    }

    ~State() {
        if (file && std::uncaught_exceptions() > 0) {
            // Closing is collective: the identifier stays open until the process ends.
            file->release();
        }
    }
};

CollectiveFile::CollectiveFile(std::unique_ptr<State> state) : state_(std::move(state)) {}
CollectiveFile::~CollectiveFile() = default;
CollectiveFile::CollectiveFile(CollectiveFile&&) noexcept = default;
CollectiveFile& CollectiveFile::operator=(CollectiveFile&&) noexcept = default;

CollectiveFile CollectiveFile::create(const std::filesystem::path& file,
                                      const comm::Communicator& ranks) {
    auto state = std::make_unique<State>(file, ranks, true);
    state->together([&] {
        const Handle access = access_for(ranks);
        const Handle creation = file_creation();
        state->file.emplace(H5Fcreate(file.c_str(), H5F_ACC_TRUNC, creation.get(), access.get()),
                            H5Fclose, "H5Fcreate");
    });
    return CollectiveFile(std::move(state));
}

CollectiveFile CollectiveFile::open(const std::filesystem::path& file,
                                    const comm::Communicator& ranks) {
    auto state = std::make_unique<State>(file, ranks, false);
    state->together([&] {
        const Handle access = access_for(ranks);
        state->file.emplace(H5Fopen(file.c_str(), H5F_ACC_RDONLY, access.get()), H5Fclose,
                            "H5Fopen");
    });
    return CollectiveFile(std::move(state));
}

void CollectiveFile::create_dataset(const std::string& name, ElementType type,
                                    std::uint64_t elements, std::uint64_t chunk) {
    state_->together([&] {
        const Handle creation = dataset_creation();
        // Every element will be written: filling would write the file twice.
        valid(H5Pset_fill_time(creation.get(), H5D_FILL_TIME_NEVER), "H5Pset_fill_time");
        const hsize_t extent = elements;
        if (chunk > 0 && elements > 0) {
            const hsize_t length = std::min(chunk, elements);
            valid(H5Pset_chunk(creation.get(), 1, &length), "H5Pset_chunk");
        }
        const Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose, "H5Screate_simple");
        const Handle dataset(H5Dcreate2(state_->file->get(), name.c_str(), native_type(type),
                                        space.get(), H5P_DEFAULT, creation.get(), H5P_DEFAULT),
                             H5Dclose, "H5Dcreate");
    });
}

void CollectiveFile::write_bytes(const std::string& name, ElementType type, Extent part,
                                 const void* values) {
    const hid_t memory_type = native_type(type);
    const std::uint64_t width = width_of(type);
    const std::uint64_t piece = bytes_per_transfer / width;
    const std::uint64_t rounds =
        state_->ranks.all_reduce((part.count + piece - 1) / piece, comm::Operation::max);
    state_->together([&] {
        const Handle dataset = open_dataset(state_->file->get(), name);
        const Handle transfer = transfer_for(state_->ranks);
        for (std::uint64_t round = 0; round < rounds; ++round) {
            const std::uint64_t done = std::min(part.count, round * piece);
            const Extent now{part.offset + done, std::min(piece, part.count - done)};
            const Handle target = selection(dataset, now);
            const Handle source = memory_space(now.count);
            valid(H5Dwrite(dataset.get(), memory_type, source.get(), target.get(), transfer.get(),
                           static_cast<const char*>(values) + done * width),
                  "H5Dwrite");
        }
    });
}

void CollectiveFile::read_bytes(const std::string& name, ElementType type, Extent part,
                                void* values) const {
    const hid_t memory_type = native_type(type);
    const std::uint64_t width = width_of(type);
    const std::uint64_t piece = bytes_per_transfer / width;
    state_->together([&] {
        const Handle dataset = open_dataset(state_->file->get(), name);
        for (std::uint64_t done = 0; done < part.count; done += piece) {
            const Extent now{part.offset + done, std::min(piece, part.count - done)};
            const Handle source = selection(dataset, now);
            const Handle target = memory_space(now.count);
            valid(H5Dread(dataset.get(), memory_type, target.get(), source.get(), H5P_DEFAULT,
                          static_cast<char*>(values) + done * width),
                  "H5Dread");
        }
    });
}

std::uint64_t CollectiveFile::elements(const std::string& name) const {
    std::uint64_t count = 0;
    state_->together([&] {
        const Handle dataset = open_dataset(state_->file->get(), name);
        const Handle space(H5Dget_space(dataset.get()), H5Sclose, "H5Dget_space");
        count = static_cast<std::uint64_t>(
            valid(H5Sget_simple_extent_npoints(space.get()), "H5Sget_extent"));
    });
    return count;
}

void CollectiveFile::write_text(const std::string& name, const std::string& text) {
    create_dataset(name, ElementType::uint8, text.size());
    const bool writes = state_->ranks.is_root();
    write_bytes(name, ElementType::uint8, {0, writes ? text.size() : 0}, text.data());
}

std::string CollectiveFile::read_text(const std::string& name) const {
    std::string text(elements(name), '\0');
    read_bytes(name, ElementType::uint8, {0, text.size()}, text.data());
    return text;
}

void CollectiveFile::close() {
    if (!state_->file) {
        return;
    }
    state_->together([&] {
        if (state_->written) {
            valid(H5Fflush(state_->file->get(), H5F_SCOPE_GLOBAL), "H5Fflush");
        }
        state_->file->close("H5Fclose");
        state_->file.reset();
    });
    if (state_->written && state_->ranks.is_root()) {
        core::sync_path(state_->path);
    }
}

}  // namespace msunet::h5
