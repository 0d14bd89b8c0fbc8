// SPDX-License-Identifier: Apache-2.0
// Adaptive histogram equalisation as ITK defines it (Stark, "Adaptive image contrast enhancement
// using generalizations of histogram equalization", 2000): a voxel u, scaled to [-1/2, 1/2],
// becomes the mean over the voxels v of its window of
//   s/2 (|2(u-v)|^alpha - beta |2(u-v)|) + beta u,   s = sign(u - v).
// ITK keeps a hash table of the window's values and calls pow for each of them. The kernel is odd,
// so that here every pair of rows is computed once for both, many voxels at a time, with a power of
// vectorised arithmetic. The order of summation is the same on any CPU and any number of threads.
#include <itkMultiThreaderBase.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <functional>
#include <numbers>
#include <span>

#include "msunet/imaging/augment.hpp"

namespace msunet::imaging {
namespace {

/// Coefficients, lowest first, of the polynomial of degree N - 1 in x, |x| <= 1, that equals
/// `function` at Chebyshev's points (Newton's divided differences, expanded).
template <std::size_t N>
std::array<float, N> fitted(const std::function<double(double)>& function) {
    std::array<double, N> points{};
    std::array<double, N> differences{};
    for (std::size_t i = 0; i < N; ++i) {
        points[i] = std::cos(std::numbers::pi * (2.0 * static_cast<double>(i) + 1) / (2.0 * N));
        differences[i] = function(points[i]);
    }
    for (std::size_t order = 1; order < N; ++order) {
        for (std::size_t i = N - 1; i >= order; --i) {
            differences[i] =
                (differences[i] - differences[i - 1]) / (points[i] - points[i - order]);
        }
    }
    std::array<double, N> sum{};
    for (std::size_t i = N; i-- > 0;) {
        for (std::size_t k = N - 1; k > 0; --k) sum[k] = sum[k - 1] - points[i] * sum[k];
        sum[0] = differences[i] - points[i] * sum[0];
    }
    std::array<float, N> coefficients{};
    std::transform(sum.begin(), sum.end(), coefficients.begin(),
                   [](double value) { return static_cast<float>(value); });
    return coefficients;
}

/// base^exponent for base in [0, 2], exponent in (0, 1]: relative error below 3e-7, and below 1e-30
/// instead of 0 at base 0.
struct Power {
    explicit Power(double exponent)
        : exponent_(static_cast<float>(exponent)),
          of_mantissa_(fitted<7>([=](double x) { return std::pow(1 + x / 3, exponent); })),
          of_two_(fitted<6>([](double x) { return std::exp2(x / 2); })) {}

