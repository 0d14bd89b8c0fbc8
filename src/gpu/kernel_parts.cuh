// SPDX-License-Identifier: Apache-2.0
/// \file
/// What the kernels of kernels.cuh are made of: types, accesses, the division of channels and
/// pixels among threads, and sums by channel. Included there only, once for each element type.

using namespace msunet::gpu;

#ifdef __CUDACC__
/// A kernel. The compiler limits its registers so that `blocks` blocks fit on a multiprocessor: 4
/// with 64 registers a thread, 2 with 128.
#define KERNEL(blocks) extern "C" __global__ void __launch_bounds__(block_size, blocks)
#define UNROLLED _Pragma("unroll")
/// Keeps the compiler from holding in registers what was read from memory before.
#define FORGET_READS asm volatile("" ::: "memory")
#endif

/// bfloat16: the upper half of a float32.
struct Bf16 {
    unsigned short bits;
};

using Element = ELEMENT;

template <class T>
struct WideOf {
    using type = float;
};
template <>
struct WideOf<double> {
    using type = double;
};
using Wide = WideOf<Element>::type;

__device__ inline float widen(float x) { return x; }
__device__ inline double widen(double x) { return x; }
__device__ inline float widen(Bf16 x) {
    return __uint_as_float(static_cast<unsigned>(x.bits) << 16U);
}

__device__ inline void narrow(float x, float& to) { to = x; }
__device__ inline void narrow(double x, double& to) { to = x; }
/// Rounds to the nearest, ties to even.
__device__ inline void narrow(float x, Bf16& to) {
    const unsigned bits = __float_as_uint(x);
    const unsigned rounded = (bits + 0x7FFFU + ((bits >> 16U) & 1U)) >> 16U;
    to.bits = static_cast<unsigned short>(x == x ? rounded : 0x7FC0U);
}

/// Channels of a thread.
constexpr int width = access_bytes / sizeof(Element);

/// Adjacent channels, read and written in one access.
struct alignas(access_bytes) Pack {
    Element at[width];
};

/// Indices of pooling for them.
struct alignas(width) Indices {
    unsigned char at[width];
};

/// The number of a channel of a pixel.
__device__ inline long long place(int pixel, int stride, int channel) {
    return static_cast<long long>(pixel) * stride + channel;
}

__device__ inline Pack load(const void* from, long long at) {
    return *reinterpret_cast<const Pack*>(static_cast<const Element*>(from) + at);
}

__device__ inline void store(void* to, long long at, const Pack& values) {
    *reinterpret_cast<Pack*>(static_cast<Element*>(to) + at) = values;
}

/// Adjacent numbers in the type of arithmetic, read and written in one access.
constexpr int wide_width = access_bytes / sizeof(Wide);
struct alignas(access_bytes) WidePack {
    Wide at[wide_width];
};

__device__ inline WidePack load_wide(const void* from, long long at) {
    return *reinterpret_cast<const WidePack*>(static_cast<const Wide*>(from) + at);
}

__device__ inline void store_wide(void* to, long long at, const WidePack& values) {
    *reinterpret_cast<WidePack*>(static_cast<Wide*>(to) + at) = values;
}

__device__ inline Wide wide(const void* from, long long at) {
    return static_cast<const Wide*>(from)[at];
}

/// Coefficients of a thread's channels; `otherwise` without `from`.
struct Coefficients {
    Wide at[width];
    __device__ Coefficients(const void* from, int channel, Wide otherwise = 0) {
        for (int k = 0; k < width; ++k) {
            at[k] = from == nullptr ? otherwise : wide(from, channel + k);
        }
    }
};

/// A word whose lowest `width` bits say which of the elements [at, at + width) dropout keeps; `at`
/// is a multiple of `width`.
__device__ inline unsigned kept(const unsigned* bits, long long at) {
    return bits == nullptr ? ~0U : bits[at >> 5] >> (at & 31);
}

