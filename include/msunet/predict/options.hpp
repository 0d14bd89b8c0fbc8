// SPDX-License-Identifier: Apache-2.0
/// Options of prediction, and what a model knows of its own training.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "msunet/core/options.hpp"

namespace msunet::predict {

/// What is predicted with which model, and where the results go.
struct PredictOptions {
    std::string model;
    std::vector<std::string> input;      ///< files and folders
    std::string output = "predictions";  ///< folder
    std::string format = "auto";         ///< auto, nii or nii.gz
    bool brain = false;
    bool overwrite = false;
    std::optional<std::string> reference;  ///< folder of masks
    std::optional<std::string> qc;         ///< file of the page
    std::string combine = "mean";          ///< mean or maximum, over windows
    std::int64_t batch_size = 16;          ///< windows that pass the network together
    std::string precision = "float32";
    std::optional<std::int64_t> threads;  ///< none: cores of the node / its ranks
};

/// What of a model's training shapes its input and output besides imaging::PreprocessOptions and
/// data::PatchOptions. Each option of the three is a root attribute of best_model.hdf5.
struct ModelOptions {
    std::int64_t patch_dimensions = 128;          ///< fixed patches only
    std::int64_t patch_stride = 32;               ///< fixed patches only
    std::optional<std::string> outlier_value;     ///< none: ten_means, or median with fixed patches
    std::optional<std::string> final_activation;  ///< none: the model file's, else sigmoid
};

/// What voxels above 20 times the mean became in training.
inline std::string outlier_value(bool fractional_patches) {
    return fractional_patches ? "ten_means" : "median";
}

/// Walks the options of `PredictOptions`.
inline void describe(core::OptionVisitor& visitor, PredictOptions& options) {
    using core::Affects;
    visitor.visit({.name = "model",
                   .aliases = {"m"},
                   .help = "The trained model: best_model.hdf5, an experiment's folder (its "
                           "best_model.hdf5 is taken), a Talos Deploy archive (.zip), or any Keras "
                           "HDF5 file of this network, whole model or weights only",
                   .value_name = "MODEL",
                   .required = true},
                  options.model);
    visitor.visit({.name = "input",
                   .help = "Scans (.nii, .nii.gz), or folders of them at any depth, such as a "
                           "folder a mouse with a folder a modality in it; never written to",
                   .value_name = "INPUT",
                   .required = true,
                   .positional = true},
                  options.input);
    visitor.visit({.name = "output",
                   .aliases = {"o"},
                   .help = "Folder for the results; the folders inside an INPUT are made in it "
                           "again. It may not lie in an INPUT folder",
                   .affects = Affects::run,
                   .value_name = "DIR"},
                  options.output);
    visitor.visit({.name = "format",
                   .help = "Form of the results; auto: that of the scan",
                   .affects = Affects::run,
                   .choices = {"auto", "nii", "nii.gz"}},
                  options.format);
    visitor.visit({.name = "brain",
                   .help = "Also write the scan without its skull, <name>_brain",
                   .affects = Affects::run},
                  options.brain);
    visitor.visit({.name = "overwrite",
                   .help = "Redo scans whose results exist; otherwise they are skipped",
                   .affects = Affects::run},
                  options.overwrite);
    visitor.visit({.name = "reference",
                   .help = "Folder of manual masks, paired with the scans as in training: writes "
                           "the Dice of every scan to dice.csv and tells the mean by modality",
                   .affects = Affects::run,
                   .value_name = "MASKS"},
                  options.reference);
    visitor.visit({.name = "qc",
                   .help = "Page to look over all results: outlines on a few slices of every scan, "
                           "volume and pieces of the mask; the doubtful ones first",
                   .affects = Affects::run,
                   .value_name = "FILE.html"},
                  options.qc);
    visitor.visit({.name = "combine",
                   .help = "How the likelihoods of overlapping windows become one",
                   .choices = {"mean", "maximum"}},
                  options.combine);
    visitor.visit({.name = "batch_size",
                   .help = "Windows that pass the network together; more take more memory",
                   .affects = Affects::run,
                   .value_name = "N",
                   .range = ">= 1",
                   .min = 1},
                  options.batch_size);
    visitor.visit({.name = "precision",
                   .help = "Floating-point format of the network",
                   .choices = {"float32", "bf16", "float64"}},
                  options.precision);
    visitor.visit({.name = "threads",
                   .help = "Threads a rank",
                   .affects = Affects::run,
                   .value_name = "N",
                   .min = 1,
                   .default_text = "cores of the node / its ranks"},
                  options.threads);
}

/// Walks the options of `ModelOptions`.
inline void describe(core::OptionVisitor& visitor, ModelOptions& options) {
    visitor.visit({.name = "patch_dimensions",
                   .help = "Side of fixed patches in pixels (given here it means -ufp False)",
                   .value_name = "N",
                   .min = 32,
                   .multiple_of = 32},
                  options.patch_dimensions);
    visitor.visit({.name = "patch_stride",
                   .help = "Step from one fixed patch to the next in pixels (given here it means "
                           "-ufp False)",
                   .value_name = "N",
                   .min = 1},
                  options.patch_stride);
    visitor.visit({.name = "outlier_value",
                   .help = "What voxels above 20 times the scan's mean become",
                   .choices = {"ten_means", "median"},
                   .default_text = "ten_means; median with fixed patches"},
                  options.outlier_value);
    visitor.visit({.name = "final_activation",
                   .help = "The network's last activation, a Keras name",
                   .value_name = "NAME",
                   .default_text = "the model file's, else sigmoid"},
                  options.final_activation);
}

}  // namespace msunet::predict
