// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <array>
#include <stdexcept>

#include "msunet/unet/network.hpp"

namespace msunet::unet {
namespace {

using enum LayerKind;

// Name, kind, part, block, number, kernel, channels in and out, input, skip. The name conv_3_2
// breaks the pattern in the published model too; start models and users' scripts know it so.
constexpr std::array<Layer, 63> table{{
    {"input_1", input, Part::contracting, 1, 0, 0, 1, 1, "", ""},
    {"conv1_1", convolution, Part::contracting, 1, 1, 3, 1, 32, "input_1", ""},
    {"conv1_1_bn", batch_norm, Part::contracting, 1, 0, 0, 32, 32, "conv1_1", ""},
    {"conv1_2", convolution, Part::contracting, 1, 2, 3, 32, 32, "conv1_1_bn", ""},
    {"conv1_2_bn", batch_norm, Part::contracting, 1, 0, 0, 32, 32, "conv1_2", ""},
    {"pool1", max_pooling, Part::contracting, 1, 0, 0, 32, 32, "conv1_2_bn", ""},
    {"conv2_1", convolution, Part::contracting, 2, 3, 3, 32, 64, "pool1", ""},
    {"conv2_1_bn", batch_norm, Part::contracting, 2, 0, 0, 64, 64, "conv2_1", ""},
    {"conv2_2", convolution, Part::contracting, 2, 4, 3, 64, 64, "conv2_1_bn", ""},
    {"conv2_2_bn", batch_norm, Part::contracting, 2, 0, 0, 64, 64, "conv2_2", ""},
    {"pool2", max_pooling, Part::contracting, 2, 0, 0, 64, 64, "conv2_2_bn", ""},
    {"conv3_1", convolution, Part::contracting, 3, 5, 3, 64, 96, "pool2", ""},
    {"conv3_1_bn", batch_norm, Part::contracting, 3, 0, 0, 96, 96, "conv3_1", ""},
    {"conv_3_2", convolution, Part::contracting, 3, 6, 3, 96, 96, "conv3_1_bn", ""},
    {"conv3_2_bn", batch_norm, Part::contracting, 3, 0, 0, 96, 96, "conv_3_2", ""},
    {"pool3", max_pooling, Part::contracting, 3, 0, 0, 96, 96, "conv3_2_bn", ""},
    {"conv4_1", convolution, Part::contracting, 4, 7, 3, 96, 128, "pool3", ""},
    {"conv4_1_bn", batch_norm, Part::contracting, 4, 0, 0, 128, 128, "conv4_1", ""},
    {"conv4_2", convolution, Part::contracting, 4, 8, 3, 128, 128, "conv4_1_bn", ""},
    {"conv4_2_bn", batch_norm, Part::contracting, 4, 0, 0, 128, 128, "conv4_2", ""},
    {"pool4", max_pooling, Part::contracting, 4, 0, 0, 128, 128, "conv4_2_bn", ""},
    {"conv5_1", convolution, Part::contracting, 5, 9, 3, 128, 256, "pool4", ""},
    {"conv5_1_bn", batch_norm, Part::contracting, 5, 0, 0, 256, 256, "conv5_1", ""},
    {"conv5_2", convolution, Part::contracting, 5, 10, 3, 256, 256, "conv5_1_bn", ""},
    {"conv5_2_bn", batch_norm, Part::contracting, 5, 0, 0, 256, 256, "conv5_2", ""},
    {"up6_c", up_sampling, Part::up_sampling, 6, 0, 0, 256, 256, "conv5_2_bn", ""},
    {"up6", convolution, Part::up_sampling, 6, 0, 2, 256, 128, "up6_c", ""},
    {"up6_bn", batch_norm, Part::up_sampling, 6, 0, 0, 128, 128, "up6", ""},
    {"merge6", concatenation, Part::expanding, 6, 0, 0, 256, 256, "up6_bn", "conv4_2_bn"},
    {"drop6", dropout, Part::expanding, 6, 0, 0, 256, 256, "merge6", ""},
    {"conv6_1", convolution, Part::expanding, 6, 11, 3, 256, 128, "drop6", ""},
    {"conv6_1_bn", batch_norm, Part::expanding, 6, 0, 0, 128, 128, "conv6_1", ""},
    {"conv6_2", convolution, Part::expanding, 6, 12, 3, 128, 128, "conv6_1_bn", ""},
    {"conv6_2_bn", batch_norm, Part::expanding, 6, 0, 0, 128, 128, "conv6_2", ""},
    {"up7_c", up_sampling, Part::up_sampling, 7, 0, 0, 128, 128, "conv6_2_bn", ""},
    {"up7", convolution, Part::up_sampling, 7, 0, 2, 128, 96, "up7_c", ""},
    {"up7_bn", batch_norm, Part::up_sampling, 7, 0, 0, 96, 96, "up7", ""},
    {"merge7", concatenation, Part::expanding, 7, 0, 0, 192, 192, "up7_bn", "conv3_2_bn"},
    {"drop7", dropout, Part::expanding, 7, 0, 0, 192, 192, "merge7", ""},
    {"conv7_1", convolution, Part::expanding, 7, 13, 3, 192, 96, "drop7", ""},
    {"conv7_1_bn", batch_norm, Part::expanding, 7, 0, 0, 96, 96, "conv7_1", ""},
    {"conv7_2", convolution, Part::expanding, 7, 14, 3, 96, 96, "conv7_1_bn", ""},
    {"conv7_2_bn", batch_norm, Part::expanding, 7, 0, 0, 96, 96, "conv7_2", ""},
    {"up8_c", up_sampling, Part::up_sampling, 8, 0, 0, 96, 96, "conv7_2_bn", ""},
    {"up8", convolution, Part::up_sampling, 8, 0, 2, 96, 64, "up8_c", ""},
    {"up8_bn", batch_norm, Part::up_sampling, 8, 0, 0, 64, 64, "up8", ""},
    {"merge8", concatenation, Part::expanding, 8, 0, 0, 128, 128, "up8_bn", "conv2_2_bn"},
    {"drop8", dropout, Part::expanding, 8, 0, 0, 128, 128, "merge8", ""},
    {"conv8_1", convolution, Part::expanding, 8, 15, 3, 128, 64, "drop8", ""},
    {"conv8_1_bn", batch_norm, Part::expanding, 8, 0, 0, 64, 64, "conv8_1", ""},
    {"conv8_2", convolution, Part::expanding, 8, 16, 3, 64, 64, "conv8_1_bn", ""},
    {"conv8_2_bn", batch_norm, Part::expanding, 8, 0, 0, 64, 64, "conv8_2", ""},
    {"up9_c", up_sampling, Part::up_sampling, 9, 0, 0, 64, 64, "conv8_2_bn", ""},
    {"up9", convolution, Part::up_sampling, 9, 0, 2, 64, 32, "up9_c", ""},
    {"up9_bn", batch_norm, Part::up_sampling, 9, 0, 0, 32, 32, "up9", ""},
    {"merge9", concatenation, Part::expanding, 9, 0, 0, 64, 64, "up9_bn", "conv1_2_bn"},
    {"drop9", dropout, Part::expanding, 9, 0, 0, 64, 64, "merge9", ""},
    {"conv9_1", convolution, Part::expanding, 9, 17, 3, 64, 32, "drop9", ""},
    {"conv9_1_bn", batch_norm, Part::expanding, 9, 0, 0, 32, 32, "conv9_1", ""},
    {"conv9_2", convolution, Part::expanding, 9, 18, 3, 32, 32, "conv9_1_bn", ""},
    {"conv9_2_bn", batch_norm, Part::expanding, 9, 0, 0, 32, 32, "conv9_2", ""},
    {"conv9_3", convolution, Part::expanding, 9, 19, 3, 32, 2, "conv9_2_bn", ""},
    {"score", convolution, Part::score, 9, 0, 1, 2, 1, "conv9_3", ""},
}};

}  // namespace

std::span<const Layer> layers() { return table; }

std::vector<std::string> layer_names() {
    std::vector<std::string> names;
    names.reserve(table.size());
    for (const Layer& each : table) {
        names.emplace_back(each.name);
    }
    return names;
}

const Layer& layer(std::string_view name) {
    const auto found = std::find_if(table.begin(), table.end(),
                                    [name](const Layer& each) { return each.name == name; });
    if (found == table.end()) {
        throw std::out_of_range("no layer '" + std::string(name) + "' in the network");
    }
    return *found;
}

}  // namespace msunet::unet
