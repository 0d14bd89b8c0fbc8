// SPDX-License-Identifier: Apache-2.0
#include "bench_data.hpp"

#include "bench_place.hpp"

namespace msunet::measure {

prepare::Prepared prepare_scans(const prepare::Request& request, const comm::NodeTopology& nodes,
                                prepare::Observer* observer) {
    try {
        return prepare::prepare(request, nodes, observer);
    } catch (const core::Error& error) {
        if (error.code() == core::ExitCode::stopped) throw stopped_error();
        throw;
    }
}

unet::Hyperparameters bench_hyperparameters(const settings::BenchOptions& options) {
    unet::Hyperparameters hyperparameters;
    hyperparameters.batch_size = options.batch_size;
    hyperparameters.dropout = options.dropout;
    hyperparameters.patch_dimensions = options.patch_size;
    hyperparameters.patch_stride = options.patch_size;
    return hyperparameters;
}

}  // namespace msunet::measure
