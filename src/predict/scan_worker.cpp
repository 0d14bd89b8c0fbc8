// SPDX-License-Identifier: Apache-2.0
#include "msunet/predict/scan_worker.hpp"

#include <algorithm>
#include <exception>
#include <iterator>
#include <limits>
#include <new>
#include <utility>

#include "msunet/core/counted.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/failure_text.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/axes.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/io/nifti_file.hpp"
#include "msunet/io/nifti_writer.hpp"
#include "msunet/predict/mask_facts.hpp"
#include "msunet/predict/shown_slices.hpp"
#include "msunet/prepare/mask_order.hpp"
#include "msunet/prepare/read_scan.hpp"
#include "msunet/report/qc.hpp"

namespace msunet::predict {

using core::concat;
using core::quoted;

namespace {

constexpr std::size_t slices_on_page = 4;

/// A scan with its mask, made or read.
struct Masked {
    std::optional<core::Volume> scan;  ///< absent where it is not needed
    core::Volume mask;
    std::optional<imaging::ScanMeasures> measures;  ///< absent for a mask that was read
    std::optional<imaging::Cleaning> cleaning{};
};

std::vector<std::size_t> slices_of(const Masked& masked) {
    auto slices = shown_slices(masked.mask, slices_on_page);
    if (!masked.cleaning) return slices;
    return with_a_change(std::move(slices), masked.cleaning->changed);
}

/// "cleaning removed 2 pieces (1.3 mm³), filled 0.2 mm³"; empty: the mask was not cleaned.
std::string cleaning_text(const Masked& masked) {
    if (!masked.cleaning) return {};
    const auto& [changed, pieces, removed, filled] = *masked.cleaning;
    const auto volume = [&](std::size_t voxels) {
        const auto& spacing = masked.mask.spacing;
        return concat(
            core::fixed(static_cast<double>(voxels) * spacing[0] * spacing[1] * spacing[2], 2),
            " mm³");
    };
    if (pieces == 0 && filled == 0) return "cleaning changed nothing";
    std::vector<std::string> parts;
    if (pieces > 0) {
        parts.push_back(
            concat("removed ", core::counted(pieces, "piece"), " (", volume(removed), ")"));
    }
    if (filled > 0) parts.push_back(concat("filled ", volume(filled)));
    return concat("cleaning ", core::join(parts));
}

/// "Hausdorff 95 % 0.31 mm · surface Dice 0.9312 within 0.10 mm".
std::string agreement_text(const report::ScanDice& scan) {
    auto surface = concat("surface Dice ", core::fixed(scan.surface_dice.value_or(0), 4),
                          " within ", core::fixed(scan.tolerance.value_or(0), 2), " mm");
    if (!scan.hausdorff95) return surface;
    return concat("Hausdorff 95 % ", core::fixed(*scan.hausdorff95, 2), " mm · ", surface);
}

/// What went wrong with a scan, where the error does not name it, and what helps if it was too
/// little memory.
core::Problem failure_of(const ScanTask& task, const std::exception& error) {
    const auto text = core::failure_text(error);
    const bool memory = core::is_memory_failure(text);
    // A job can be given more of the host's memory, a GPU has what it has.
    const bool host = dynamic_cast<const std::bad_alloc*>(&error) != nullptr;
    return {.path = task.scan.file,
            .problem = concat(": ", text),
            .advice = memory ? concat(host ? "give the job more, or use " : "use ",
                                      "a smaller --batch_size or fewer ranks")
                             : ""};
}

class Work {
public:
    Work(const ScanTask& task, const WorkRules& rules, ScanReport& report)
        : task_(task), rules_(rules), settings_(rules.settings), report_(report) {}

