// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/deploy.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>
#include <nlohmann/json.hpp>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/random.hpp"
#include "msunet/h5/keras_file.hpp"
#include "msunet/io/npy.hpp"
#include "msunet/io/zip.hpp"
#include "msunet/report/tables.hpp"
#include "msunet/unet/architecture.hpp"
#include "support/reference.hpp"
#include "unit/report/folder.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace msunet::report {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

std::vector<core::NamedArray> random_weights(const unet::Architecture& architecture) {
    core::RandomStream random(3);
    std::vector<core::NamedArray> weights = architecture.tensor_shapes();
    for (core::NamedArray& tensor : weights) {
        tensor.values.resize(static_cast<std::size_t>(core::element_count(tensor.shape)));
        std::ranges::generate(tensor.values,
                              [&] { return static_cast<float>(random.uniform() - 0.5); });
    }
    return weights;
}

class Deploy : public ::testing::Test {
protected:
    Deploy() {
        model_.hyperparameters.dropout = 0.25;
        model_.hyperparameters.final_activation = "hard_sigmoid";
        model_.height = 64;
        model_.width = 96;
        model_.preprocessing = {{"target_size", "64"}, {"frac_patch", "0.75"}};
    }

    std::map<std::string, std::string> members() {
        return io::read_zip(write_deploy_archive(folder_.path(), sweep_, model_));
    }

    testing::Folder folder_;
    unet::Architecture architecture_ = unet::published_architecture();
    std::vector<core::NamedArray> weights_ = random_weights(architecture_);
    Sweep sweep_ = make_sweep(testing::made_up_sweep());
    TrainedModel model_{.architecture = architecture_, .weights = weights_};
    std::string base_ = "model_deployexperiment1795424930.852894";
};

TEST_F(Deploy, HasTalosMembersFlat) {
    std::vector<std::string> names;
    for (const auto& [name, bytes] : members()) names.push_back(name);
    EXPECT_THAT(names, ::testing::UnorderedElementsAre(
                           base_ + "_details.txt", base_ + "_params.npy", base_ + "_results.csv",
                           base_ + "_model.json", base_ + "_model.h5", "README.txt",
                           base_ + "_x.csv", base_ + "_y.csv"));
}

TEST_F(Deploy, EqualInputGivesEqualBytes) {
    const std::string first = core::read_file(write_deploy_archive(folder_.path(), sweep_, model_));
    const std::string model = core::read_file(write_best_model(folder_.path(), model_));
    EXPECT_EQ(core::read_file(write_deploy_archive(folder_.path(), sweep_, model_)), first);
    EXPECT_EQ(core::read_file(write_best_model(folder_.path(), model_)), model);
}

TEST_F(Deploy, DetailsBeginAsThePythonTrainers) {
    const auto file = test::reference("talos/" + base_ + "_details.txt");
    sweep_.ended_at = 1795424954;  // 11/23/26 09:09
    const auto all = members();
    EXPECT_THAT(all.at(base_ + "_details.txt"), StartsWith(core::read_file(file)));
    EXPECT_EQ(all.at(base_ + "_x.csv"),
              core::read_file(test::reference("talos/" + base_ + "_x.csv")));
}

TEST_F(Deploy, ResultsAreTheTable) {
    EXPECT_EQ(members().at(base_ + "_results.csv"), deploy_results_csv(sweep_));
}

