// SPDX-License-Identifier: Apache-2.0
#include "trial_file_writer.hpp"

#include <utility>

#include "msunet/core/time.hpp"
#include "msunet/report/charts.hpp"
#include "msunet/report/deploy.hpp"
#include "msunet/settings/model_attributes.hpp"
#include "trial_pictures.hpp"

namespace msunet::app {

TrialFileWriter::TrialFileWriter(const data::Dataset& dataset, const std::string& metric,
                                 std::filesystem::path experiment_folder,
                                 record::Configuration configuration, double share)
    : dataset_(dataset),
      folder_(std::move(experiment_folder)),
      configuration_(std::move(configuration)),
      leaderboard_(metric),
      share_(share) {}

std::vector<std::string> TrialFileWriter::write_components(record::TrialId trial,
                                                           std::span<const double> cumulative) {
    const std::filesystem::path trial_folder = record::trial_folder(trial);
    std::vector<std::string> files;
    for (const auto& name : report::write_pca(folder_ / trial_folder, cumulative)) {
        files.push_back((trial_folder / name).string());
    }
    return files;
}

std::map<std::string, std::string> TrialFileWriter::attributes(
    const unet::Hyperparameters& hyperparameters, const std::string& patch_size) const {
    return report::file_attributes(
        settings::model_attributes(configuration_, hyperparameters, patch_size));
}

void TrialFileWriter::write_pictures(const train::TrainedTrial& trained) noexcept {
    without_pictures_on_failure(trained.result.trial, [&] {
        const double begun = core::unix_now();
        if (!leaderboard_.add(trained.result) || !share_.allows(begun)) return;
        draw_pictures(dataset_, folder_, trained);
        share_.spent(begun, core::unix_now());
    });
}

}  // namespace msunet::app