    std::optional<Masked> predict(const PredictorSource& predictors,
                                  const std::function<void()>& between_batches) {
        const auto& options = rules_.options;
        auto read = prepare::read_scan(task_.scan.file, options.preprocess, findings_);
        if (!read) return std::nullopt;
        core::Volume& scan = read->volume;
        auto prediction = run_networks(predictors, scan, between_batches);
        const auto grid = imaging::grid_for(scan, options.preprocess);
        report_.width = static_cast<std::int64_t>(grid.size[0]);
        report_.height = static_cast<std::int64_t>(grid.size[1]);
        core::make_directories(task_.outputs.mask.parent_path());
        prepare::write_on_scan(task_.outputs.likelihood, read->head, prediction.likelihood,
                               options.preprocess);
        if (task_.outputs.brain) write_brain(*task_.outputs.brain, *read, prediction.mask);
        core::fault_point("predict.write");
        prepare::write_on_scan(task_.outputs.mask, read->head, prediction.mask, options.preprocess,
                               io::StoredAs::uint8);
        return Masked{.scan = std::move(scan),
                      .mask = std::move(prediction.mask),
                      .measures = prediction.measures,
                      .cleaning = std::move(prediction.cleaning)};
    }

    std::optional<Masked> read() {
        Masked masked;
        if (settings_.predict.qc && load_scan(masked) == nullptr) return std::nullopt;
        // What is wrong with our own mask is flagged.
        const std::size_t warnings = findings_.warnings.size();
        auto mask = load_mask(task_.outputs.mask);
        findings_.warnings.resize(warnings);
        if (!mask) return std::nullopt;
        masked.mask = std::move(*mask);
        return masked;
    }

    /// Computes Dice, flags and the scan's part of the page.
    void assess(Masked masked, std::size_t number) {
        const auto reference = load_reference(masked);
        if (reference) {
            report_.compared = compared_scan(task_.scan.name(), task_.modality, *reference,
                                             masked.mask, settings_.predict.surface_tolerance);
        }
        const auto facts = facts_of(masked.mask);
        report_.volume_mm3 = facts.volume_mm3;
        set_flags(facts, masked);
        if (settings_.predict.qc && masked.scan) {
            report_.qc = report::qc_scan_text(on_page(masked, facts, reference, number));
        }
    }

    void report_findings() {
        report_.problems = std::move(findings_.problems);
        report_.warnings = std::move(findings_.warnings);
        report_.remarks = std::move(findings_.remarks);
    }

private:
    /// Prediction of this scan. Networks know no files: whatever they throw is given the scan's
    /// name here.
    Prediction run_networks(const PredictorSource& predictors, const core::Volume& scan,
                            const std::function<void()>& between_batches) const {
        try {
            return predict_scan(predictors(), scan, rules_.options, between_batches);
        } catch (const std::exception& error) {
            throw core::Error(core::ExitCode::failure, failure_of(task_, error));
        }
    }

    /// Writes all frames of the scan without its skull; `read` is one of them.
    void write_brain(const std::filesystem::path& file, const io::NiftiFrame& read,
                     const core::Volume& mask) const {
        const auto& options = rules_.options.preprocess;
        if (read.frames == 1) {
            prepare::write_on_scan(file, read.head, brain_of(read.volume, mask), options);
            return;
        }
        const auto to_file = imaging::inverse(imaging::slices_last(options.axis_of_slices()));
        const core::Volume mask_of_file = imaging::reordered(mask, to_file);
        io::NiftiWriter writer(file, read.head, read.frames, io::StoredAs::float32);
        io::NiftiFile(task_.scan.file).each_frame([&](const core::Volume& frame) {
            writer.add(brain_of(frame, mask_of_file).voxels);
        });
        writer.commit();
    }

    /// The scan, which is read where it is not there yet; null if it can't be.
    const core::Volume* load_scan(Masked& masked) {
        if (!masked.scan) {
            auto read = prepare::read_scan(task_.scan.file, rules_.options.preprocess, findings_);
            if (!read) return nullptr;
            masked.scan = std::move(read->volume);
        }
        return &*masked.scan;
    }

    std::optional<core::Volume> load_mask(const std::filesystem::path& file) {
        return prepare::read_mask(file, settings_.preprocess, findings_);
    }

