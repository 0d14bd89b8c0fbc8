// SPDX-License-Identifier: Apache-2.0
#include "msunet/weights/model_file.hpp"

#include <array>
#include <fstream>
#include <map>
#include <optional>
#include <string>

#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/zip.hpp"

namespace msunet::weights {

namespace fs = std::filesystem;
using core::concat;

namespace {

constexpr const char* this_program = "/proc/self/exe";

/// Weights and configuration in an archive: a Talos Deploy archive, Keras 3's `.keras`.
struct ArchiveForm {
    std::string_view weights;
    std::string_view json;
};
constexpr std::array<ArchiveForm, 2> archive_forms{
    {{"_model.h5", "_model.json"}, {"model.weights.h5", "config.json"}}};

/// The first member of this ending, if there is one.
std::optional<std::string> member(const std::map<std::string, std::string>& members,
                                  std::string_view ending) {
    for (const auto& [name, bytes] : members) {
        if (name.ends_with(ending)) return bytes;
    }
    return std::nullopt;
}

h5::KerasFile read_hdf5(const fs::path& path) {
    return h5::read_keras_file_safely(path, fs::read_symlink(this_program));
}

h5::KerasFile read_archive(const fs::path& path, std::string_view kind) {
    const auto members = io::read_zip(path);
    for (const ArchiveForm& form : archive_forms) {
        const auto weights = member(members, form.weights);
        if (!weights) continue;
        // HDF5 reads files only. This one is removed at the end of the block.
        core::AtomicFile scratch(fs::temp_directory_path() / "msunet_model.h5");
        scratch.write(*weights);
        try {
            auto file = read_hdf5(scratch.temporary_path());
            if (auto json = member(members, form.json)) file.model_config = std::move(json);
            return file;
        } catch (const core::InputError& error) {
            core::Problem problem = error.data().front();
            problem.path = path;
            throw core::InputError(problem);
        }
    }
    throw core::InputError({.path = path,
                            .kind = std::string(kind),
                            .problem = "is neither a Talos Deploy archive nor a .keras file",
                            .why = "it has no …_model.h5 and no model.weights.h5",
                            .advice = "give model_deploy<experiment>.zip, best_model.hdf5 or a "
                                      "model that Keras has saved"});
}

/// By its first bytes; whatever is called .zip or .keras is read as one, for the message.
bool is_archive(const fs::path& path) {
    const std::string extension = core::to_lower(path.extension().string());
    if (extension == ".zip" || extension == ".keras") return true;
    std::array<char, 4> head{};
    std::ifstream(path, std::ios::binary).read(head.data(), head.size());
    return std::string_view(head.data(), head.size()) == "PK\x03\x04";
}

/// Refuses what TensorFlow writes in forms of its own: its libraries alone read them.
void refuse_tensorflow(const fs::path& path, std::string_view kind) {
    std::error_code ignored;
    const std::string name = path.string();
    if (fs::exists(path / "saved_model.pb", ignored)) {
        throw core::InputError(
            {.path = path,
             .kind = std::string(kind),
             .problem = "is a SavedModel of TensorFlow, which is not read",
             .advice = concat(
                 "; convert it: python -c \"import tensorflow as tf; "
                 "tf.keras.models.load_model('",
                 name, "', compile=False).save('model.hdf5')\" (TensorFlow 2.15 or older)")});
    }
    const bool is_folder = fs::is_regular_file(path / "checkpoint", ignored);
    const bool is_prefix = fs::exists(fs::path(name + ".index"), ignored);
    if (is_folder || is_prefix || path.extension() == ".index") {
        const std::string prefix = is_prefix   ? name
                                   : is_folder ? name + "/PREFIX"
                                               : (path.parent_path() / path.stem()).string();
        throw core::InputError(
            {.path = path,
             .kind = std::string(kind),
             .problem = "is a checkpoint of TensorFlow, which is not read",
             .advice = concat("; convert it where your script has made the model: "
                              "model.load_weights('",
                              prefix, "'); model.save('model.hdf5')")});
    }
}

}  // namespace

h5::KerasFile read_model_file(const fs::path& path, std::string_view kind) {
    std::error_code ignored;
    refuse_tensorflow(path, kind);
    if (!fs::is_directory(path, ignored)) {
        return is_archive(path) ? read_archive(path, kind) : read_hdf5(path);
    }
    const fs::path best = path / "best_model.hdf5";
    if (!fs::exists(best, ignored)) {
        throw core::InputError(
            {.path = path,
             .kind = std::string(kind),
             .problem = "has no best_model.hdf5",
             .why = "it is no experiment's folder, its sweep has not ended, or no trial "
                    "gave a model",
             .advice = "give a finished experiment or a model file"});
    }
    return read_hdf5(best);
}

}  // namespace msunet::weights
