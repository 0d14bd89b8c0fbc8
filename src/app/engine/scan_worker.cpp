// SPDX-License-Identifier: Apache-2.0
#include "scan_worker.hpp"

#include <exception>
#include <new>
#include <utility>

#include "msunet/core/error.hpp"
#include "msunet/core/fault.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/imaging/check.hpp"
#include "msunet/io/nifti_writer.hpp"
#include "msunet/predict/mask_facts.hpp"
#include "msunet/predict/shown_slices.hpp"
#include "msunet/prepare/read_scan.hpp"
#include "msunet/report/qc.hpp"
#include "msunet/train/trial_failure.hpp"

namespace msunet::app {

using core::concat;
using core::quoted;

namespace {

constexpr std::size_t slices_on_page = 4;

/// A scan with its mask, made or read.
struct Masked {
    std::optional<core::Volume> scan;  ///< absent where it is not needed
    core::Volume mask;
};

class Work {
public:
    Work(const ScanTask& task, const PredictSettings& settings, ScanReport& report)
        : task_(task), settings_(settings), report_(report) {}

    std::optional<Masked> predict(const predict::ScanOptions& options,
                                  const PredictorSource& predictor,
                                  const std::function<void()>& between_batches) {
        auto read = prepare::read_scan(task_.scan.file, options.preprocess, findings_);
        if (!read) return std::nullopt;
        core::Volume& scan = read->volume;
        auto prediction = predict::predict_scan(predictor(), scan, options, between_batches);
        core::make_directories(task_.outputs.mask.parent_path());
        io::write_on_scan(task_.outputs.likelihood, read->head, prediction.likelihood);
        if (task_.outputs.brain) {
            io::write_on_scan(*task_.outputs.brain, read->head,
                              predict::brain_of(scan, prediction.mask));
        }
        core::fault_point("predict.write");
        io::write_on_scan(task_.outputs.mask, read->head, prediction.mask, io::StoredAs::uint8);
        return Masked{.scan = std::move(scan), .mask = std::move(prediction.mask)};
    }

    std::optional<Masked> read(const predict::ScanOptions& options) {
        std::optional<core::Volume> scan;
        if (settings_.predict.qc) {
            auto read = prepare::read_scan(task_.scan.file, options.preprocess, findings_);
            if (!read) return std::nullopt;
            scan = std::move(read->volume);
        }
        auto mask = load_mask(task_.outputs.mask);
        if (!mask) return std::nullopt;
        return Masked{.scan = std::move(scan), .mask = std::move(*mask)};
    }

    /// Computes Dice and the scan's part of the page.
    void assess(const Masked& masked, std::size_t number) {
        std::optional<core::Volume> reference;
        if (task_.reference) reference = load_mask(*task_.reference);
        if (reference && differs(masked.mask, *reference)) reference.reset();
        if (reference) report_.dice = predict::dice(*reference, masked.mask);
        if (settings_.predict.qc && masked.scan) {
            report_.qc = report::qc_scan_text(on_page(masked, reference, number));
        }
    }

    void report_findings() {
        report_.problems = std::move(findings_.problems);
        report_.warnings = std::move(findings_.warnings);
        report_.remarks = std::move(findings_.remarks);
    }

private:
    /// A mask; that it is empty is no warning here.
    std::optional<core::Volume> load_mask(const std::filesystem::path& file) {
        const std::size_t warnings = findings_.warnings.size();
        auto mask = prepare::read_mask(file, settings_.preprocess.frame, findings_);
        findings_.warnings.resize(warnings);
        return mask;
    }

    bool differs(const core::Volume& mask, const core::Volume& reference) {
        const auto sizes = imaging::size_difference(mask, reference);
        if (sizes) {
            findings_.problems.push_back(
                concat("the manual mask ", quoted(*task_.reference), " and ",
                       quoted(task_.scan.file.string()), " differ in size (", *sizes,
                       "), check that they belong together or draw the mask on this volume"));
        }
        return sizes.has_value();
    }

    report::QcScan on_page(const Masked& masked, const std::optional<core::Volume>& reference,
                           std::size_t number) const {
        const core::Volume& mask = masked.mask;
        const auto facts = predict::facts_of(mask);
        report::QcScan scan{.name = task_.scan.name(),
                            .order = number,
                            .volume_mm3 = facts.volume_mm3,
                            .components = facts.components,
                            .largest_share = facts.largest_share,
                            .flags = predict::doubts_about(facts),
                            .dice = report_.dice,
                            .skipped = task_.skipped};
        if (task_.modality) scan.modality = core::name_of(*task_.modality);
        const auto gray = predict::gray_of(*masked.scan);
        const std::size_t area = mask.size[0] * mask.size[1];
        for (const std::size_t z : predict::shown_slices(mask, slices_on_page)) {
            const auto begin = gray.begin() + static_cast<std::ptrdiff_t>(z * area);
            report::QcSlice slice{.number = z + 1,
                                  .count = mask.size[2],
                                  .width = mask.size[0],
                                  .height = mask.size[1],
                                  .gray = {begin, begin + static_cast<std::ptrdiff_t>(area)},
                                  .mask = predict::mask_slice(mask, z),
                                  .reference = {},
                                  .pixel_width = mask.spacing[0],
                                  .pixel_height = mask.spacing[1]};
            if (reference) slice.reference = predict::mask_slice(*reference, z);
            scan.slices.push_back(std::move(slice));
        }
        return scan;
    }

    const ScanTask& task_;
    const PredictSettings& settings_;
    ScanReport& report_;
    prepare::Findings findings_;
};

}  // namespace

ScanReport work_on_scan(const ScanTask& task, std::size_t number, const PredictSettings& settings,
                        const predict::ScanOptions& options, const PredictorSource& predictor,
                        const std::function<void()>& between_batches) {
    ScanReport report{.task = number};
    Work work(task, settings, report);
    std::optional<std::string> failure;
    try {
        core::fault_point("predict.scan");
        const auto masked =
            task.skipped ? work.read(options) : work.predict(options, predictor, between_batches);
        if (masked) work.assess(*masked, number);
    } catch (const std::bad_alloc&) {
        failure = concat(quoted(task.scan.file.string()),
                         ": out of memory, give the job more or use a smaller --batch_size");
    } catch (const core::Error& error) {
        failure = error.what();
    } catch (const std::exception& error) {
        failure = concat(quoted(task.scan.file.string()), ": ", train::failure_text(error));
    }
    work.report_findings();
    report.failed = failure.has_value();
    if (failure) report.problems.push_back(std::move(*failure));
    return report;
}

}  // namespace msunet::app