__device__ inline long long thread_number() {
    return static_cast<long long>(blockIdx.x) * blockDim.x + threadIdx.x;
}

__device__ inline long long thread_count() {
    return static_cast<long long>(gridDim.x) * blockDim.x;
}

/// The binary logarithm of a power of 2.
__device__ constexpr int log2_of(int power) { return power == 1 ? 0 : 1 + log2_of(power / 2); }

/// What a thread works on: the channels [channel, channel + width) of the pixels first, first +
/// step, …
struct Share {
    int slab, lanes;  ///< channels of the block; threads that share a pixel, a power of 2
    int channel, first, step;
    __device__ explicit Share(int channels) : slab(slab_of(channels)), lanes(slab / width) {
        constexpr int small = smallest_slab / width, of_small = log2_of(small),
                      of_large = log2_of(largest_slab / width);
        const int shift = lanes == small ? of_small : of_large;
        const int thread = static_cast<int>(threadIdx.x), rows = block_size >> shift;
        channel = static_cast<int>(blockIdx.y) * slab + (thread & (lanes - 1)) * width;
        first = static_cast<int>(blockIdx.x) * rows + (thread >> shift);
        step = static_cast<int>(gridDim.x) * rows;
    }
};

/// Calls read(pixel, item) for `in_flight` of the share's pixels, so that so many reads are under
/// way at once, then use(pixel, item) for each of them, until all `pixels` are done.
template <int in_flight, class Item, class Read, class Use>
__device__ inline void for_pixels(const Share& share, int pixels, const Read& read,
                                  const Use& use) {
    for (int first = share.first; first < pixels; first += in_flight * share.step) {
        Item items[in_flight];
        UNROLLED for (int i = 0; i < in_flight; ++i) {
            const int pixel = first + i * share.step;
            if (pixel < pixels) read(pixel, items[i]);
        }
        UNROLLED for (int i = 0; i < in_flight; ++i) {
            const int pixel = first + i * share.step;
            if (pixel >= pixels) break;
            use(pixel, items[i]);
        }
    }
}

__device__ inline float square_root(float x) { return sqrtf(x); }
__device__ inline double square_root(double x) { return sqrt(x); }

__device__ inline float exponential(float x) { return expf(x); }
__device__ inline double exponential(double x) { return exp(x); }
__device__ inline float log_1_plus(float x) { return log1pf(x); }
__device__ inline double log_1_plus(double x) { return log1p(x); }

__device__ inline Wide relu(Wide x) { return x < 0 ? Wide(0) : x; }

/// Adds up the block's values of each channel in the type of arithmetic, and stores them. All
/// threads take part.
__device__ inline void store_partial(Wide* to, const Share& share, const Wide (&values)[width]) {
    __shared__ Wide all[block_size * width];
    __shared__ Wide parts[block_size];
    const int thread = static_cast<int>(threadIdx.x);
    for (int k = 0; k < width; ++k) all[k * block_size + thread] = values[k];
    __syncthreads();
    // Several threads a channel, each for every so many of the threads that had it.
    const int channel = thread % share.slab, first = thread / share.slab;
    const int count = block_size / share.slab, rows = block_size / share.lanes;
    const Wide* const of_channel = all + channel % width * block_size + channel / width;
    Wide sum = 0;
    for (int row = first; row < rows; row += count) sum += of_channel[row * share.lanes];
    parts[thread] = sum;
    __syncthreads();
    if (thread < share.slab) {
        for (int part = 1; part < count; ++part) sum += parts[part * share.slab + thread];
        to[thread] = sum;
    }
    // `all` and `parts` may be written again.
    __syncthreads();
}

/// Whether this block is the last of its slab to come here. What all of them stored before is
/// visible to it.
__device__ inline bool is_last_block(const Scratch& scratch) {
    __shared__ bool last;
    __threadfence();
    __syncthreads();
    if (threadIdx.x == 0) {
        // It returns to 0 with the last block, for the next kernel.
        last = atomicInc(scratch.counters + blockIdx.y, gridDim.x - 1) == gridDim.x - 1;
    }
    __syncthreads();
    __threadfence();
    return last;
}