    float operator()(float base) const {
        // base = 2^e m with m in [2/3, 4/3).
        constexpr std::uint32_t two_thirds = 0x3F2AAAABU;
        const auto bits = std::bit_cast<std::uint32_t>(base);
        const std::int32_t e = static_cast<std::int32_t>(bits - two_thirds) >> 23;
        const auto m = std::bit_cast<float>(bits - (static_cast<std::uint32_t>(e) << 23));
        const float x = m * 3.0F - 3.0F;
        const auto& a = of_mantissa_;
        const float power_of_m =
            a[0] + x * (a[1] + x * (a[2] + x * (a[3] + x * (a[4] + x * (a[5] + x * a[6])))));
        // 2^(exponent e): the nearest integer goes to the exponent's bits.
        const float whole = exponent_ * static_cast<float>(e);
        constexpr float rounder = 12582912.0F;  // 1.5 * 2^23
        const float rounded = whole + rounder;
        const float rest = (whole - (rounded - rounder)) * 2.0F;
        const auto& b = of_two_;
        const float power_of_two =
            b[0] + rest * (b[1] + rest * (b[2] + rest * (b[3] + rest * (b[4] + rest * b[5]))));
        const std::uint32_t shift = std::bit_cast<std::uint32_t>(rounded) << 23;
        return power_of_m *
               std::bit_cast<float>(std::bit_cast<std::uint32_t>(power_of_two) + shift);
    }

private:
    float exponent_;
    std::array<float, 7> of_mantissa_;
    std::array<float, 6> of_two_;
};

#if defined(__x86_64__) && defined(__gnu_linux__) && !defined(__SANITIZE_ADDRESS__)
#define MSUNET_FOR_EACH_CPU __attribute__((target_clones("avx512f", "avx2", "default")))
#else
#define MSUNET_FOR_EACH_CPU
#endif

/// For x in [begin, end): adds the kernel of a[x] against b[x + shift] to sum_a[x], and takes it
/// from sum_b[x + shift]. Values are 2u and 2v, the sums twice the kernel's.
MSUNET_FOR_EACH_CPU
void add_pairs(const float* __restrict a, const float* __restrict b, float* __restrict sum_a,
               float* __restrict sum_b, std::ptrdiff_t begin, std::ptrdiff_t end,
               std::ptrdiff_t shift, const Power power, float beta) {
    for (std::ptrdiff_t x = begin; x < end; ++x) {
        const float difference = a[x] - b[x + shift];
        const float distance = std::fabs(difference);
        const float size = power(distance) - beta * distance;  // may be below 0
        const float kernel = size * std::copysign(1.0F, difference);
        sum_a[x] += kernel;
        sum_b[x + shift] -= kernel;
    }
}

/// The range of a row that is not background.
struct Extent {
    std::ptrdiff_t begin = 0;
    std::ptrdiff_t end = 0;  ///< equal to begin if there is nothing else
};

/// Sums of the kernel over the window of every voxel.
class WindowSums {
public:
    WindowSums(const core::Volume& volume, std::span<const float> doubled, const Contrast& contrast)
        : size_(volume.size),
          width_(static_cast<std::ptrdiff_t>(size_[0])),
          radius_(static_cast<std::ptrdiff_t>(contrast.radius)),
          power_(contrast.alpha),
          beta_(static_cast<float>(contrast.beta)),
          doubled_(doubled),
          sums_(doubled.size()),
          extents_(size_[1] * size_[2]) {
        constexpr float background = -1.0F;  // the least value, doubled
        for (std::size_t row = 0; row < extents_.size(); ++row) {
            const auto values = doubled_.subspan(row * size_[0], size_[0]);
            const auto other = [](float value) { return value != background; };
            const auto first = std::find_if(values.begin(), values.end(), other);
            const auto last = std::find_if(values.rbegin(), values.rend(), other).base();
            extents_[row] = {first - values.begin(), std::max(first, last) - values.begin()};
        }
    }

    /// Twice the sums, by voxel.
    std::vector<double> take() {
        const auto threads = itk::MultiThreaderBase::New();
        const std::size_t slices = size_[2];
        const std::size_t reach = std::min(static_cast<std::size_t>(radius_), slices - 1);
        threads->ParallelizeArray(
            0, slices, [this](std::size_t z) { meet(z, z); }, nullptr);
        for (std::size_t dz = 1; dz <= reach; ++dz) {
            // Slices z and z + dz are combined. Blocks of dz slices with even numbers share no
            // slice, nor do those with odd numbers, so that each set can run in parallel.
            for (const std::size_t parity : {0, 1}) {
                threads->ParallelizeArray(
                    0, slices - dz,
                    [=, this](std::size_t z) {
                        if ((z / dz) % 2 == parity) meet(z, z + dz);
                    },
                    nullptr);
            }
        }
        return std::move(sums_);
    }

private:
    /// All pairs of rows of slice z with rows of slice z2 within the radius; each once if z = z2.
    void meet(std::size_t z, std::size_t z2) {
        std::vector<float> line(size_[0]);
        std::vector<float> line2(size_[0]);
        const auto rows = static_cast<std::ptrdiff_t>(size_[1]);
        for (std::ptrdiff_t y = 0; y < rows; ++y) {
            const std::ptrdiff_t first = z == z2 ? y : std::max<std::ptrdiff_t>(0, y - radius_);
            for (std::ptrdiff_t y2 = first; y2 <= std::min(rows - 1, y + radius_); ++y2) {
                meet_rows(z * size_[1] + static_cast<std::size_t>(y),
                          z2 * size_[1] + static_cast<std::size_t>(y2), line, line2);
            }
        }
    }

