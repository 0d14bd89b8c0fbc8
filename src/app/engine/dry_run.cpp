// SPDX-License-Identifier: Apache-2.0
#include "dry_run.hpp"

#include <algorithm>
#include <span>
#include <string>
#include <vector>

#include "../world.hpp"
#include "msunet/core/columns.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/core/time.hpp"
#include "start_table.hpp"

namespace msunet::app {

using core::concat;

namespace {

constexpr std::size_t permutations_shown = 10;

std::string size_text(const imaging::Grid& grid) {
    return concat(grid.size[0], "×", grid.size[1], "×", grid.size[2]);
}

void print_pairs(const prepare::Survey& survey) {
    std::size_t data_width = 6;
    std::size_t mask_width = 4;
    for (const auto& surveyed : survey.pairs) {
        data_width = std::max(data_width, core::display_width(surveyed.pair.data));
        mask_width = std::max(mask_width, core::display_width(surveyed.pair.mask));
    }
    core::log::info(concat("pairs (", survey.pairs.size(), ")"));
    core::log::info(concat("  ", core::pad_right("volume", data_width), "  ",
                           core::pad_right("mask", mask_width),
                           "  modality    split       size → resampled"));
    for (const auto& surveyed : survey.pairs) {
        const auto& pair = surveyed.pair;
        const auto modality =
            std::string(core::modality_names[static_cast<std::size_t>(pair.modality)]);
        core::log::info(concat("  ", core::pad_right(pair.data, data_width), "  ",
                               core::pad_right(pair.mask, mask_width), "  ",
                               core::pad_right(modality, 10), "  ",
                               core::pad_right(pair.validation ? "validation" : "training", 10),
                               "  ", size_text(surveyed.before), " → ", size_text(surveyed.after)));
    }
}

void print_grid(const GridPlan& plan) {
    core::log::info(
        concat("grid: ", core::join(std::span<const std::string>(plan.selection.lines), "; ")));
    std::size_t shown = 0;
    for (const auto trial : plan.selection.trials) {
        if (shown++ == permutations_shown) {
            core::log::info(
                concat("  … and ", plan.selection.trials.size() - permutations_shown, " more"));
            return;
        }
        core::log::info(
            concat("  ", trial, ": ", core::permutation_text(plan.grid->permutation(trial))));
    }
}

/// Patches that the slices of one grid give at most.
std::uint64_t samples_of(const imaging::Grid& grid, const data::PatchSpec& spec) {
    const auto height = static_cast<std::uint32_t>(grid.size[1]);
    const auto width = static_cast<std::uint32_t>(grid.size[0]);
    const auto patch = data::patch_size(spec, height, width);
    if (patch.height > height || patch.width > width) return 0;
    const std::uint64_t rows = (height - patch.height) / patch.row_stride + 1;
    const std::uint64_t columns = (width - patch.width) / patch.column_stride + 1;
    return rows * columns * grid.size[2];
}

/// Megapixels that one core trains in a second, from our benchmarks: an order of magnitude, enough
/// to choose between a day and a week.
constexpr double megapixels_per_core_second = 0.15;

struct Work {
    std::uint64_t training_samples = 0;
    double megapixels = 0;  ///< over all permutations and epochs
};

Work estimate_work(const TrainSettings& settings, const GridPlan& plan,
                   const prepare::Survey& survey) {
    const auto defaults = default_hyperparameters(settings);
    Work work;
    const std::size_t counted = std::min<std::size_t>(plan.selection.trials.size(), 1000);
    for (std::size_t n = 0; n < counted; ++n) {
        const auto permutation =
            unet::from_permutation(plan.grid->permutation(plan.selection.trials[n]), defaults);
        const auto spec = data::patch_spec(settings.patches, permutation.patch_dimensions,
                                           permutation.patch_stride);
        double pixels = 0;
        std::uint64_t samples = 0;
        for (const auto& surveyed : survey.pairs) {
            const auto height = static_cast<std::uint32_t>(surveyed.after.size[1]);
            const auto width = static_cast<std::uint32_t>(surveyed.after.size[0]);
            const auto patch = data::patch_size(spec, height, width);
            const auto of_scan = samples_of(surveyed.after, spec);
            if (!surveyed.pair.validation) samples += of_scan;
            pixels += static_cast<double>(of_scan) * patch.height * patch.width;
        }
        if (n == 0) work.training_samples = samples;
        work.megapixels += pixels * static_cast<double>(permutation.epochs) / 1e6;
    }
    work.megapixels *= static_cast<double>(plan.selection.trials.size()) /
                       static_cast<double>(std::max<std::size_t>(1, counted));
    return work;
}

}  // namespace

core::ExitCode dry_run(const TrainSettings& settings, const GridPlan& plan,
                       const prepare::Request& request, const Compute& compute,
                       const comm::NodeTopology& topology, prepare::Observer& observer) {
    const auto& world = topology.all();
    const auto survey = prepare::survey(request, topology, &observer);
    const auto nodes = describe_nodes(topology, compute.device_count());
    if (!world.is_root()) return core::ExitCode::ok;
    print_pairs(survey);
    print_grid(plan);
    const auto work = estimate_work(settings, plan, survey);
    core::log::info(concat("preprocessing: ", preprocessing_text(settings), ", ", survey.copies,
                           survey.copies == 1 ? " augmented copy" : " augmented copies",
                           " planned"));
    core::log::info(concat("slices left out: ", dropped_slices_text(survey)));
    core::log::info(concat("memory: at most ",
                           core::bytes_text(static_cast<double>(survey.largest_bytes)),
                           " of slices a node"));
    core::log::info(concat("samples: at most ", work.training_samples,
                           " training patches in the first permutation, before slices without "
                           "signal are dropped"));
    std::int64_t cores = 0;
    for (const auto& node : nodes) cores += node.cores;
    if (compute.device_count() == 0) {
        core::log::info(
            concat("estimate: ",
                   core::duration_text(work.megapixels /
                                       (megapixels_per_core_second * static_cast<double>(cores))),
                   " on ", cores, cores == 1 ? " core" : " cores", ", within a factor of three"));
    }
    core::log::info("dry run: nothing was trained or written");
    return core::ExitCode::ok;
}

}  // namespace msunet::app
