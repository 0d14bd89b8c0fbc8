// SPDX-License-Identifier: Apache-2.0
/// \file
/// The Talos Deploy archive and best_model.hdf5.
#pragma once

#include <cstdint>
#include <filesystem>
#include <map>
#include <span>
#include <string>

#include "msunet/core/named_array.hpp"
#include "msunet/report/sweep.hpp"
#include "msunet/unet/architecture.hpp"
#include "msunet/unet/hyperparameters.hpp"

namespace msunet::report {

/// The trained network to export.
struct TrainedModel {
    const unet::Architecture& architecture;
    /// All tensors in Keras's order, shaped as Keras stores them (kernels kh,kw,cin,cout).
    std::span<const core::NamedArray> weights;
    /// Dropout and final activation are taken from here.
    unet::Hyperparameters hyperparameters{};
    /// Size of a padded patch in pixels: the model's input is (N, height, width, 1).
    std::int64_t height = 0;
    std::int64_t width = 0;
    /// How scans were preprocessed, option by option as text: each becomes the root attribute
    /// `msunet_<name>` of best_model.hdf5 and of the archive's model.h5, where predict reads it.
    std::map<std::string, std::string> preprocessing{};
};

/// Prefix of the root attributes' names.
inline constexpr const char* attribute_prefix = "msunet_";

/// The root attributes of such a model's files from `TrainedModel::preprocessing`.
[[nodiscard]] std::map<std::string, std::string> file_attributes(
    const std::map<std::string, std::string>& preprocessing);

/// Writes `<folder>/model_deploy<experiment>.zip`, which talos.Restore reads. Equal input gives
/// equal bytes. The model is that of `best_trial(sweep)`. Returns the file.
std::filesystem::path write_deploy_archive(const std::filesystem::path& folder, const Sweep& sweep,
                                           const TrainedModel& model);

/// Writes `<folder>/best_model.hdf5`, a whole Keras model ready for inference: no optimiser, no
/// training_config, so that `keras.models.load_model` needs no custom objects. Its input has the
/// padded patch's size, as the archive's model. Returns the file.
std::filesystem::path write_best_model(const std::filesystem::path& folder,
                                       const TrainedModel& model);

/// The same under another name.
std::filesystem::path write_model(const std::filesystem::path& file, const TrainedModel& model);

}  // namespace msunet::report