    void meet_rows(std::size_t row, std::size_t row2, std::span<float> line,
                   std::span<float> line2) {
        const Extent own = extents_[row];
        const Extent other = extents_[row2];
        if (own.begin == own.end && other.begin == other.end) return;
        std::fill(line.begin(), line.end(), 0.0F);
        std::fill(line2.begin(), line2.end(), 0.0F);
        const float* values = doubled_.data() + row * size_[0];
        const float* values2 = doubled_.data() + row2 * size_[0];
        // A row is combined with itself in one direction only.
        for (std::ptrdiff_t shift = row == row2 ? 1 : -radius_; shift <= radius_; ++shift) {
            // Background against background is 0.
            std::ptrdiff_t begin = own.begin == own.end ? width_ : own.begin;
            std::ptrdiff_t end = own.end;
            if (other.begin < other.end) {
                begin = std::min(begin, other.begin - shift);
                end = std::max(end, other.end - shift);
            }
            begin = std::max({begin, std::ptrdiff_t{0}, -shift});
            end = std::min({end, width_, width_ - shift});
            add_pairs(values, values2, line.data(), line2.data(), begin, end, shift, power_, beta_);
        }
        double* sums = sums_.data() + row * size_[0];
        double* sums2 = sums_.data() + row2 * size_[0];
        for (std::size_t x = 0; x < size_[0]; ++x) sums[x] += line[x];
        for (std::size_t x = 0; x < size_[0]; ++x) sums2[x] += line2[x];
    }

    std::array<std::size_t, 3> size_;
    std::ptrdiff_t width_;
    std::ptrdiff_t radius_;
    Power power_;
    float beta_;
    std::span<const float> doubled_;
    std::vector<double> sums_;
    std::vector<Extent> extents_;
};

/// How many positions of the window around `place` lie in [0, size).
double covered(std::size_t place, std::size_t size, std::size_t radius) {
    return static_cast<double>(std::min(place + radius, size - 1) -
                               (place - std::min(place, radius)) + 1);
}

}  // namespace

core::Volume equalise(const core::Volume& volume, const Contrast& contrast) {
    core::Volume result = volume;
    if (volume.voxels.empty()) return result;
    const auto [least, most] = std::minmax_element(volume.voxels.begin(), volume.voxels.end());
    const float low = *least;
    const double range = static_cast<double>(*most) - low;
    if (!(range > 0)) return result;
    std::vector<float> doubled(volume.voxels.size());
    std::transform(volume.voxels.begin(), volume.voxels.end(), doubled.begin(), [&](float voxel) {
        return 2 * static_cast<float>((static_cast<double>(voxel) - low) / range - 0.5);
    });
    const std::vector<double> sums = WindowSums(volume, doubled, contrast).take();
    std::size_t i = 0;
    for (std::size_t z = 0; z < volume.size[2]; ++z) {
        for (std::size_t y = 0; y < volume.size[1]; ++y) {
            const double rows = covered(z, volume.size[2], contrast.radius) *
                                covered(y, volume.size[1], contrast.radius);
            for (std::size_t x = 0; x < volume.size[0]; ++x, ++i) {
                const double window = rows * covered(x, volume.size[0], contrast.radius);
                const double mean =
                    0.5 * sums[i] / window + contrast.beta * 0.5 * static_cast<double>(doubled[i]);
                result.voxels[i] = static_cast<float>(range * (mean + 0.5) + low);
            }
        }
    }
    return result;
}

}  // namespace msunet::imaging
