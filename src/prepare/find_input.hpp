// SPDX-License-Identifier: Apache-2.0
/// \file
/// The files of the two folders and their pairs, the same on every rank.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/prepare/input.hpp"
#include "msunet/prepare/prepare.hpp"
#include "prepare/read_pair.hpp"

namespace msunet::prepare {

/// The input as far as names tell.
struct Input {
    std::filesystem::path data_folder;
    std::filesystem::path mask_folder;
    std::vector<std::string> data;   ///< all volumes
    std::vector<std::string> masks;  ///< all masks
    std::vector<Pair> pairs;
    Findings findings;                 ///< pairing problems and warnings
    std::vector<std::string> notices;  ///< about names

    [[nodiscard]] PairFiles files(std::size_t pair) const {
        return {data_folder / pairs[pair].data, mask_folder / pairs[pair].mask};
    }
};

/// Collective over `ranks`: rank 0 lists and pairs, so that all see the same files.
/// Throws, alike on all ranks, core::UsageError for options that contradict each other and
/// core::InputError for folders that can't be listed.
[[nodiscard]] Input find_input(const Request& request, const comm::Communicator& ranks);

}  // namespace msunet::prepare
