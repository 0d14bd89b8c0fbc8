// SPDX-License-Identifier: Apache-2.0
// The scaling suite's benchmarks of files: preprocessing, parallel writing and reading.

#include <fcntl.h>
#include <unistd.h>

#include <array>
#include <exception>
#include <filesystem>
#include <system_error>

#include "bench_data.hpp"
#include "bench_place.hpp"
#include "bench_scratch.hpp"
#include "msunet/bench/names.hpp"
#include "msunet/comm/on_root.hpp"
#include "msunet/comm/sleeping_barrier.hpp"
#include "msunet/core/muted_log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "msunet/h5/collective_file.hpp"
#include "msunet/phantom/phantom.hpp"
#include "msunet/plan/sweep_setup.hpp"

namespace msunet::measure {

using core::concat;

namespace fs = std::filesystem;

namespace {

namespace names = bench::names;

/// Collective over `world`: rank 0 makes the phantom set while the others sleep.
void make_phantoms(const settings::BenchOptions& options, const fs::path& folder,
                   const comm::Communicator& world) {
    std::exception_ptr failure;
    if (world.is_root()) {
        try {
            phantom::PhantomOptions phantoms;
            phantoms.output = folder.string();
            phantoms.animals = options.animals;
            phantom::write(phantoms);
        } catch (...) {
            failure = std::current_exception();
        }
    }
    comm::sleeping_barrier(world);
    comm::on_root(world, [&] {
        if (failure) std::rethrow_exception(failure);
    });
}

/// Augmented, and not from a cache.
prepare::Request prepare_request(const settings::BenchSettings& settings,
                                 const fs::path& phantoms) {
    auto train = settings.train;
    if (!settings.bench.training_data_path) {
        train.folders.training_data_path = (phantoms / "data").string();
        train.folders.mask_data_path = (phantoms / "masks").string();
    }
    train.augment.enable_augmentation = true;
    return plan::data_request(train, {});
}

/// Asks the system to forget a file's pages, so that reading it is not reading memory. What a
/// network file system's servers keep is theirs.
void forget_pages(const fs::path& file) {
    const int descriptor = ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
    if (descriptor < 0) return;
    ::fsync(descriptor);
    ::posix_fadvise(descriptor, 0, 0, POSIX_FADV_DONTNEED);
    ::close(descriptor);
}

/// One file that all ranks of a set write together and read together.
struct SharedFile {
    fs::path path;
    std::size_t elements = 0;  ///< of each rank, float32