/// Adds up a slab's sums of all blocks: those of channel t, by number, in thread t.
template <int count>
__device__ inline void add_partials(const Wide* partial, int slab, double (&totals)[count]) {
    __shared__ double parts[block_size * wide_width];
    // Each of `lanes` threads adds up adjacent sums, of every so many blocks.
    const int thread = static_cast<int>(threadIdx.x);
    const int sums = count * slab, lanes = sums / wide_width, step = block_size / lanes;
    const int lane = thread % lanes;
    double sum[wide_width] = {};
    // Threads that are left over, where `lanes` is no power of 2, add nothing.
    const int blocks = thread / lanes < step ? static_cast<int>(gridDim.x) : 0;
    for (int block = thread / lanes; block < blocks; block += step) {
        const WidePack values = load_wide(partial, block * sums + lane * wide_width);
        for (int k = 0; k < wide_width; ++k) sum[k] += values.at[k];
    }
    for (int k = 0; k < wide_width && blocks > 0; ++k) {
        parts[thread / lanes * sums + lane * wide_width + k] = sum[k];
    }
    __syncthreads();
    if (thread >= slab) return;
    for (int number = 0; number < count; ++number) {
        totals[number] = 0;
        for (int part = 0; part < step; ++part) {
            totals[number] += parts[part * sums + number * slab + thread];
        }
    }
}

/// Adds up `values` over all threads. Calls finish(channel, totals) for each channel, in one
/// thread of the last block.
template <int count, class Finish>
__device__ inline void sum_by_channel(const Scratch& scratch, const Share& share,
                                      const Wide (&values)[count][width], const Finish& finish) {
    const long long sums = count * share.slab;
    Wide* const of_slab =
        static_cast<Wide*>(scratch.partial) + static_cast<long long>(blockIdx.y) * gridDim.x * sums;
    for (int number = 0; number < count; ++number) {
        store_partial(of_slab + blockIdx.x * sums + number * share.slab, share, values[number]);
    }
    if (!is_last_block(scratch)) return;
    double totals[count];
    add_partials<count>(of_slab, share.slab, totals);
    const int thread = static_cast<int>(threadIdx.x);
    if (thread < share.slab) finish(static_cast<int>(blockIdx.y) * share.slab + thread, totals);
}

/// Adds up the values of a block's threads in pairs; the totals are those of thread 0. All threads
/// take part.
template <int count>
__device__ inline void add_in_block(double (&values)[count]) {
    __shared__ double all[count][block_size];
    const int thread = static_cast<int>(threadIdx.x);
    for (int number = 0; number < count; ++number) all[number][thread] = values[number];
    for (int half = block_size / 2; half > 0; half /= 2) {
        __syncthreads();
        if (thread >= half) continue;
        for (int number = 0; number < count; ++number) {
            all[number][thread] += all[number][thread + half];
        }
    }
    for (int number = 0; number < count; ++number) values[number] = all[number][thread];
    // `all` may be written again.
    __syncthreads();
}

/// The same over all blocks of a grid with one row, in their order. Returns whether this is the
/// last block, whose thread 0 has the totals.
template <int count>
__device__ inline bool add_in_grid(const Scratch& scratch, double (&values)[count]) {
    auto* const partial = static_cast<double*>(scratch.partial);
    add_in_block(values);
    if (threadIdx.x == 0) {
        for (int number = 0; number < count; ++number) {
            partial[blockIdx.x * count + number] = values[number];
        }
    }
    if (!is_last_block(scratch)) return false;
    for (int number = 0; number < count; ++number) values[number] = 0;
    for (unsigned block = threadIdx.x; block < gridDim.x; block += block_size) {
        for (int number = 0; number < count; ++number) {
            values[number] += partial[block * count + number];
        }
    }
    add_in_block(values);
    return true;
}
