// SPDX-License-Identifier: Apache-2.0
/// Content of the input files. An index in the cache folder remembers the hashes of files whose
/// path, size and times have not changed, which spares reading them again and decides nothing else.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "msunet/comm/communicator.hpp"
#include "msunet/prepare/prepare.hpp"
#include "prepare/find_input.hpp"

namespace msunet::prepare {

/// Collective over `ranks`: names and hashes of volume and mask of each pair, in the order of the
/// pairs; each rank reads its share. `index_folder` may be empty or missing: no index.
/// A file that can't be read gets an empty hash: the header check that follows names it.
std::vector<InputFile> hash_inputs(const Input& input, const std::filesystem::path& index_folder,
                                   const comm::Communicator& ranks, Observer& observer);

/// Hash of all that decides what the data set is: inputs, options that affect the data (as they
/// take effect), seed, format version.
std::string cache_key(const Request& request, const std::vector<InputFile>& inputs);

}  // namespace msunet::prepare
