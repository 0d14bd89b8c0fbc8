// SPDX-License-Identifier: Apache-2.0
#include "msunet/settings/absolute_paths.hpp"

#include <filesystem>
#include <string>

#include "msunet/weights/start_model.hpp"

namespace msunet::settings {

TrainSettings with_absolute_paths(TrainSettings settings) {
    const auto make_absolute = [](std::string& path) {
        const auto whole = std::filesystem::absolute(path).lexically_normal();
        // "." and "folder/" end in a separator.
        path = (whole.has_filename() ? whole : whole.parent_path()).string();
    };
    make_absolute(settings.folders.training_data_path);
    make_absolute(settings.folders.mask_data_path);
    make_absolute(settings.experiment.output_directory);
    if (auto& cache = settings.folders.cache) make_absolute(*cache);
    if (auto& copies = settings.augment.write_augmented) make_absolute(*copies);
    auto& model = settings.experiment.initial_model_path;
    model = weights::start_model_name(model);
    if (model != weights::random_weights) make_absolute(*model);
    return settings;
}

}  // namespace msunet::settings
