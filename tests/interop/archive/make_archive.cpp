// SPDX-License-Identifier: Apache-2.0
// make_archive FOLDER: writes all result files of a made-up sweep with random weights into FOLDER,
// for the Python libraries to read.
#include <filesystem>
#include <iostream>
#include <string>
#include <vector>

#include "msunet/core/random.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/report/results.hpp"
#include "msunet/unet/initializers.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace {

// Start weights with BatchNorm parameters that differ from the identity.
std::vector<msunet::core::NamedArray> random_weights() {
    msunet::core::RandomStream random(1);
    std::vector<msunet::core::NamedArray> weights =
        msunet::unet::initial_weights(msunet::unet::published_architecture(), 1);
    for (msunet::core::NamedArray& tensor : weights) {
        if (tensor.name.find("_bn/") == std::string::npos) continue;
        for (float& value : tensor.values) value += static_cast<float>(random.uniform(0, 0.3));
    }
    return weights;
}

}  // namespace

int main(int argc, char** argv) {
    namespace report = msunet::report;
    if (argc != 2) {
        std::cerr << "make_archive FOLDER\n";
        return 2;
    }
    const std::filesystem::path folder(argv[1]);
    std::filesystem::create_directories(folder);
    const auto record = report::testing::made_up_sweep({.failures = true, .pca = true});
    const report::Sweep sweep = report::make_sweep(record);
    const auto weights = random_weights();
    const auto architecture = msunet::unet::published_architecture();
    report::TrainedModel model{.architecture = architecture, .weights = weights};
    model.height = 64;
    model.width = 96;
    model.preprocessing = {{"target_size", "64"}, {"use_frac_patch", "True"}};
    report::write_results(folder, sweep);
    report::write_deploy_archive(folder, sweep, model);
    report::write_best_model(folder, model);
    return 0;
}
