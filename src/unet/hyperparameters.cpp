// SPDX-License-Identifier: Apache-2.0
#include "msunet/unet/hyperparameters.hpp"

#include <utility>

#include "msunet/core/text.hpp"
#include "msunet/unet/names.hpp"

namespace msunet::unet {
namespace {

using core::OptionInfo;

std::vector<std::string_view> words(std::span<const std::string_view> names) {
    return {names.begin(), names.end()};
}

/// A member that holds a canonical name.
class NameValue final : public core::TextValue {
public:
    using Read = std::optional<core::Problem> (*)(std::string_view, std::string&);

    NameValue(std::string& name, Read reader) : name_(name), read_(reader) {}

    [[nodiscard]] std::string text() const override { return name_; }
    [[nodiscard]] bool is_absent() const override { return false; }
    [[nodiscard]] std::optional<core::Problem> read(const std::string& text) override {
        return read_(text, name_);
    }

private:
    std::string& name_;
    Read read_;
};

void visit_name(core::OptionVisitor& visitor, const OptionInfo& info, std::string& name,
                NameValue::Read reader) {
    NameValue value(name, reader);
    visitor.visit(info, static_cast<core::TextValue&>(value));
}

void describe_training(core::OptionVisitor& visitor, Hyperparameters& h) {
    visitor.visit(
        OptionInfo{.name = "epochs", .help = "Number of passes over the training data.", .min = 1},
        h.epochs);
    visit_name(
        visitor,
        OptionInfo{.name = "losses",
                   .help =
                       "Loss: dice_coef_loss, or a Keras loss for masks of one channel. Keras's "
                       "short names (bce, mse, mae, mape, msle, kld, logcosh) are accepted.",
                   .choices = words(loss_names())},
        h.losses, read_loss);
    visit_name(visitor,
               OptionInfo{.name = "optimizer",
                          .help = "Optimizer, with Keras's defaults for all but the learning "
                                  "rate.",
                          .choices = words(optimizer_names())},
               h.optimizer, read_optimizer);
    visitor.visit(OptionInfo{.name = "lr", .help = "Learning rate.", .min = 0, .min_open = true},
                  h.lr);
    visitor.visit(OptionInfo{.name = "batch_size",
                             .help = "Samples of a step, over all ranks of the group together.",
                             .min = 1},
                  h.batch_size);
    visit_name(visitor,
               OptionInfo{.name = "finalActivation",
                          .aliases = {"final_activation"},
                          .help = "Activation of the last layer, by its Keras name.",
                          .choices = words(activation_names())},
               h.final_activation, read_activation);
    visitor.visit(OptionInfo{.name = "dropout",
                             .help = "Rate of all four dropout layers.",
                             .min = 0,
                             .max = 1,
                             .max_open = true},
                  h.dropout);
}

void describe_patches(core::OptionVisitor& visitor, Hyperparameters& h) {
    visitor.visit(OptionInfo{.name = "patch_dimensions",
                             .help = "Side of the square patches in pixels; used with fixed "
                                     "patches only (--use_frac_patch False).",
                             .range = "a multiple of 32",
                             .min = 32,
                             .multiple_of = 32},
                  h.patch_dimensions);
    visitor.visit(OptionInfo{.name = "patch_stride",
                             .help = "Distance of neighbouring patches in pixels; used with fixed "
                                     "patches only.",
                             .min = 1},
                  h.patch_stride);
}

void describe_trainability(core::OptionVisitor& visitor, Hyperparameters& h) {
    visitor.visit(
        OptionInfo{.name = "which_layer",
                   .help = "Convolution k, counted from the input, is trained if which_layer "
                           ">= k: 19 trains all of them, 0 none. 1 is conv1_1, 10 conv5_2, 11 "
                           "conv6_1, 19 conv9_3.",
                   .min = 0,
                   .max = 19},
        h.which_layer);
    visitor.visit(
        OptionInfo{.name = "scoreTrainable", .help = "Train the last 1x1 convolution (score)."},
        h.score_trainable);
    visitor.visit(OptionInfo{.name = "expandingBatchNormTrainable",
                             .help = "Train the BatchNorm layers of blocks 6 to 9."},
                  h.expanding_batch_norm_trainable);
    visitor.visit(OptionInfo{.name = "contractingBatchNormTrainable",
                             .help = "Train the BatchNorm layers of blocks 1 to 5."},
                  h.contracting_batch_norm_trainable);
    visitor.visit(OptionInfo{.name = "upsamplingTrainable",
                             .help = "Train the 2x2 convolutions after up-sampling (up6 to up9)."},
                  h.upsampling_trainable);
    visitor.visit(OptionInfo{.name = "upsamplingBatchNormTrainable",
                             .help = "Train the BatchNorm layers after these convolutions (up6_bn "
                                     "to up9_bn)."},
                  h.upsampling_batch_norm_trainable);
    visitor.visit(OptionInfo{.name = "pca_only",
                             .help = "Compute the principal components of the start model's "
                                     "deepest features instead of training."},
                  h.pca_only);
}

class KeyCollector final : public core::UniformVisitor<KeyCollector> {
public:
    template <class T>
    void option(const OptionInfo& info, T& /*value*/) {
        keys.emplace_back(info.name);
    }

