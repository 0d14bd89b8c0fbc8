// SPDX-License-Identifier: Apache-2.0
// make_page FOLDER KIND: writes report.html of a made-up sweep into FOLDER; KIND is small (4
// trials), large (1,000), running, search (a halving search of 18 trials), folds (three
// permutations, two of them alike, on three folds), or single (one trial of one epoch, one of PCA,
// no validation data).
#include <filesystem>
#include <iostream>
#include <string_view>

#include "msunet/core/file.hpp"
#include "msunet/report/html.hpp"
#include "unit/report/made_up_sweep.hpp"

namespace {

using msunet::report::testing::MadeUp;

MadeUp kind(std::string_view name) {
    if (name == "large") {
        return {.learning_rates = 50,
                .batch_sizes = {8, 16, 32, 64, 128},
                .optimizers = {"Adam", "RMSprop", "SGD", "Nadam"},
                .epochs = 40,
                .ranks = 16,
                .failures = true};
    }
    if (name == "running") {
        return {.learning_rates = 6, .epochs = 10, .ranks = 3, .failures = true, .running = true};
    }
    if (name == "search") {
        return {.learning_rates = 9, .epochs = 9, .search = true};
    }
    if (name == "fold_search") {
        return {.learning_rates = 9, .epochs = 9, .folds = 3, .search = true};
    }
    if (name == "folds") {
        return {.learning_rates = 1, .batch_sizes = {8, 9, 64}, .epochs = 9, .folds = 3};
    }
    if (name == "single") {
        return {.learning_rates = 1,
                .batch_sizes = {8},
                .epochs = 1,
                .ranks = 1,
                .validation = false,
                .pca = true};
    }
    return {.epochs = 12};
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::cerr << "make_page FOLDER small|large|running|search|folds|fold_search|single\n";
        return 2;
    }
    namespace report = msunet::report;
    std::filesystem::create_directories(argv[1]);
    const auto record = report::testing::made_up_sweep(kind(argv[2]));
    std::vector<report::ScanDice> scans;
    for (const auto& pair : record.start.data.pairs) {
        const double dice = 1 - 0.01 * static_cast<double>(scans.size());
        if (pair.validation || !pair.folds.empty())
            scans.push_back({pair.data, pair.modality, dice, 0.31, 0.93, 0.1});
    }
    msunet::core::write_file_atomically(
        std::filesystem::path(argv[1]) / "report.html",
        report::report_html(record, report::testing::made_up_pictures(5), scans));
    // The pictures of the trial of PCA, to which the page refers.
    const auto pca = std::filesystem::path(argv[1]) / "trials" / "1";
    std::filesystem::create_directories(pca);
    for (const char* name : {"pca_full_range.svg", "pca_excl_early_range.svg"}) {
        msunet::core::write_file_atomically(pca / name,
                                            "<svg xmlns='http://www.w3.org/2000/svg'/>");
    }
    return 0;
}
