// SPDX-License-Identifier: Apache-2.0
// Applies one operation to a volume and writes it, for the comparison with SimpleITK:
//   imaging_tool IN OUT read FRAME
//   imaging_tool IN OUT target WIDTH
//   imaging_tool IN OUT spacing HORIZONTAL INTERLAYER
//   imaging_tool IN OUT rotate ANGLE_X ANGLE_Y ANGLE_Z SHIFT_X SHIFT_Y SHIFT_Z
//   imaging_tool IN OUT affine SCALE_X SCALE_Y SCALE_Z SHEAR_AXIS SHEAR_ALONG SHEAR
//   imaging_tool IN OUT equalise ALPHA BETA RADIUS
// OUT gets the voxels, float32 without a header; stdout the geometry: size, spacing, origin,
// direction, all digits.
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <iostream>
#include <string_view>
#include <vector>

#include "msunet/core/error.hpp"
#include "msunet/imaging/augment.hpp"
#include "msunet/imaging/grid.hpp"
#include "msunet/imaging/resample.hpp"
#include "support/read_volume.hpp"

namespace {

using namespace msunet;

core::Volume result_of(const core::Volume& volume, std::string_view what,
                       const std::vector<double>& numbers) {
    const auto number = [&](std::size_t i) { return numbers.at(i); };
    const auto whole = [&](std::size_t i) { return static_cast<std::size_t>(numbers.at(i)); };
    if (what == "target") {
        return imaging::resample(
            volume, imaging::grid_of_target(volume, static_cast<std::int64_t>(number(0))));
    }
    if (what == "spacing") {
        return imaging::resample(volume, imaging::grid_of_spacing(volume, number(0), number(1)));
    }
    if (what == "rotate") {
        return imaging::rotate(
            volume, {{number(0), number(1), number(2)}, {number(3), number(4), number(5)}});
    }
    if (what == "affine") {
        return imaging::transform(
            volume, {{number(0), number(1), number(2)}, whole(3), whole(4), number(5)});
    }
    if (what == "equalise") return imaging::equalise(volume, {number(0), number(1), whole(2)});
    return volume;
}

void print(const core::Volume& volume) {
    for (const std::size_t n : volume.size) std::printf("%zu ", n);
    for (const double value : volume.spacing) std::printf("%.17g ", value);
    for (const double value : volume.origin) std::printf("%.17g ", value);
    for (const double value : volume.direction) std::printf("%.17g ", value);
    std::printf("\n");
}

}  // namespace

int main(int argc, char** argv) {
    if (argc < 4) return 2;
    try {
        imaging::set_threads(1);
        const std::string_view what = argv[3];
        std::vector<double> numbers;
        for (int i = 4; i < argc; ++i) numbers.push_back(std::strtod(argv[i], nullptr));
        const std::int64_t frame = what == "read" ? static_cast<std::int64_t>(numbers.at(0)) : 7;
        const core::Volume volume = result_of(test::read_volume(argv[1], frame), what, numbers);
        print(volume);
        std::ofstream out(argv[2], std::ios::binary);
        out.write(reinterpret_cast<const char*>(volume.voxels.data()),
                  static_cast<std::streamsize>(volume.voxels.size() * sizeof(float)));
        return out.good() ? 0 : 1;
    } catch (const std::exception& error) {
        std::cerr << error.what() << '\n';
        return 1;
    }
}
