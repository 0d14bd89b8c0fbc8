// SPDX-License-Identifier: Apache-2.0
/// From two folders, or the cache, to one immutable data set on every node.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/data/dataset.hpp"
#include "msunet/data/options.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/prepare/input.hpp"
#include "msunet/prepare/options.hpp"

namespace msunet::comm {
class Communicator;
class NodeTopology;
}  // namespace msunet::comm

namespace msunet::prepare {

/// All that decides what the data set is. The same on every rank.
struct Request {
    PrepareOptions folders;
    imaging::PreprocessOptions preprocess;
    imaging::AugmentOptions augment;
    data::SplitOptions split;
    data::PatchOptions patches;
    std::uint64_t seed = 1;
    /// Fixed patch sizes of the grid, to be checked against the slices; ignored with fractional
    /// patches.
    std::vector<std::int64_t> patch_dimensions;
    /// Folder of the cache; empty: none. The caller resolves `folders.cache`.
    std::filesystem::path cache_folder;
};

/// Told what this rank does: progress bar, watchdog. Every call comes from the calling thread.
class Observer {
public:
    virtual ~Observer() = default;
    /// A phase begins: "reading", "augmenting", "reading the cache".
    virtual void phase(std::string_view name) { (void)name; }
    /// This rank starts on a piece of work (a volume, a file)...
    virtual void holds(std::string_view what) { (void)what; }
    /// ...and has ended it.
    virtual void released() {}
    /// `done` of `total` volumes of this node in this phase.
    virtual void progress(std::size_t done, std::size_t total) { (void)done, (void)total; }
};

/// One input pair as the table of pairs shows it.
struct SurveyedPair {
    Pair pair;
    imaging::Grid before;  ///< of the file
    imaging::Grid after;   ///< after resampling
};

/// The input as names and headers show it.
struct Survey {
    std::vector<SurveyedPair> pairs;
    std::vector<std::size_t> slices;  ///< kept, by pair; empty if the voxels were not read
    std::size_t copies = 0;           ///< augmented copies that are planned
    std::uint64_t largest_bytes = 0;  ///< memory of the data set if no slice is dropped
};

/// Collective over `world`. Scans, pairs and checks headers, each rank its share of files. With
/// `voxels` every pair is read, normalised and checked too: all that `prepare` would find.
/// Warnings are logged.
/// Throws core::InputError with all problems, core::UsageError, alike on all ranks.
Survey survey(const Request& request, const comm::Communicator& world, bool voxels,
              Observer* observer = nullptr);

/// Name and content of an input file, for the journal and the resume check.
struct InputFile {
    std::string name;  ///< "data/<file>" or "masks/<file>"
    std::string hash;  ///< of the content, hexadecimal
    friend bool operator==(const InputFile&, const InputFile&) = default;
};

/// The data set with what the start table and the journal say about it.
struct Prepared {
    data::Dataset dataset;
    Survey survey;
    std::vector<InputFile> inputs;
    std::string key;  ///< hash of inputs and all that `Affects::data`: equal key, equal data set
    bool from_cache = false;
    std::filesystem::path cache_file;  ///< empty: none
    std::uint64_t cache_bytes = 0;
    double seconds = 0;
};

/// Collective over `world`, of which `nodes` is the topology. Reads the cache or preprocesses, and
/// leaves the slices in one shared window a node. The result is the same to the bit on any number
/// of ranks and nodes. Input folders are never written to.
/// Throws, alike on all ranks, core::InputError with all problems of all files, core::UsageError,
/// core::Error with ExitCode::stopped when a signal asks for a stop (between volumes).
Prepared prepare(const Request& request, const comm::Communicator& world,
                 const comm::NodeTopology& nodes, Observer* observer = nullptr);

}  // namespace msunet::prepare
