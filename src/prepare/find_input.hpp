// SPDX-License-Identifier: Apache-2.0
/// What lies in the two folders, agreed by all ranks.
#pragma once

#include <cstddef>
#include <filesystem>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/prepare/check.hpp"
#include "msunet/prepare/input.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::prepare {

/// The input by names alone.
struct Input {
    std::filesystem::path data_folder;
    std::filesystem::path mask_folder;
    std::vector<std::string> data;   ///< all volumes
    std::vector<std::string> masks;  ///< all masks
    std::vector<Pair> pairs;
    Findings findings;  ///< pairing problems and warnings

    PairFiles files(std::size_t pair) const {
        return {data_folder / pairs[pair].data, mask_folder / pairs[pair].mask};
    }
};

/// Collective over `ranks`: rank 0 lists and pairs, so that all see the same files.
/// Throws, alike on all ranks, core::UsageError for options that contradict each other and
/// core::InputError for folders that can't be listed.
Input find_input(const Request& request, const comm::Communicator& ranks);

}  // namespace msunet::prepare