    std::vector<std::string> keys;
};

class PermutationCollector final : public core::UniformVisitor<PermutationCollector> {
public:
    template <class T>
    void option(const OptionInfo& info, T& value) {
        permutation.insert_or_assign(std::string(info.name), core::Value(value));
    }
    template <class T>
    void option(const OptionInfo& info, std::optional<T>& value) {
        permutation.insert_or_assign(std::string(info.name),
                                     value ? core::Value(*value) : core::Value());
    }
    void option(const OptionInfo& info, core::TextValue& value) {
        permutation.insert_or_assign(std::string(info.name),
                                     value.is_absent() ? core::Value() : core::Value(value.text()));
    }
    // No hyperparameter is a list.
    void option(const OptionInfo& /*info*/, std::vector<std::string>& /*value*/) {}

    core::Permutation permutation;
};

}  // namespace

void describe_options(core::OptionVisitor& visitor, Hyperparameters& h) {
    visitor.visit(
        {.name = "modality_weight",
         .aliases = {"mw"},
         .help = "Modality whose samples have the weight --weight_factor in the loss; all "
                 "others weigh 1.",
         .value_name = "MODALITY"},
        h.modality_weight);
    visitor.visit({.name = "weight_factor",
                   .aliases = {"wf"},
                   .help = "Weight of the samples of --modality_weight in the loss.",
                   .value_name = "FACTOR",
                   .min = 0.0},
                  h.weight_factor);
    visitor.visit({.name = "early_stopping",
                   .help = "End a trial after this many epochs without improvement of --metric.",
                   .value_name = "EPOCHS",
                   .min = 1.0},
                  h.early_stopping);
    visitor.visit({.name = "restore_best",
                   .help = "Keep weights and metrics of the best epoch of a trial instead of the "
                           "last one; the ranking uses them."},
                  h.restore_best);
    visitor.visit({.name = "lr_schedule",
                   .help = "Learning rate over a trial: constant; cosine, down to 0 at the last "
                           "step; plateau, a tenth after every 10 epochs without a better loss."},
                  h.lr_schedule);
    visitor.visit(
        {.name = "online_augmentation",
         .help = "Augment each training sample anew in every epoch: light turns, scales "
                 "and mirrors it a little and changes its brightness; strong also blurs "
                 "it, as nnU-Net does, and bends it. Masks follow, validation data stay as "
                 "they are."},
        h.online_augmentation);
}

void describe(core::OptionVisitor& visitor, Hyperparameters& hyperparameters) {
    describe_training(visitor, hyperparameters);
    describe_patches(visitor, hyperparameters);
    describe_trainability(visitor, hyperparameters);
    describe_options(visitor, hyperparameters);
}

const std::vector<std::string>& hyperparameter_keys() {
    static const std::vector<std::string> keys = [] {
        KeyCollector collector;
        Hyperparameters defaults;
        describe(collector, defaults);
        return collector.keys;
    }();
    return keys;
}

core::Permutation to_permutation(const Hyperparameters& hyperparameters) {
    PermutationCollector collector;
    Hyperparameters copy = hyperparameters;
    describe(collector, copy);
    return std::move(collector.permutation);
}

std::optional<std::string> canonical_key(std::string_view key) {
    const std::string plain = core::plain_name(key);
    for (const std::string& each : hyperparameter_keys()) {
        if (core::plain_name(each) == plain) {
            return each;
        }
    }
    return std::nullopt;
}

std::vector<std::string> warnings_for(const Hyperparameters& hyperparameters) {
    std::vector<std::string> warnings;
    if (const auto drawback = drawback_of_loss(hyperparameters.losses)) {
        warnings.push_back(core::concat("loss ", core::quoted(hyperparameters.losses),
                                        " is no use: ", *drawback, ", choose another loss"));
    }
    if (const auto drawback = drawback_of_activation(hyperparameters.final_activation)) {
        warnings.push_back(core::concat("finalActivation ",
                                        core::quoted(hyperparameters.final_activation),
                                        " is no use: ", *drawback, ", choose sigmoid"));
    }
    return warnings;
}

}  // namespace msunet::unet
