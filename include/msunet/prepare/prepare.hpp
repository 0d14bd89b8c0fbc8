// SPDX-License-Identifier: Apache-2.0
/// \file
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
#include "msunet/imaging/measures.hpp"
#include "msunet/imaging/normalise.hpp"
#include "msunet/imaging/options.hpp"
#include "msunet/prepare/input.hpp"
#include "msunet/prepare/options.hpp"

namespace msunet::comm {
class NodeTopology;
}  // namespace msunet::comm

namespace msunet::prepare {

/// All that decides what the data set is. The same on every rank.
struct Request {
    PrepareOptions folders;
    imaging::PreprocessOptions preprocess;
    imaging::SliceOptions slices;
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

/// Shows what this rank does, to a progress bar or a watchdog. Every call comes from the calling
/// thread.
class Observer {
public:
    virtual ~Observer() = default;
    /// A phase begins: "reading the cache", "preprocessing", "writing the cache".
    virtual void phase(std::string_view name) { (void)name; }
    /// This rank begins a piece of work (a scan, a copy, a file)...
    virtual void holds(std::string_view what) { (void)what; }
    /// ...and has ended it.
    virtual void released() {}
    /// `done` of `total` scans and copies of this node.
    virtual void progress(std::size_t done, std::size_t total) { (void)done, (void)total; }
};

/// One input pair as the table of pairs shows it.
struct SurveyedPair {
    Pair pair;
    imaging::Grid before;  ///< of the file
    imaging::Grid after;   ///< after resampling
    imaging::DroppedSlices dropped{};
    imaging::ScanMeasures measures{};  ///< after resampling, all slices
};

/// The input as names, headers and voxels show it.
struct Survey {
    std::vector<SurveyedPair> pairs;
    std::vector<std::size_t> slices;  ///< kept, by pair
    std::size_t copies = 0;           ///< augmented copies that are planned
    std::uint64_t largest_bytes = 0;  ///< memory of the data set if no slice is dropped
};

/// Name and content of an input file, for the journal and the resume check.
struct InputFile {
    std::string name;  ///< "data/<file>" or "masks/<file>"
    std::string hash;  ///< of the content, hexadecimal
    friend bool operator==(const InputFile&, const InputFile&) = default;
};

/// What a check of the input finds.
struct CheckedInput {
    Survey survey;
    std::vector<InputFile> inputs;  ///< as `Prepared` has them
};

/// Collective over `nodes.all()`. Lists, pairs and reads all files and checks them as `prepare`
/// would. Warnings are logged.
/// Throws core::InputError with all problems, core::UsageError, alike on all ranks.
[[nodiscard]] CheckedInput survey(const Request& request, const comm::NodeTopology& nodes,
                                  Observer* observer = nullptr);

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

/// Collective over `nodes.all()`. Reads the cache or preprocesses, and leaves the slices in one
/// shared window a node. The result is the same to the bit on any number of ranks and nodes. Input
/// folders are never written to.
///
/// A scan is read once: its voxels, checks and content hash come from one pass, and its copies are
/// made while it is in memory. It is opened once where one rank prepares. On several ranks its
/// header is read before, because the costs decide which rank reads it; and where the cache may
/// hold the data set although a file's times or path are new, the file is read for its hash before.
/// On a hit in the cache no scan of unchanged path, size and times is opened.
///
/// Throws, alike on all ranks, core::InputError with all problems of all files, core::UsageError,
/// core::Error with ExitCode::stopped when a signal asks for a stop (between volumes).
[[nodiscard]] Prepared prepare(const Request& request, const comm::NodeTopology& nodes,
                               Observer* observer = nullptr);

}  // namespace msunet::prepare
