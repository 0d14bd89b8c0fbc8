// SPDX-License-Identifier: Apache-2.0
#include "msunet/report/pictures.hpp"

#include <algorithm>
#include <cstdlib>
#include <numeric>
#include <set>
#include <tuple>

#include "msunet/codec/json.hpp"
#include "msunet/core/error.hpp"
#include "msunet/core/file.hpp"
#include "msunet/core/log.hpp"
#include "msunet/core/text.hpp"
#include "msunet/io/png.hpp"
#include "msunet/record/ranking.hpp"
#include "report/contour.hpp"

namespace msunet::report {
namespace {

// Slices of one scan that are nearer than this look alike.
constexpr std::int64_t least_distance = 3;

std::string packed(const SlicePicture& picture, const std::vector<std::uint8_t>& pixels) {
    return base64(io::png_bytes({picture.width, picture.height, 1, pixels}));
}

std::vector<std::uint8_t> unpacked(const SlicePicture& picture, const std::string& text) {
    io::Picture png = io::parse_png(from_base64(text), "a slice");
    if (png.width != picture.width || png.height != picture.height || png.channels != 1) {
        throw core::InputError("a slice is not of the size that it names");
    }
    return std::move(png.pixels);
}

}  // namespace

template <class Archive, codec::Is<SlicePicture> T>
void fields(Archive& archive, T& picture) {
    archive("scan", picture.scan);
    archive("modality", picture.modality);
    archive("slice", picture.slice);
    archive("slices", picture.slices);
    archive("dice", picture.dice);
    archive("width", picture.width);
    archive("height", picture.height);
    const auto pixels = [&](std::string_view name, auto& values) {
        archive.converted(
            name, values,
            [&picture](const std::vector<std::uint8_t>& all) { return packed(picture, all); },
            [&picture](const std::string& text) { return unpacked(picture, text); });
    };
    pixels("gray", picture.gray);
    pixels("mask", picture.mask);
    pixels("prediction", picture.prediction);
}

std::vector<std::size_t> worst_slices(const std::vector<SliceScore>& scores, std::size_t count) {
    std::vector<std::size_t> order(scores.size());
    std::iota(order.begin(), order.end(), std::size_t{0});
    const auto rank = [&](std::size_t i) {
        return std::tuple(scores[i].dice, scores[i].scan, scores[i].slice);
    };
    std::ranges::sort(order, {}, rank);
    std::vector<std::size_t> chosen;
    const auto take_where = [&](auto&& allowed) {
        for (const std::size_t i : order) {
            if (chosen.size() < count && allowed(scores[i])) chosen.push_back(i);
        }
    };
    std::set<std::size_t> scans;
    take_where([&](const SliceScore& score) { return scans.insert(score.scan).second; });
    take_where([&](const SliceScore& score) {
        return std::ranges::none_of(chosen, [&](std::size_t i) {
            return scores[i].scan == score.scan &&
                   std::abs(scores[i].slice - score.slice) < least_distance;
        });
    });
    std::ranges::sort(chosen, {}, rank);
    return chosen;
}

std::string pictures_to_json(const std::vector<SlicePicture>& pictures) {
    return codec::to_json(pictures) + "\n";
}

std::vector<SlicePicture> pictures_from_json(std::string_view text) {
    return codec::from_json<std::vector<SlicePicture>>(text);
}

std::vector<SlicePicture> read_pictures(const std::filesystem::path& folder,
                                        const record::SweepRecord& record) {
    const record::TrialResult* best = record::best(record);
    if (best == nullptr) return {};
    const auto file = folder / record::trial_folder(best->trial) / pictures_file_name;
    std::error_code ignored;
    if (!std::filesystem::exists(file, ignored)) return {};
    try {
        return pictures_from_json(core::read_file(file));
    } catch (const core::Error& error) {
        core::log::warn(core::concat(core::quoted(file.string()), " can't be read (", error.what(),
                                     "), the report has no pictures"));
        return {};
    }
}

}  // namespace msunet::report
