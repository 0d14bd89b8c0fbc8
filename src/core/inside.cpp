// SPDX-License-Identifier: Apache-2.0
#include "msunet/core/inside.hpp"

#include <algorithm>
#include <system_error>

#include "msunet/core/text.hpp"

namespace msunet::core {

namespace fs = std::filesystem;

namespace {

fs::path resolved(const fs::path& path) {
    std::error_code error;
    fs::path absolute = fs::weakly_canonical(fs::absolute(path), error);
    if (error) absolute = fs::absolute(path).lexically_normal();
    if (!absolute.has_filename()) absolute = absolute.parent_path();
    return absolute;
}

}  // namespace

bool is_inside(const fs::path& path, const fs::path& folder) {
    const fs::path inner = resolved(path);
    const fs::path outer = resolved(folder);
    return std::ranges::mismatch(outer, inner).in1 == outer.end();
}

std::optional<Problem> output_in_input(std::string_view option, const fs::path& named,
                                       const fs::path& written,
                                       std::span<const std::string> inputs) {
    const auto around = std::ranges::find_if(inputs, [&written](const std::string& input) {
        return !input.empty() && is_inside(written, input);
    });
    if (around == inputs.end()) return std::nullopt;
    const std::string place =
        named == written ? "lies"
                         : concat("would write to ", quoted(written.string()), ", which lies");
    return Problem{.option = std::string(option),
                   .path = written,
                   .got = named,
                   .problem = concat(place, " in the input folder ", quoted(*around),
                                     ", which is never written to"),
                   .advice = "; give another folder"};
}

}  // namespace msunet::core
