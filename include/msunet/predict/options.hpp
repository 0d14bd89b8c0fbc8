// SPDX-License-Identifier: Apache-2.0
/// \file
/// Options of prediction, and what a model's file says about its training.
#pragma once

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "msunet/core/device.hpp"
#include "msunet/core/modality.hpp"
#include "msunet/core/options.hpp"
#include "msunet/core/precision.hpp"
#include "msunet/imaging/options.hpp"

namespace msunet::predict {

/// The file format of results.
enum class ResultFormat : std::uint8_t { nii, nii_gz };
constexpr std::array<std::string_view, 2> names_of(ResultFormat /*any*/) {
    return {"nii", "nii.gz"};
}

/// How the values of overlapping windows become one.
enum class Combination : std::uint8_t { mean, maximum };
constexpr std::array<std::string_view, 2> names_of(Combination /*any*/) {
    return {"mean", "maximum"};
}

/// What is done with a mask before it is written.
enum class Clean : std::uint8_t { none, largest };
constexpr std::array<std::string_view, 2> names_of(Clean /*any*/) { return {"none", "largest"}; }

/// What is predicted with which model, and where the results go.
struct PredictOptions {
    std::string model;
    bool ensemble = false;               ///< the mean over the models in the folder `model`
    bool flip = false;                   ///< the mean over slices and their mirror images
    std::vector<std::string> input;      ///< files and folders
    std::string output = "predictions";  ///< folder
    std::optional<ResultFormat> format;  ///< nullopt: that of the scan
    bool brain = false;
    bool overwrite = false;
    std::optional<std::string> reference;   ///< folder of masks
    std::optional<std::string> validation;  ///< experiment whose validation scans are predicted
    imaging::MaskGeometry mask_geometry = imaging::MaskGeometry::automatic;
    std::optional<std::string> qc;           ///< file of the page
    std::optional<core::Modality> modality;  ///< of all scans; nullopt: by names
    double threshold = 0.5;  ///< a voxel is brain where its likelihood is above this
    Clean clean = Clean::none;
    std::optional<double> surface_tolerance;  ///< mm; nullopt: the larger side of a scan's pixel
    Combination combine = Combination::mean;
    std::int64_t batch_size = 16;  ///< windows in one forward pass
    core::Device device = core::Device::automatic;
    core::Precision precision = core::Precision::float32;
    std::optional<std::int64_t> threads;  ///< nullopt: cores of the node / its ranks

