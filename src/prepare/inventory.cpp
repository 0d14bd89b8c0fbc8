// SPDX-License-Identifier: Apache-2.0
#include "prepare/inventory.hpp"

#include <algorithm>
#include <array>
#include <cstring>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/hash.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "prepare/agreement.hpp"
#include "prepare/cache_format.hpp"
#include "prepare/hash_index.hpp"
#include "prepare/progress.hpp"

namespace msunet::prepare {

namespace fs = std::filesystem;

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

void write_index(const fs::path& folder, const HashIndex& index) {
    try {
        core::make_directories(folder);
        core::write_file_atomically(folder / index_name, index.text(), core::Durability::buffered);
    } catch (const core::FileError&) {
        return;  // the next start hashes again
    }
}

/// One file's outcome as it travels between ranks.
struct Hashed {
    std::uint64_t place = 0;
    FileState state;
    std::uint64_t known = 0;  ///< 1: from the index, 0: read, 2: read and not to be remembered
    std::array<char, 32> hash{};
};

Hashed hash_one(const fs::path& file, std::uint64_t place, const HashIndex& index) {
    Hashed result{.place = place, .state = {}, .known = 2, .hash = {}};
    const auto state = state_of(file);
    if (!state) return result;
    result.state = *state;
    std::string hash;
    if (const auto found = index.find(file.string(), *state); found && found->size() == 32) {
        result.known = 1;
        hash = *found;
    } else {
        try {
            hash = core::hash_file(file);
        } catch (const core::FileError&) {
            return result;
        }
        const double youngest = static_cast<double>(std::max(state->modified, state->changed));
        const bool settled = core::unix_now() - youngest * 1e-9 > settled_after_seconds;
        // A file that is written while it is read must not be remembered either.
        if (settled && state_of(file) == state) result.known = 0;
    }
    std::memcpy(result.hash.data(), hash.data(), std::min(hash.size(), result.hash.size()));
    return result;
}

std::string text_of(const std::array<char, 32>& hash) {
    return hash.front() == '\0' ? std::string() : std::string(hash.data(), hash.size());
}

/// Options as they take effect, so that a default given on the command line is the same data set.
imaging::PreprocessOptions effective(imaging::PreprocessOptions options) {
    if (options.by_spacing()) {
        options.horizontal_interpolation_spacing = options.horizontal();
        options.interlayer_interpolation_spacing = options.interlayer();
    } else {
        options.target_size = options.target();
    }
    return options;
}

}  // namespace

std::vector<InputFile> hash_inputs(const Input& input, const fs::path& index_folder,
                                   const comm::Communicator& ranks, Observer& observer) {
    HashIndex index(ranks.broadcast(ranks.is_root() ? read_index(index_folder) : std::string()));
    std::vector<fs::path> files;
    for (std::size_t pair = 0; pair < input.pairs.size(); ++pair) {
        files.push_back(fs::absolute(input.files(pair).data).lexically_normal());
        files.push_back(fs::absolute(input.files(pair).mask).lexically_normal());
    }
    std::vector<Hashed> mine;
    together(ranks, [&] {
        const auto stride = static_cast<std::size_t>(ranks.size());
        for (auto i = static_cast<std::size_t>(ranks.rank()); i < files.size(); i += stride) {
            const Holding holding(observer, files[i].filename().string());
            mine.push_back(hash_one(files[i], i, index));
        }
    });
    std::vector<Hashed> all = ranks.all_gather(mine);
    std::ranges::sort(all, {}, &Hashed::place);

    std::vector<InputFile> inputs;
    bool news = false;
    for (std::size_t i = 0; i < files.size(); ++i) {
        const Pair& pair = input.pairs[i / 2];
        inputs.push_back({.name = i % 2 == 0 ? core::concat("data/", pair.data)
                                             : core::concat("masks/", pair.mask),
                          .hash = text_of(all[i].hash)});
        if (all[i].known != 0) continue;
        index.remember(files[i].string(), all[i].state, inputs.back().hash);
        news = true;
    }
    if (news && !index_folder.empty() && ranks.is_root()) write_index(index_folder, index);
    return inputs;
}

std::string cache_key(const Request& request, const std::vector<InputFile>& inputs) {
    core::TextCollector collector;
    auto preprocess = effective(request.preprocess);
    auto augment = request.augment;
    auto split = request.split;
    auto patches = request.patches;
    describe(collector, preprocess);
    describe(collector, augment);
    describe(collector, split);
    describe(collector, patches);

    core::Hasher hasher;
    hasher.text("msunet data set").integer(cache_format_version).integer(request.seed);
    for (const core::OptionText& option : collector.texts()) {
        if (option.affects != core::Affects::data) continue;
        hasher.text(option.name).text(option.text);
    }
    for (const InputFile& file : inputs) hasher.text(file.name).text(file.hash);
    return hasher.hex();
}

}  // namespace msunet::prepare