    /// Elements of this rank, all the same.
    [[nodiscard]] static float value_of(int rank) { return static_cast<float>(rank + 1); }
    [[nodiscard]] double bytes(const comm::Communicator& ranks) const {
        return static_cast<double>(elements) * sizeof(float) * ranks.size();
    }
};

constexpr const char* io_dataset = "voxels";

/// Collective over `ranks`.
Timed time_write(const SharedFile& file, const comm::Communicator& ranks) {
    const std::vector<float> mine(file.elements, SharedFile::value_of(ranks.rank()));
    ranks.barrier();
    const double began = core::steady_seconds();
    auto opened = h5::CollectiveFile::create(file.path, ranks);
    opened.create_dataset(io_dataset, h5::ElementType::float32,
                          file.elements * static_cast<std::size_t>(ranks.size()));
    opened.write(io_dataset, file.elements * static_cast<std::size_t>(ranks.rank()),
                 std::span<const float>(mine));
    opened.close();
    ranks.barrier();
    Timed timed;
    timed.seconds = core::steady_seconds() - began;
    timed.amount = file.bytes(ranks);
    forget_pages(file.path);
    return timed;
}

/// Collective over `ranks`: each reads what the rank that is `shift` places away has written.
Timed time_read(const SharedFile& file, int shift, const comm::Communicator& ranks) {
    const int writer = (ranks.rank() + shift) % ranks.size();
    std::vector<float> values(file.elements);
    ranks.barrier();
    const double began = core::steady_seconds();
    {
        const auto opened = h5::CollectiveFile::open(file.path, ranks);
        opened.read(io_dataset, file.elements * static_cast<std::size_t>(writer),
                    std::span<float>(values));
    }
    ranks.barrier();
    Timed timed;
    timed.seconds = core::steady_seconds() - began;
    timed.amount = file.bytes(ranks);
    const float expected = SharedFile::value_of(writer);
    if (!ranks.all_of(values.front() == expected && values.back() == expected)) {
        throw core::Error(core::ExitCode::failure,
                          {.path = file.path, .problem = "does not hold what was written"});
    }
    return timed;
}

/// Throws core::UsageError where the folder has no room for the file.
void check_io_room(const fs::path& folder, double bytes) {
    std::error_code error;
    const auto space = fs::space(folder, error);
    if (error || static_cast<double>(space.available) > bytes) return;
    throw core::UsageError({.path = folder,
                            .kind = concat("no room for ", core::bytes_text(bytes), " in"),
                            .advice = "give a smaller --io_megabytes or another --scratch"});
}

/// Collective over the world: times writing and reading on a set.
std::array<Timed, 2> write_and_read(const comm::Communicator& world, const bench::RankSet& set,
                                    const SharedFile& file) {
    const auto written = on_ranks(world, set, [&](const comm::Communicator& ranks) {
        return outcome_of([&] { return time_write(file, ranks); });
    });
    const auto read = on_ranks(world, set, [&](const comm::Communicator& ranks) {
        return outcome_of([&] { return time_read(file, set.reading_shift(), ranks); });
    });
    return {written, read};
}

/// Collective over `ranks`.
Timed time_preparation(const prepare::Request& request, const comm::Communicator& ranks) {
    const core::log::Muted muted;
    const comm::NodeTopology nodes(ranks);
    ranks.barrier();
    const double began = core::steady_seconds();
    const auto made = prepare_scans(request, nodes);
    Timed timed;
    timed.seconds = core::steady_seconds() - began;
    timed.amount = static_cast<double>(made.dataset.bytes());
    return timed;
}

}  // namespace

void bench_prepare(BenchSuite& suite) {
    const auto& settings = suite.settings;
    const auto& world = suite.world();
    const Scratch scratch(settings.bench, suite.topology);
    const auto phantoms = scratch.folder() / "phantoms";
    if (!settings.bench.training_data_path) make_phantoms(settings.bench, phantoms, world);
    const auto request = prepare_request(settings, phantoms);
    // Warms up the system's memory of the files, and finds what is wrong with the scans on all
    // ranks at the same time.
    const auto scans = prepare_scans(request, suite.topology).survey.pairs.size();
    repeat_over(suite, names::prepare, suite.all, [&](const bench::RankSet& set, int repeat) {
        const auto timed = on_ranks(world, set, [&](const comm::Communicator& ranks) {
            return outcome_of([&] { return time_preparation(request, ranks); });
        });
        add_measurement(suite, {names::prepare, "", names::bytes}, set, repeat, timed);
    });
    if (static_cast<std::size_t>(world.size()) > scans) {
        suite.results.notices.push_back(concat("prepare has only ", scans, " scans for ",
                                               world.size(),
                                               " ranks; --animals or -tpath and -mpath give more"));
    }
}

void bench_io(BenchSuite& suite) {
    const auto& options = suite.settings.bench;
    const auto& world = suite.world();
    const Scratch scratch(options, suite.topology);
    SharedFile file{scratch.folder() / "shared.h5", {}};
    file.elements = static_cast<std::size_t>(options.io_megabytes) * 1000000 / sizeof(float);
    comm::on_root(world, [&] { check_io_room(scratch.folder(), file.bytes(world)); });
    // A warm-up of each set: MPI-IO sets itself up for the ranks that take part.
    for (const auto& set : suite.all) write_and_read(world, set, file);
    repeat_over(suite, names::io, suite.all, [&](const bench::RankSet& set, int repeat) {
        const auto [written, read] = write_and_read(world, set, file);
        add_measurement(suite, {names::io, names::write, names::bytes}, set, repeat, written);
        add_measurement(suite, {names::io, names::read, names::bytes}, set, repeat, read);
    });
}

}  // namespace msunet::measure