    /// Whether results are compared with manual masks.
    [[nodiscard]] bool compares() const { return reference || validation; }
};

/// What of a model's training shapes its input and output besides imaging::PreprocessOptions and
/// data::PatchOptions. Each option of the three is a root attribute of best_model.hdf5.
struct ModelOptions {
    std::int64_t patch_dimensions = 128;                 ///< fixed patches only
    std::int64_t patch_stride = 32;                      ///< fixed patches only
    std::optional<imaging::OutlierValue> outlier_value;  ///< nullopt: imaging::outlier_value
    std::optional<std::string> final_activation;  ///< nullopt: the model file's, else sigmoid
};

/// Walks the options of `PredictOptions`.
inline void describe(core::OptionVisitor& visitor, PredictOptions& options) {
    using core::Affects;
    visitor.visit(
        {.name = "model",
         .aliases = {"m"},
         .help = "The trained model: best_model.hdf5, an experiment's folder (for its "
                 "best_model.hdf5), a Talos Deploy archive (.zip), or any Keras HDF5 file "
                 "of this network, whole model or weights only; with --ensemble a folder of models",
         .value_name = "MODEL",
         .required = true},
        options.model);
    visitor.visit({.name = "ensemble",
                   .help = "Average the likelihoods of all models in the folder MODEL: those of an "
                           "experiment's fold_models, else its .hdf5 and .h5 files. All must have "
                           "been trained with the same preprocessing and patches"},
                  options.ensemble);
    visitor.visit({.name = "flip",
                   .help = "Average the likelihoods of each slice and of its left-right mirror "
                           "image; takes twice the time. Sagittal slices (--slice_axis 1) are not "
                           "mirrored"},
                  options.flip);
    visitor.visit({.name = "input",
                   .help = "Scans (.nii, .nii.gz), or folders that contain scans at any depth, for "
                           "example a folder for each mouse with a folder for each modality; never "
                           "written to. Results of an earlier prediction in these folders are "
                           "not taken for scans",
                   .value_name = "INPUT",
                   .required = true,
                   .positional = true},
                  options.input);
    visitor.visit({.name = "output",
                   .aliases = {"o"},
                   .help = "Folder for the results, with the same subfolders as INPUT. It may not "
                           "lie in an INPUT folder",
                   .affects = Affects::run,
                   .value_name = "DIR"},
                  options.output);
    visitor.visit({.name = "format",
                   .help = "File format of the results; auto: that of the scan",
                   .affects = Affects::run,
                   .absent = "auto"},
                  options.format);
    visitor.visit({.name = "brain",
                   .help = "Also write the scan without its skull, as <name>_brain; all frames "
                           "of a 4-D scan",
                   .affects = Affects::run},
                  options.brain);
    visitor.visit(
        {.name = "overwrite",
         .help = "Predict scans again whose results exist; otherwise they are skipped if model, "
                 "options and scan are the same, and refused if not",
         .affects = Affects::run},
        options.overwrite);
    visitor.visit({.name = "reference",
                   .help = "Folder of manual masks, paired with the scans as in training: Dice, "
                           "Hausdorff distance and surface Dice of every scan are written to "
                           "dice.csv, their means by modality are printed",
                   .affects = Affects::run,
                   .value_name = "MASKS"},
                  options.reference);
    visitor.visit({.name = "validation",
                   .help = "Instead of INPUT: the validation scans of this experiment, where its "
                           "training read them, compared with their masks as with --reference. The "
                           "model is that of the experiment unless --model is given",
                   .affects = Affects::run,
                   .value_name = "DIR"},
                  options.validation);
    visitor.visit({.name = "mask_geometry",
                   .help = "Manual masks that by their headers are mirrored against their scans or "
                           "have swapped axes: auto: are put in the scan's order if the images "
                           "agree; index: are compared voxel by voxel; header: are put in the "
                           "scan's order",
                   .affects = Affects::run},
                  options.mask_geometry);
    visitor.visit(
        {.name = "qc",
         .help = "HTML page to check all results: outlines on a few slices of every scan, "
                 "volume and number of pieces of its mask; flagged masks come first",
         .affects = Affects::run,
         .value_name = "FILE.html"},
        options.qc);
    visitor.visit({.name = "modality",
                   .help = "Modality of all scans, for dice.csv and the page. By default the name "
                           "of the manual mask, of the scan or of its folders says it; a scan "
                           "needs none",
                   .affects = Affects::run,
                   .absent = "auto"},
                  options.modality);
    visitor.visit({.name = "threshold",
                   .help = "A voxel is brain where its likelihood is above this; msUNET-RAM's "
                           "inference takes 0.3",
                   .value_name = "P",
                   .range = "(0,1)",
                   .min = 0,
                   .max = 1,
                   .min_open = true,
                   .max_open = true},
                  options.threshold);
    visitor.visit({.name = "clean",
                   .help = "largest: of each mask only the largest piece is kept and its holes are "
                           "filled, in 3-D; what that changed is said and shown on the page of "
                           "--qc"},
                  options.clean);
    visitor.visit({.name = "surface_tolerance",
                   .help = "Distance up to which surfaces agree, for the surface Dice of "
                           "--reference and --validation",
                   .affects = Affects::run,
                   .value_name = "MM",
                   .min = 0,
                   .min_open = true,
                   .default_text = "the larger side of a pixel of the scan"},
                  options.surface_tolerance);
    visitor.visit(
        {.name = "combine", .help = "How the likelihoods of overlapping windows are combined"},
        options.combine);
    visitor.visit({.name = "batch_size",
                   .help = "Windows in one forward pass; more take more memory",
                   .affects = Affects::run,
                   .value_name = "N",
                   .range = ">= 1",
                   .min = 1},
                  options.batch_size);
    visitor.visit({.name = "device", .help = core::device_help, .affects = Affects::run},
                  options.device);
    visitor.visit(
        {.name = "precision", .help = "Floating-point format of the network; tf32 only on a GPU"},
        options.precision);
    visitor.visit({.name = "threads",
                   .help = "Threads of each rank",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1,
                   .max = core::most_threads,
                   .default_text = "cores of the node / its ranks"},
                  options.threads);
}

/// Walks the options of `ModelOptions`.
inline void describe(core::OptionVisitor& visitor, ModelOptions& options) {
    visitor.visit({.name = "patch_dimensions",
                   .help = "Side of fixed patches in pixels; implies -ufp False",
                   .value_name = "N",
                   .min = 32,
                   .multiple_of = 32},
                  options.patch_dimensions);
    visitor.visit({.name = "patch_stride",
                   .help = "Distance of neighbouring fixed patches in pixels; implies -ufp False",
                   .value_name = "N",
                   .min = 1},
                  options.patch_stride);
    visitor.visit(
        {.name = "outlier_value",
         .help = "What voxels above 20 times the scan's mean are replaced by: 10 times the "
                 "mean, or the median",
         .default_text = "ten_means, with fixed patches median"},
        options.outlier_value);
    visitor.visit({.name = "final_activation",
                   .help = "Activation of the network's last layer, by its Keras name",
                   .value_name = "NAME",
                   .default_text = "the model file's, else sigmoid"},
                  options.final_activation);
}

}  // namespace msunet::predict
