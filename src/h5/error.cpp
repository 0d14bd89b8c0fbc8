// SPDX-License-Identifier: Apache-2.0
#include <algorithm>
#include <cctype>

#include "h5/handle.hpp"
#include "msunet/core/text.hpp"
#include "msunet/h5/library.hpp"

namespace msunet::h5 {
namespace {

std::recursive_mutex& library_mutex() {
    static std::recursive_mutex mutex;
    return mutex;
}

// HDF5 walks from the innermost call outwards.
herr_t keep_first(unsigned position, const H5E_error2_t* error, void* text) {
    if (position == 0 && error->desc != nullptr) {
        *static_cast<std::string*>(text) = error->desc;
    }
    return 0;
}

}  // namespace

void throw_library_error(std::string_view call) {
    std::string reason;
    H5Ewalk2(H5E_DEFAULT, H5E_WALK_UPWARD, keep_first, &reason);
    H5Eclear2(H5E_DEFAULT);
    // HDF5 quotes names from the file, which may hold any byte.
    std::replace_if(
        reason.begin(), reason.end(), [](unsigned char c) { return std::iscntrl(c) != 0; }, '?');
    throw LibraryError(reason.empty() ? core::concat(call, " failed")
                                      : core::concat(call, " failed: ", reason));
}

Session::Session() : lock_(library_mutex()) {
    static const bool opened = [] {
        valid(H5open(), "H5open");
        H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
        return true;
    }();
    static_cast<void>(opened);
}

void open_library() { const Session session; }

std::string library_version() {
    const Session session;
    unsigned major = 0;
    unsigned minor = 0;
    unsigned release = 0;
    H5get_libversion(&major, &minor, &release);
    return core::concat(major, '.', minor, '.', release);
}

Handle file_access() {
    Handle list(H5Pcreate(H5P_FILE_ACCESS), H5Pclose, "H5Pcreate");
    // Some shared file systems have no locks, and no other process writes these files.
    valid(H5Pset_file_locking(list.get(), false, true), "H5Pset_file_locking");
    return list;
}

Handle file_creation() {
    Handle list(H5Pcreate(H5P_FILE_CREATE), H5Pclose, "H5Pcreate");
    valid(H5Pset_obj_track_times(list.get(), false), "H5Pset_obj_track_times");
    return list;
}

Handle group_creation() {
    Handle list(H5Pcreate(H5P_GROUP_CREATE), H5Pclose, "H5Pcreate");
    valid(H5Pset_obj_track_times(list.get(), false), "H5Pset_obj_track_times");
    return list;
}

Handle dataset_creation() {
    Handle list(H5Pcreate(H5P_DATASET_CREATE), H5Pclose, "H5Pcreate");
    valid(H5Pset_obj_track_times(list.get(), false), "H5Pset_obj_track_times");
    return list;
}

Handle create_group(hid_t parent, const std::string& name) {
    const Handle creation = group_creation();
    return {H5Gcreate2(parent, name.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose,
            "H5Gcreate"};
}

Handle open_group(hid_t parent, const std::string& name) {
    return {H5Gopen2(parent, name.c_str(), H5P_DEFAULT), H5Gclose, "H5Gopen"};
}

Handle open_dataset(hid_t parent, const std::string& name) {
    return {H5Dopen2(parent, name.c_str(), H5P_DEFAULT), H5Dclose, "H5Dopen"};
}

bool has_link(hid_t parent, const std::string& name) {
    return valid(H5Lexists(parent, name.c_str(), H5P_DEFAULT), "H5Lexists") > 0;
}

}  // namespace msunet::h5
