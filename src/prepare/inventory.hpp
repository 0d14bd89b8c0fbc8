// SPDX-License-Identifier: Apache-2.0
/// \file
/// Content of the input files. An index in the cache folder remembers the hashes of files whose
/// path, size and times have not changed, which spares reading them again and decides nothing else.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/prepare/prepare.hpp"
#include "prepare/find_input.hpp"
#include "prepare/hash_index.hpp"

namespace msunet::prepare {

/// The hash of a file that was read.
struct FoundHash {
    std::string hash;      ///< empty: the file could not be read
    bool settled = false;  ///< the file will hardly change unseen: the index may remember the hash
};

/// The files of all pairs, scan and mask in turn, with what is known of their content. The same on
/// every rank.
class Inventory {
public:
    /// Collective over `ranks`: asks for sizes and times, each rank a share, and takes hashes from
    /// the index. No file is opened. `index_folder` may be empty or missing: no index.
    Inventory(const Input& input, std::filesystem::path index_folder,
              const comm::Communicator& ranks);

    /// Whether all hashes are known.
    [[nodiscard]] bool complete() const;
    /// Collective over `ranks`: reads the files whose hash is not known, each rank a share. One
    /// that can't be read stays unknown.
    void hash_missing(const comm::Communicator& ranks, Observer& observer);

    /// The hash of file number `place`, which this rank has just read.
    [[nodiscard]] FoundHash found(std::size_t place, std::string hash) const;
    /// Takes a hash that was found, alike on all ranks.
    void learn(std::size_t place, const FoundHash& found);
    /// Writes hashes that are new to the index. For one rank; a failure only costs time later.
    void update_index() const;

    /// Names and hashes, in the order of the pairs.
    [[nodiscard]] std::vector<InputFile> inputs() const;
    /// Modalities by their names, in the order of the pairs.
    [[nodiscard]] const std::vector<std::string>& modalities() const { return modalities_; }
    /// Sizes in bytes, in the order of the pairs; 0 where a file is missing.
    [[nodiscard]] std::vector<std::uint64_t> sizes() const;

private:
    struct File {
        std::string name;
        std::filesystem::path path;
        std::optional<FileState> state;
        std::string hash;
    };

    std::filesystem::path index_folder_;
    HashIndex index_;
    std::vector<File> files_;
    std::vector<std::string> modalities_;
    bool index_is_old_ = false;
};

}  // namespace msunet::prepare
