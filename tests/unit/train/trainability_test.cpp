// SPDX-License-Identifier: Apache-2.0
// Every trainability setting changes exactly the tensors that it should.

#include <gtest/gtest.h>

#include <set>

#include "msunet/h5/keras_file.hpp"
#include "small_trial.hpp"

namespace msunet {
namespace {

class Trainability : public testing::TestWithParam<std::pair<const char*, core::Value>> {};

TEST_P(Trainability, ChangesExactlyItsTensors) {
    const auto& [key, value] = GetParam();
    const test::SmallTrial place("trainability");
    core::Permutation changes{{"epochs", std::int64_t{1}}, {"lr", 1e-2}, {"dropout", 0.0}};
    changes[key] = value;
    const auto work = test::assignment(changes);
    test::Control control;
    const auto result = test::run_trial(place.context(), work, control);
    ASSERT_EQ(result.state, record::TrialState::done) << result.reason;
    const auto after = h5::read_keras_file(place.folder() / result.weights_file).weights();

    const auto hyperparameters = unet::from_permutation(work.ends.front().permutation);
    const auto& tensors = place.architecture().tensors();
    const auto trains = place.architecture().trainable_layers(hyperparameters);
    ASSERT_EQ(after.size(), tensors.size());
    std::set<std::string> changed, expected;
    for (std::size_t i = 0; i < tensors.size(); ++i) {
        if (after[i].values != place.weights()[i].values) changed.insert(tensors[i].name);
        // A frozen batch normalisation runs in inference mode: its statistics stay, too.
        if (trains[tensors[i].layer]) {
            expected.insert(tensors[i].name);
        }
    }
    EXPECT_EQ(changed, expected);
}

std::vector<std::pair<const char*, core::Value>> settings() {
    std::vector<std::pair<const char*, core::Value>> all;
    for (std::int64_t layer = 0; layer <= 19; ++layer) all.emplace_back("which_layer", layer);
    for (const char* flag :
         {"scoreTrainable", "expandingBatchNormTrainable", "contractingBatchNormTrainable",
          "upsamplingTrainable", "upsamplingBatchNormTrainable"}) {
        all.emplace_back(flag, false);
    }
    return all;
}

INSTANTIATE_TEST_SUITE_P(Settings, Trainability, testing::ValuesIn(settings()));

TEST(Trainability, AFullyFrozenNetworkStaysAsItIs) {
    const test::SmallTrial place("frozen");
    test::Control control;
    const auto result = test::run_trial(place.context(),
                                        test::assignment({{"which_layer", std::int64_t{0}},
                                                          {"scoreTrainable", false},
                                                          {"expandingBatchNormTrainable", false},
                                                          {"contractingBatchNormTrainable", false},
                                                          {"upsamplingTrainable", false},
                                                          {"upsamplingBatchNormTrainable", false}}),
                                        control);
    ASSERT_EQ(result.state, record::TrialState::done) << result.reason;
    const auto after = h5::read_keras_file(place.folder() / result.weights_file).weights();
    for (std::size_t i = 0; i < after.size(); ++i) {
        EXPECT_EQ(after[i].values, place.weights()[i].values);
    }
    EXPECT_EQ(result.history[0].metrics.val_loss, result.history[1].metrics.val_loss);
}

}  // namespace
}  // namespace msunet
