// SPDX-License-Identifier: Apache-2.0
/// \file
/// Prediction on a node with made-up GPUs.

#include "app/engine/predict_scans.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include "mpi/device/made_up_accelerator.hpp"
#include "msunet/config/parse.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/phantom/phantom.hpp"
#include "msunet/settings/predict_settings.hpp"
#include "msunet/unet/initializers.hpp"

namespace msunet::app {
namespace {

namespace fs = std::filesystem;
using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;
using testing::Not;

const std::vector<std::string> two_gpus{"GPU-a", "GPU-b"};

std::vector<weights::TrainedModel> two_models() {
    std::vector<weights::TrainedModel> models;
    for (const int seed : {1, 2}) {
        auto& model = models.emplace_back(weights::TrainedModel{unet::published_architecture()});
        model.weights = unet::initial_weights(model.architecture, static_cast<std::uint64_t>(seed));
        model.origin = core::concat("model ", seed);
    }
    return models;
}

class PredictTest : public testing::Test {
protected:
    /// One animal's four scans, shared by all ranks.
    PredictTest() {
        core::log::set_rank(world_.rank());
        std::string name;
        if (world_.is_root()) {
            name = fs::path(testing::TempDir()) / ("predict_" + core::unique_suffix());
            phantom::write({.output = name, .animals = 1, .validation_share = 0, .scale = 0.25});
        }
        place_ = world_.broadcast(name);
    }
    ~PredictTest() override {
        core::log::set_rank(0);
        world_.barrier();
        if (world_.is_root()) fs::remove_all(place_);
    }

    /// Predicts into the folder `to`, and returns what this rank prints.
    std::string predict(const std::string& to, train::Accelerator* accelerator,
                        const std::vector<std::string>& options = {}) const {
        std::vector<std::string> arguments{"-m",
                                           "none",
                                           (place_ / "data").string(),
                                           "-o",
                                           (place_ / to).string(),
                                           "-ts",
                                           "32",
                                           "-fp",
                                           "1",
                                           "-fs",
                                           "1",
                                           "--threads",
                                           "1",
                                           "--flip",
                                           "True"};
        arguments.insert(arguments.end(), options.begin(), options.end());
        settings::PredictSettings unset;
        const auto models = two_models();
        const auto settings = settings::combine_settings(
            models.front(), config::parse_command_line(settings::predict_schema(unset), arguments));
        testing::internal::CaptureStdout();
        std::string text;
        try {
            EXPECT_EQ(predict_scans(settings, models, world_, test::source_of(accelerator)),
                      core::ExitCode::ok);
        } catch (...) {
            testing::internal::GetCapturedStdout();
            throw;
        }
        return testing::internal::GetCapturedStdout();
    }

    /// Contents by name.
    std::map<std::string, std::string> results(const std::string& in) const {
        std::map<std::string, std::string> files;
        for (const auto& entry : fs::directory_iterator(place_ / in)) {
            files[entry.path().filename()] = core::read_file(entry.path());
        }
        return files;
    }

    comm::Communicator world_ = comm::Communicator::world();
    fs::path place_;
};

TEST_F(PredictTest, RanksDivideTheGpusAndTheScansAmongThem) {
    test::MadeUpAccelerator accelerator(two_gpus);
    const auto text = predict("gpu", &accelerator);
    EXPECT_EQ(accelerator.chosen(), two_gpus.at(static_cast<std::size_t>(world_.rank() % 2)));
    EXPECT_THAT(accelerator.precisions(),
                ElementsAre(model::Precision::float32, model::Precision::float32))
        << "both models of the ensemble";
    EXPECT_EQ(accelerator.engines(), 0);
    if (world_.is_root()) {
        // One rank uses one of the two that it sees.
        const auto used = std::min(world_.size(), 2);
        EXPECT_THAT(text, HasSubstr(core::concat(
                              "computes on ", used, " × NVIDIA H200 MIG 1g.18gb in float32 (",
                              world_.size(), world_.size() == 1 ? " rank)" : " ranks)")));
    }
}

TEST_F(PredictTest, ResultsAreThoseOfTheSameNetworksWithoutAGpu) {
    test::MadeUpAccelerator accelerator(two_gpus);
    predict("gpu", &accelerator);
    test::MadeUpAccelerator unused(two_gpus);
    EXPECT_THAT(predict("cpu", &unused, {"--device", "cpu"}), Not(HasSubstr("computes on")));
    EXPECT_THAT(unused.precisions(), IsEmpty());
    world_.barrier();
    EXPECT_EQ(results("gpu").size(), 9U) << "two of each scan, and predictions.json";
    EXPECT_EQ(results("gpu"), results("cpu"));
}

TEST_F(PredictTest, AGpuThatIsAskedForMustBeThere) {
    try {
        predict("gpu", nullptr, {"--device", "gpu"});
        FAIL() << "no error";
    } catch (const core::UsageError& error) {
        EXPECT_THAT(error.what(), HasSubstr("--device 'gpu': "));
        EXPECT_THAT(error.what(), HasSubstr("or give --device cpu"));
    }
}

TEST_F(PredictTest, WhatIsWrongWithTheScansIsSaidBeforeAGpuIsStarted) {
    test::MadeUpAccelerator accelerator(two_gpus);
    EXPECT_THROW(predict("data/results", &accelerator), core::Error);
    EXPECT_EQ(accelerator.chosen(), "");
}

TEST_F(PredictTest, TensorFloat32NeedsAGpu) {
    EXPECT_THROW(predict("cpu", nullptr, {"--precision", "tf32"}), core::UsageError);
    test::MadeUpAccelerator accelerator(two_gpus);
    predict("gpu", &accelerator, {"--precision", "tf32"});
    EXPECT_THAT(accelerator.precisions(),
                ElementsAre(model::Precision::tf32, model::Precision::tf32));
}

TEST_F(PredictTest, AGpuWithoutMemoryIsAFailureThatSaysWhatHelps) {
    for (const bool is_ours : {false, true}) {
        auto full = test::MadeUpAccelerator::full(is_ours);
        try {
            predict("gpu", &full);
            ADD_FAILURE() << "no error";
        } catch (const core::Error& error) {
            EXPECT_EQ(error.code(), core::ExitCode::failure);
            EXPECT_THAT(error.what(),
                        HasSubstr(is_ours ? "': CUDA failed loading the kernels (out of memory)"
                                          : "': CUDA out of memory. Tried 20.00 GiB"));
            EXPECT_THAT(error.what(), HasSubstr(", use a smaller --batch_size or fewer ranks"));
            EXPECT_THAT(error.what(), Not(HasSubstr("give the job more")));
        }
    }
}

}  // namespace
}  // namespace msunet::app
