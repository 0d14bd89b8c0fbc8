// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <hdf5.h>

#include <mutex>
#include <string>
#include <string_view>
#include <utility>

#include "msunet/core/error.hpp"

namespace msunet::h5 {

/// A call into HDF5 that failed. The module's public functions turn it into an error that names the
/// file.
class LibraryError : public core::Error {
public:
    explicit LibraryError(const std::string& problem)
        : core::Error(core::ExitCode::failure, problem) {}
};

/// Throws `LibraryError` with the innermost text of HDF5's error stack.
[[noreturn]] void throw_library_error(std::string_view call);

/// Returns the result of a call; throws if it is negative.
template <class T>
T valid(T result, std::string_view call) {
    if (result < 0) {
        throw_library_error(call);
    }
    return result;
}

/// Owns an identifier of HDF5.
class Handle {
public:
    using Close = herr_t (*)(hid_t);

    Handle(hid_t id, Close closer, std::string_view call) : id_(valid(id, call)), close_(closer) {}
    ~Handle() {
        if (id_ >= 0) {
            close_(id_);
        }
    }
    Handle(Handle&& other) noexcept : id_(std::exchange(other.id_, -1)), close_(other.close_) {}
    Handle& operator=(Handle&&) = delete;

    [[nodiscard]] hid_t get() const { return id_; }
    /// Gives up the ownership without closing it.
    void release() { id_ = -1; }
    /// Closes it now and reports failures, which a destructor can't.
    void close(std::string_view call) { valid(close_(std::exchange(id_, -1)), call); }

private:
    hid_t id_;
    Close close_;
};

/// Initialises the library and locks it, because it is not safe for several threads. Each public
/// function holds one.
class Session {
public:
    Session();

private:
    std::unique_lock<std::recursive_mutex> lock_;
};

/// Property lists. Objects carry no times, so that equal content gives equal bytes.
Handle file_access();
Handle file_creation();
Handle group_creation();
Handle dataset_creation();

Handle create_group(hid_t parent, const std::string& name);
Handle open_group(hid_t parent, const std::string& name);
Handle open_dataset(hid_t parent, const std::string& name);
/// Whether `parent` has a link of this name (no path).
bool has_link(hid_t parent, const std::string& name);

}  // namespace msunet::h5
