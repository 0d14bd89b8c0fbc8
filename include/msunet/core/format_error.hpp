// SPDX-License-Identifier: Apache-2.0
#pragma once

#include <filesystem>
#include <string>

#include "msunet/core/error.hpp"

namespace msunet::core {

/// A file, or a named part of it, is not what it should be: exit code 3. The message is built from
/// the data: "'owner.pid' is not an integer"; "array 'x' of file 'a.h5' is missing, expected is a
/// list of float32, remove the file".
class FormatError : public InputError {
public:
    /// Members that don't apply are empty; of `expected` and `got` one at least is not.
    struct Data {
        std::filesystem::path path{};  ///< the file
        std::string kind{};            ///< of the key: "array"
        std::string key{};             ///< the part
        std::string expected{};        ///< "an integer"
        std::string got{};             ///< "missing"
        std::string advice{};          ///< what to do
    };

    explicit FormatError(Data data);
    ~FormatError() override;
    FormatError(const FormatError&) = default;
    FormatError& operator=(const FormatError&) = default;

    [[nodiscard]] const Data& data() const noexcept { return data_; }

private:
    Data data_;
};

}  // namespace msunet::core
