// SPDX-License-Identifier: Apache-2.0
// start_models FOLDER: start models that don't fit: other_network.h5, missing_layer.h5,
// wrong_shape.h5, nan_weights.h5, negative_variance.h5, and elu.hdf5, whose configuration names
// another activation.

#include <filesystem>
#include <limits>
#include <string>
#include <utility>
#include <vector>

#include "msunet/h5/keras_file.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/initializers.hpp"
#include "msunet/unet/keras_config.hpp"

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    using msunet::core::NamedArray;
    namespace h5 = msunet::h5;
    const std::filesystem::path folder = argv[1];
    const auto architecture = msunet::unet::published_architecture();
    const auto good = h5::group_by_layer(architecture.layer_names(),
                                         msunet::unet::initial_weights(architecture, 1));
    const auto layer_named = [](std::vector<h5::KerasLayer>& layers, const std::string& name) {
        auto layer = layers.begin();
        while (layer->name != name) ++layer;
        return layer;
    };

    const NamedArray dense{"dense/kernel:0", {2, 3}, std::vector<float>(6, 0.5F)};
    h5::write_keras_weights(folder / "other_network.h5",
                            std::vector<h5::KerasLayer>{{"dense", {dense}}});

    auto missing = good;
    missing.erase(layer_named(missing, "conv9_3"));
    h5::write_keras_weights(folder / "missing_layer.h5", missing);

    auto wrong = good;
    auto& kernel = layer_named(wrong, "conv1_1")->weights.front();
    kernel.shape = {5, 5, 1, 32};
    kernel.values.resize(5 * 5 * 32);
    h5::write_keras_weights(folder / "wrong_shape.h5", wrong);

    auto nan = good;
    layer_named(nan, "conv2_1")->weights.front().values.front() =
        std::numeric_limits<float>::quiet_NaN();
    h5::write_keras_weights(folder / "nan_weights.h5", nan);

    auto negative = good;
    layer_named(negative, "conv2_1_bn")->weights.back().values.front() = -0.5F;
    h5::write_keras_weights(folder / "negative_variance.h5", negative);

    auto configuration = msunet::unet::keras_model_json(architecture, {}, 32, 32);
    const std::string relu = R"("activation":"relu")";
    configuration.replace(configuration.find(relu), relu.size(), R"("activation":"elu")");
    h5::write_keras_model(folder / "elu.hdf5", good, configuration);
    return 0;
}
