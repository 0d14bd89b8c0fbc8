// SPDX-License-Identifier: Apache-2.0
#include "prepare/cache.hpp"

#include <system_error>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/try_folder.hpp"
#include "msunet/data/batch_sampler.hpp"
#include "msunet/h5/collective_file.hpp"
#include "msunet/prepare/deal.hpp"
#include "prepare/agreement.hpp"
#include "prepare/seal.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

namespace {

constexpr const char* description_name = "description";
constexpr const char* voxels_name = "voxels";
constexpr const char* masks_name = "masks";

/// Opened by each process for itself, without MPI-IO: a rank that fails to read keeps no other
/// waiting in a collective call.
h5::CollectiveFile open_alone(const fs::path& file) {
    return h5::CollectiveFile::open(file, comm::Communicator::self_without_mpi());
}

/// The description in a file whose seal is intact.
Description read_description(const fs::path& file) {
    const h5::CollectiveFile opened = open_alone(file);
    Description description = from_text(opened.read_text(description_name));
    const std::uint64_t elements = description.elements();
    if (opened.elements(voxels_name) != elements || opened.elements(masks_name) != elements) {
        throw core::Error(core::ExitCode::failure, "its sizes do not agree");
    }
    return description;
}

/// The rank that reads each source, by their sizes.
std::vector<int> readers_of(std::span<const data::Range> ranges, int ranks) {
    std::vector<double> costs;
    for (const data::Range& range : ranges) costs.push_back(static_cast<double>(range.count));
    return assign_tasks(costs, ranks);
}

void read_sources(const fs::path& file, const Description& description, const SliceStore& store,
                  std::span<const data::Range> ranges, std::span<const int> readers, int rank) {
    const h5::CollectiveFile opened = open_alone(file);
    for (std::size_t i = 0; i < ranges.size(); ++i) {
        if (readers[i] != rank) continue;
        opened.read(voxels_name, ranges[i].offset, store.voxels(ranges[i]));
        opened.read(masks_name, ranges[i].offset, store.masks(ranges[i]));
        if (data::payload_hash(store.voxels(ranges[i]), store.masks(ranges[i])) !=
            description.sources[i].payload_hash) {
            throw core::Error(core::ExitCode::failure, "its checksums do not agree");
        }
    }
}

/// Description of a file that exists and verifies. Throws, alike on all ranks, core::Error.
Description verified_description(const fs::path& file, const std::string& key,
                                 const comm::Communicator& all) {
    if (const auto problem = broken_seal(file, key, all)) {
        throw core::Error(core::ExitCode::failure, *problem);
    }
    Description description;
    together(all, [&] {
        if (all.is_root()) description = read_description(file);
    });
    return from_text(all.broadcast(to_text(description)));
}

void warn_unusable(const fs::path& file, std::string_view reason) {
    core::log::warn(core::concat("cached data set ", core::quoted(file.string()), " is not used (",
                                 reason, "), it is made again"));
}

void warn_not_kept(const core::Error& why) {
    core::log::warn(core::concat("the preprocessed data set is not kept in the cache (", why.what(),
                                 "), the next start preprocesses again"));
}

/// Throws where the folder has no room for the file, which a collective write would notice late.
void check_room(const fs::path& folder, std::uint64_t bytes) {
    std::error_code error;
    const fs::space_info space = fs::space(folder, error);
    if (error || space.available > bytes) return;
    throw core::Error(core::ExitCode::failure,
                      {.path = folder,
                       .kind = core::concat("no room for ",
                                            core::bytes_text(static_cast<double>(bytes)), " in")});
}

void write_file(const fs::path& file, const StoredData& data, const comm::Communicator& all) {
    const std::uint64_t elements = data.description.elements();
    auto opened = h5::CollectiveFile::create(file, all);
    opened.create_dataset(voxels_name, h5::ElementType::float32, elements);
    opened.create_dataset(masks_name, h5::ElementType::uint8, elements);
    const data::Share share = data::share_of(elements, all.rank(), all.size());
    const data::Range mine{.offset = share.begin, .count = share.count};
    opened.write(voxels_name, mine.offset, std::span<const float>(data.store->voxels(mine)));
    opened.write(masks_name, mine.offset, std::span<const std::uint8_t>(data.store->masks(mine)));
    opened.write_text(description_name, to_text(data.description));
    opened.close();
}

}  // namespace

std::optional<StoredData> read_cache(const fs::path& file, const std::string& key,
                                     const comm::NodeTopology& nodes) {
    const comm::Communicator& all = nodes.all();
    std::error_code ignored;
    if (!all.any_of(all.is_root() && fs::exists(file, ignored))) return std::nullopt;
    Description description;
    try {
        description = verified_description(file, key, all);
    } catch (const core::Error& error) {
        warn_unusable(file, error.what());
        return std::nullopt;
    }
    auto store = SliceStore::make(nodes, description.elements());
    const auto ranges = description.ranges();
    const auto readers = readers_of(ranges, all.size());
    try {
        together(all,
                 [&] { read_sources(file, description, *store, ranges, readers, all.rank()); });
    } catch (const core::Error& error) {
        warn_unusable(file, error.what());
        return std::nullopt;
    }
    store->share(nodes, ranges, readers);
    return StoredData{.store = std::move(store), .description = std::move(description)};
}

void check_cache(const fs::path& folder) {
    try {
        core::try_folder(folder, core::ExitCode::failure);
    } catch (const core::FileError& error) {
        warn_not_kept(error);
    }
}

bool write_cache(const fs::path& file, const std::string& key, const StoredData& data,
                 const comm::NodeTopology& nodes) {
    const comm::Communicator& all = nodes.all();
    const fs::path temporary =
        file.parent_path() / all.broadcast(core::concat(".", file.filename().string(), ".",
                                                        core::unique_suffix(), ".tmp"));
    try {
        together(all, [&] {
            if (!all.is_root()) return;
            core::try_folder(file.parent_path(), core::ExitCode::failure);
            core::make_directories(file.parent_path());
            check_room(file.parent_path(), data.description.elements() * 5);
        });
        write_file(temporary, data, all);
        seal_file(temporary, key, all);
        together(all, [&] {
            if (!all.is_root()) return;
            fs::rename(temporary, file);
            core::sync_path(file.parent_path());
        });
        return true;
    } catch (const core::Error& error) {
        warn_not_kept(error);
    }
    std::error_code ignored;
    if (all.is_root()) fs::remove(temporary, ignored);
    return false;
}

}  // namespace msunet::prepare
