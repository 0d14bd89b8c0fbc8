// SPDX-License-Identifier: Apache-2.0
// Folders of small scans, made for one test and gone after it.
#pragma once

#include <array>
#include <cmath>
#include <filesystem>
#include <string>
#include <utility>

#include "msunet/comm/communicator.hpp"
#include "msunet/comm/node_topology.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/core/volume.hpp"
#include "msunet/io/nifti_writer.hpp"
#include "msunet/prepare/prepare.hpp"

namespace msunet::prepare::test {

namespace fs = std::filesystem;

/// A bright ellipsoid in noise, and the ellipsoid as its mask.
struct Scan {
    core::Volume volume;
    core::Volume mask;
};

inline Scan make_scan(std::array<std::size_t, 3> size, std::uint64_t seed,
                      std::array<double, 3> spacing = {0.25, 0.25, 1}) {
    Scan scan;
    scan.volume.size = size;
    scan.volume.spacing = spacing;
    scan.volume.voxels.resize(scan.volume.voxel_count());
    scan.mask = scan.volume;
    core::RandomStream random(seed);
    for (std::size_t z = 0; z < size[2]; ++z) {
        for (std::size_t y = 0; y < size[1]; ++y) {
            for (std::size_t x = 0; x < size[0]; ++x) {
                const auto part = [](std::size_t at, std::size_t length) {
                    return 2.5 * (static_cast<double>(at) + 0.5) / static_cast<double>(length) -
                           1.25;
                };
                const double r = std::hypot(part(x, size[0]), part(y, size[1]), part(z, size[2]));
                scan.volume.at(x, y, z) =
                    static_cast<float>((r < 1 ? 100 : 20) + 30 * random.uniform());
                scan.mask.at(x, y, z) = r < 1 ? 1.0F : 0.0F;
            }
        }
    }
    return scan;
}

/// A temporary folder with `data` and `masks`. Collective over `ranks`: rank 0 makes and removes
/// it, so that only rank 0 should add files, before a barrier.
class Workspace {
public:
    explicit Workspace(comm::Communicator ranks = comm::Communicator::self_without_mpi())
        : ranks_(std::move(ranks)),
          root_(ranks_.broadcast(
              (fs::temp_directory_path() / ("msunet_prepare_" + core::unique_suffix())).string())) {
        if (ranks_.is_root()) {
            fs::create_directories(data());
            fs::create_directories(masks());
        }
        ranks_.barrier();
    }
    ~Workspace() {
        ranks_.barrier();
        std::error_code ignored;
        if (ranks_.is_root()) fs::remove_all(root_, ignored);
    }
    Workspace(const Workspace&) = delete;
    Workspace& operator=(const Workspace&) = delete;

    fs::path root() const { return root_; }
    fs::path data() const { return root_ / "data"; }
    fs::path masks() const { return root_ / "masks"; }
    fs::path cache() const { return root_ / "cache"; }

    /// Writes "<stem>_data.nii" and "<stem>_mask.nii".
    void add(const std::string& stem, const Scan& scan) const {
        io::write_volume(data() / (stem + "_data.nii"), scan.volume);
        io::write_volume(masks() / (stem + "_mask.nii"), scan.mask, io::StoredAs::uint8);
    }
    /// The same with a small scan of its own.
    void add(const std::string& stem, std::uint64_t seed) const {
        add(stem, make_scan({30, 24, 6 + seed % 3}, seed));
    }
    /// Four pairs, of sizes and modalities that differ. On rank 0; a barrier follows.
    void add_four() const {
        if (ranks_.is_root()) {
            add("a_anatomical", make_scan({40, 50, 9}, 1));
            add("b_fmri", make_scan({32, 32, 7}, 2));
            add("c_noddi", make_scan({24, 36, 6}, 3));
            add("d_fmri", make_scan({32, 30, 8}, 4));
        }
        ranks_.barrier();
    }

    /// Slices 32 wide, a quarter validation, no augmentation, no cache.
    Request request() const {
        Request request;
        request.folders.training_data_path = data().string();
        request.folders.mask_data_path = masks().string();
        request.preprocess.target_size = 32;
        request.augment.enable_augmentation = false;
        request.split.validation_split = 0.25;
        return request;
    }

private:
    comm::Communicator ranks_;
    fs::path root_;
};

/// survey() on this process alone.
inline Survey survey_alone(const Request& request) {
    return survey(request, comm::NodeTopology(comm::Communicator::self_without_mpi())).survey;
}

/// prepare() on this process alone.
inline Prepared prepare_alone(const Request& request) {
    const auto self = comm::Communicator::self_without_mpi();
    return prepare(request, comm::NodeTopology(self));
}

}  // namespace msunet::prepare::test