TEST_F(Deploy, ParamsHoldTheWholeGrid) {
    const std::string bytes = members().at(base_ + "_params.npy");
    // NumPy's header is padded to 128 bytes; the pickle of protocol 3 ends in ".".
    EXPECT_EQ(bytes.substr(1, 5), "NUMPY");
    EXPECT_EQ(bytes.substr(128, 2), "\x80\x03");
    EXPECT_EQ(bytes.back(), '.');
    const io::GridLists expected{{"batch_size", {std::int64_t{8}, std::int64_t{16}}},
                                 {"contractingBatchNormTrainable", {true}},
                                 {"dropout", {0.5}},
                                 {"epochs", {std::int64_t{3}}},
                                 {"expandingBatchNormTrainable", {true}},
                                 {"experiment_name", {std::string("experiment1795424930.852894")}},
                                 {"finalActivation", {std::string("sigmoid")}},
                                 {"losses", {std::string("dice_coef_loss")}},
                                 {"lr", {0.0001, 0.001}},
                                 {"modality_weight", {std::string("noddi")}},
                                 {"num_gpus", {std::int64_t{0}}},
                                 {"optimizer", {std::string("Adam")}},
                                 {"patch_dimensions", {std::string("64/64")}},
                                 {"patch_stride", {std::int64_t{32}}},
                                 {"pca_only", {false}},
                                 {"scoreTrainable", {true}},
                                 {"upsamplingBatchNormTrainable", {true}},
                                 {"upsamplingTrainable", {true}},
                                 {"weight_factor", {std::int64_t{1}}},
                                 {"which_layer", {std::int64_t{19}}}};
    EXPECT_EQ(bytes, io::npy_grid_bytes(expected));
}

TEST_F(Deploy, WeightsReadBackBitForBit) {
    core::write_file_atomically(folder_.path() / "model.h5", members().at(base_ + "_model.h5"));
    for (const auto& file :
         {folder_.path() / "model.h5", write_best_model(folder_.path(), model_)}) {
        const h5::KerasFile read = h5::read_keras_file(file);
        EXPECT_TRUE(read.weights() == weights_) << file;
        EXPECT_EQ(read.attributes.at("msunet_target_size"), "64");
        EXPECT_EQ(read.attributes.at("msunet_frac_patch"), "0.75");
        EXPECT_EQ(read.attributes.at("keras_version"), "2.15.0");
    }
}

TEST_F(Deploy, ModelsHaveThePaddedSizeAndTheBestTrialsSettings) {
    const std::string text = members().at(base_ + "_model.json");
    const auto file = write_best_model(folder_.path(), model_);
    EXPECT_EQ(h5::read_keras_file(file).model_config, text);
    const auto json = nlohmann::json::parse(text);
    EXPECT_EQ(json.at("class_name"), "Model");
    EXPECT_EQ(json.at("keras_version"), "2.15.0");
    EXPECT_EQ(json.at("backend"), "tensorflow");
    const auto& layers = json.at("config").at("layers");
    ASSERT_EQ(layers.size(), 63U);
    EXPECT_EQ(layers.front().at("config").at("batch_input_shape"),
              nlohmann::json::parse("[null, 64, 96, 1]"));
    EXPECT_EQ(layers.back().at("config").at("activation"), "hard_sigmoid");
    const auto drop =
        std::ranges::find_if(layers, [](const auto& l) { return l.at("name") == "drop6"; });
    EXPECT_EQ(drop->at("config").at("rate"), 0.25);
}

TEST_F(Deploy, ReadmeAndDetailsNameTheBestTrial) {
    const auto all = members();
    const std::size_t best = best_trial(sweep_).value();
    EXPECT_THAT(all.at("README.txt"),
                HasSubstr(core::concat("Best: trial ", sweep_.trials[best].trial)));
    EXPECT_THAT(all.at("README.txt"),
                HasSubstr("lr = " + core::python_str(sweep_.trials[best].permutation.at("lr"))));
    EXPECT_THAT(all.at(base_ + "_details.txt"),
                HasSubstr(core::concat("best_permutation,", sweep_.trials[best].trial)));
}

TEST_F(Deploy, WithoutABestTrialThereIsNoArchive) {
    for (auto& trial : sweep_.trials) trial.state = record::TrialState::failed;
    EXPECT_THROW(write_deploy_archive(folder_.path(), sweep_, model_), core::Error);
    EXPECT_TRUE(std::filesystem::is_empty(folder_.path()));
}

}  // namespace
}  // namespace msunet::report
