// SPDX-License-Identifier: Apache-2.0
#include "prepare/inventory.hpp"

#include <algorithm>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "prepare/agreement.hpp"
#include "prepare/exchange.hpp"
#include "prepare/progress.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

template <class Archive, codec::Is<FileState> T>
void fields(Archive& archive, T& value) {
    archive("size", value.size);
    archive("modified", value.modified);
    archive("changed", value.changed);
}

namespace {

constexpr const char* index_name = "inputs.txt";

/// A file changed less than this before it was hashed may change again within the resolution of its
/// times: its hash is used but not remembered.
constexpr double settled_after_seconds = 3;

std::string read_index(const fs::path& folder) {
    if (folder.empty()) return {};
    try {
        return core::read_file(folder / index_name);
    } catch (const core::FileError&) {
        return {};
    }
}

/// The state of a file, by its number; nothing if there is none.
struct PlacedState {
    std::size_t place = 0;
    std::optional<FileState> state;
};

template <class Archive, codec::Is<PlacedState> T>
void fields(Archive& archive, T& value) {
    archive("place", value.place);
    archive("state", value.state);
}

/// The hash of a file, by its number.
struct PlacedHash {
    std::size_t place = 0;
    FoundHash found;
};

template <class Archive, codec::Is<PlacedHash> T>
void fields(Archive& archive, T& value) {
    archive("place", value.place);
    archive("hash", value.found.hash);
    archive("settled", value.found.settled);
}

std::string hash_or_nothing(const fs::path& file) {
    try {
        return core::hash_file(file);
    } catch (const core::FileError&) {
        return {};
    }
}

}  // namespace

Inventory::Inventory(const Input& input, fs::path index_folder, const comm::Communicator& ranks)
    : index_folder_(std::move(index_folder)),
      index_(ranks.broadcast(ranks.is_root() ? read_index(index_folder_) : std::string())) {
    for (std::size_t pair = 0; pair < input.pairs.size(); ++pair) {
        const PairFiles paths = input.files(pair);
        modalities_.emplace_back(core::name_of(input.pairs[pair].modality));
        for (const auto& [folder, path] :
             {std::pair("data/", paths.data), {"masks/", paths.mask}}) {
            files_.push_back({.name = folder + path.filename().string(),
                              .path = fs::absolute(path).lexically_normal(),
                              .state = std::nullopt,
                              .hash = {}});
        }
    }
    std::vector<PlacedState> mine;
    const auto stride = static_cast<std::size_t>(ranks.size());
    for (auto i = static_cast<std::size_t>(ranks.rank()); i < files_.size(); i += stride) {
        mine.push_back({.place = i, .state = state_of(files_[i].path)});
    }
    for (const PlacedState& known : gather_values(ranks, mine)) {
        File& file = files_[known.place];
        file.state = known.state;
        if (known.state) {
            file.hash = index_.find(file.path.string(), *known.state).value_or(std::string());
        }
    }
}

bool Inventory::complete() const {
    return std::ranges::none_of(files_, [](const File& file) { return file.hash.empty(); });
}

void Inventory::hash_missing(const comm::Communicator& ranks, Observer& observer) {
    std::vector<std::size_t> missing;
    for (std::size_t i = 0; i < files_.size(); ++i) {
        if (files_[i].hash.empty()) missing.push_back(i);
    }
    std::vector<PlacedHash> mine;
    together(ranks, [&] {
        const auto stride = static_cast<std::size_t>(ranks.size());
        for (auto i = static_cast<std::size_t>(ranks.rank()); i < missing.size(); i += stride) {
            const fs::path& path = files_[missing[i]].path;
            const Holding holding(observer, path.filename().string());
            mine.push_back({missing[i], found(missing[i], hash_or_nothing(path))});
        }
    });
    for (const PlacedHash& placed : gather_values(ranks, mine)) learn(placed.place, placed.found);
}

FoundHash Inventory::found(std::size_t place, std::string hash) const {
    const File& file = files_[place];
    if (hash.empty() || !file.state) return {.hash = std::move(hash), .settled = false};
    const double youngest =
        static_cast<double>(std::max(file.state->modified, file.state->changed));
    const bool old = core::unix_now() - youngest * 1e-9 > settled_after_seconds;
    // A file that is written while it is read must not be remembered either.
    return {.hash = std::move(hash), .settled = old && state_of(file.path) == file.state};
}

void Inventory::learn(std::size_t place, const FoundHash& found) {
    File& file = files_[place];
    if (file.hash == found.hash) return;
    file.hash = found.hash;
    if (!found.settled) return;
    index_.remember(file.path.string(), *file.state, found.hash);
    index_is_old_ = true;
}

void Inventory::update_index() const {
    if (!index_is_old_ || index_folder_.empty()) return;
    try {
        core::make_directories(index_folder_);
        core::write_file_atomically(index_folder_ / index_name, index_.text(),
                                    core::Durability::buffered);
    } catch (const core::FileError&) {
        return;  // the next start hashes again
    }
}

std::vector<InputFile> Inventory::inputs() const {
    std::vector<InputFile> inputs;
    for (const File& file : files_) inputs.push_back({.name = file.name, .hash = file.hash});
    return inputs;
}

std::vector<std::uint64_t> Inventory::sizes() const {
    std::vector<std::uint64_t> sizes;
    for (const File& file : files_) sizes.push_back(file.state ? file.state->size : 0);
    return sizes;
}

}  // namespace msunet::prepare