    void set_flags(const MaskFacts& facts, const Masked& masked) {
        report_.flags = flags_of(facts);
        if (masked.cleaning) {
            const auto& [changed, pieces, removed, filled] = *masked.cleaning;
            auto flag = flag_of_cleaning(removed + filled, facts.voxels + removed - filled);
            if (flag) report_.flags.push_back(std::move(*flag));
        }
        constexpr double good_dice = 0.9;
        if (report_.compared && report_.compared->dice < good_dice) {
            report_.flags.push_back(concat("Dice ", core::fixed(report_.compared->dice, 3)));
        }
        if (!masked.measures) return;
        auto compared = *masked.measures;
        if (facts.voxels == 0) {
            compared.volume_mm3 = compared.brain = compared.brain_lower =
                std::numeric_limits<double>::quiet_NaN();
        }
        auto unlike = unlike_training(compared, task_.modality, rules_.training);
        std::ranges::move(unlike, std::back_inserter(report_.flags));
    }

    /// The manual mask in the order of the scan; nothing, perhaps with a problem, if there is none.
    std::optional<core::Volume> load_reference(Masked& masked) {
        if (!task_.reference) return std::nullopt;
        auto reference = load_mask(*task_.reference);
        if (!reference) return std::nullopt;
        const auto rule = settings_.predict.mask_geometry;
        if (const auto mismatch = prepare::size_mismatch(masked.mask, *reference, rule)) {
            findings_.problems.push_back(
                {.path = *task_.reference,
                 .kind = "the manual mask",
                 .problem = concat("and ", quoted(task_.scan.file.string()), ' ', *mismatch)});
            return std::nullopt;
        }
        return prepare::in_order_of_scan(
            std::move(*reference), masked.mask, rule, [&] { return load_scan(masked); },
            *task_.reference, findings_);
    }

    report::QcScan on_page(const Masked& masked, const MaskFacts& facts,
                           const std::optional<core::Volume>& reference, std::size_t number) const {
        const core::Volume& mask = masked.mask;
        report::QcScan scan{.name = task_.scan.name(),
                            .order = number,
                            .volume_mm3 = facts.volume_mm3,
                            .components = facts.components,
                            .largest_share = facts.largest_share,
                            .flags = report_.flags,
                            .cleaning = cleaning_text(masked),
                            .skipped = task_.skipped};
        if (task_.modality) scan.modality = core::name_of(*task_.modality);
        if (report_.compared) {
            scan.dice = report_.compared->dice;
            scan.compared = agreement_text(*report_.compared);
        }
        const auto gray = gray_of(*masked.scan);
        const std::size_t area = mask.size[0] * mask.size[1];
        for (const std::size_t z : slices_of(masked)) {
            const auto begin = gray.begin() + static_cast<std::ptrdiff_t>(z * area);
            report::QcSlice slice{.number = z + 1,
                                  .count = mask.size[2],
                                  .width = mask.size[0],
                                  .height = mask.size[1],
                                  .gray = {begin, begin + static_cast<std::ptrdiff_t>(area)},
                                  .mask = mask_slice(mask, z),
                                  .reference = {},
                                  .pixel_width = mask.spacing[0],
                                  .pixel_height = mask.spacing[1]};
            if (reference) slice.reference = mask_slice(*reference, z);
            if (masked.cleaning) {
                slice.changed = mask_slice(masked.cleaning->changed, z);
            }
            scan.slices.push_back(std::move(slice));
        }
        return scan;
    }

    const ScanTask& task_;
    const WorkRules& rules_;
    const settings::PredictSettings& settings_;
    ScanReport& report_;
    prepare::Findings findings_;
};

}  // namespace

ScanReport work_on_scan(const ScanTask& task, std::size_t number, const WorkRules& rules,
                        const PredictorSource& predictors,
                        const std::function<void()>& between_batches) {
    ScanReport report{.task = number};
    Work work(task, rules, report);
    std::vector<core::Problem> failure;
    try {
        core::fault_point("predict.scan");
        auto masked = task.skipped ? work.read() : work.predict(predictors, between_batches);
        if (masked) work.assess(std::move(*masked), number);
    } catch (const core::Error& error) {
        failure = error.data();
    } catch (const std::exception& error) {
        failure = {failure_of(task, error)};
    }
    work.report_findings();
    report.failed = !failure.empty();
    std::ranges::move(failure, std::back_inserter(report.problems));
    return report;
}

}  // namespace msunet::predict
