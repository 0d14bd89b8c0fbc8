// SPDX-License-Identifier: Apache-2.0
/// \file
/// The kernels of the network's head and of the loss. Part of kernels.cuh.

/// The two channels of a pixel.
struct alignas(2 * sizeof(Element)) Pair {
    Element at[2];
};

__device__ inline Pair load_pair(const void* from, int pixel) {
    return static_cast<const Pair*>(from)[pixel];
}

KERNEL(4) head_forward(HeadForward p) {
    const Wide score[2] = {wide(p.score, 0), wide(p.score, 1)};
    const Wide score_bias = wide(p.score_bias, 0);
    for (long long i = thread_number(); i < p.pixels; i += thread_count()) {
        const int pixel = static_cast<int>(i);
        const Pair z = load_pair(p.z, pixel);
        Wide logit = score_bias;
        for (int k = 0; k < 2; ++k) logit += relu(widen(z.at[k])) * score[k];
        static_cast<Wide*>(p.logits)[pixel] = logit;
    }
}

KERNEL(4) head_backward(HeadBackward p) {
    const Wide score[2] = {wide(p.score, 0), wide(p.score, 1)};
    // Of the gradients of score (2), its bias, and the bias (2).
    Wide sums[5] = {};
    for (long long i = thread_number(); i < p.pixels; i += thread_count()) {
        const int pixel = static_cast<int>(i);
        Pair z = load_pair(p.z, pixel);
        const Wide d = wide(p.gradient, pixel);
        sums[2] += d;
        for (int k = 0; k < 2; ++k) {
            const Wide a = relu(widen(z.at[k]));
            const Wide da = a > 0 ? d * score[k] : Wide(0);
            sums[k] += d * a;
            sums[3 + k] += da;
            narrow(da, z.at[k]);
        }
        if (p.writes) static_cast<Pair*>(p.z)[pixel] = z;
    }
    double totals[5];
    for (int number = 0; number < 5; ++number) totals[number] = sums[number];
    if (!add_in_grid(p.scratch, totals) || threadIdx.x != 0) return;
    for (int k = 0; k < 2; ++k) {
        if (p.score_gradient != nullptr) {
            static_cast<Wide*>(p.score_gradient)[k] = static_cast<Wide>(totals[k]);
        }
        if (p.bias_gradient != nullptr) {
            static_cast<Wide*>(p.bias_gradient)[k] = static_cast<Wide>(totals[3 + k]);
        }
    }
    if (p.score_gradient != nullptr) {
        static_cast<Wide*>(p.score_bias_gradient)[0] = static_cast<Wide>(totals[2]);
    }
}

/// The value of a loss on a pixel, and its derivative by the logit. `p` = sigmoid(x).
struct PixelLoss {
    Wide value, derivative;

    __device__ PixelLoss(LossKind kind, Wide x, Wide t, Wide p)
        : value(relu(x) - x * t + log_1_plus(exponential(x < 0 ? x : -x))), derivative(p - t) {
        if (kind != LossKind::binary_focal_crossentropy) return;
        const Wide miss = 1 - (t * p + (1 - t) * (1 - p));
        derivative = 2 * miss * (1 - 2 * t) * p * (1 - p) * value + miss * miss * derivative;
        value *= miss * miss;
    }
};

__device__ inline Wide sigmoid(Wide x) { return 1 / (1 + exponential(-x)); }

/// The loss of a sample from its sums. For Dice also writes what dice_gradient needs.
__device__ inline double sample_loss(const EvaluateLoss& p, int sample,
                                     const double (&sums)[loss_sums]) {
    if (p.kind != LossKind::dice) return sums[0] / p.pixels;
    constexpr double epsilon = 1e-7;
    const double above = 2 * sums[1] + epsilon, below = sums[2] + sums[3] + epsilon;
    if (p.slopes != nullptr) {
        const double share = wide(p.weights, sample) / p.global;
        auto* const slopes = static_cast<Wide*>(p.slopes) + 2 * sample;
        slopes[0] = static_cast<Wide>(share * above / (below * below));
        slopes[1] = static_cast<Wide>(share * 2 / below);
    }
    return 1 - above / below;
}

/// In the last block: the sums of all samples from those of all blocks.
__device__ inline void finish_loss(const EvaluateLoss& p) {
    double totals[5] = {};
    for (int sample = static_cast<int>(threadIdx.x); sample < p.samples; sample += block_size) {
        double sums[loss_sums] = {};
        const double* of_part = static_cast<const double*>(p.scratch.partial) +
                                static_cast<long long>(sample) * p.parts * loss_sums;
        for (int part = 0; part < p.parts; ++part, of_part += loss_sums) {
            for (int number = 0; number < loss_sums; ++number) sums[number] += of_part[number];
        }
        const double loss = sample_loss(p, sample, sums);
        totals[0] += wide(p.weights, sample) * loss;
        totals[1] += loss;
        for (int number = 1; number < loss_sums; ++number) totals[1 + number] += sums[number];
    }
    add_in_block(totals);
    if (threadIdx.x != 0) return;
    for (int number = 0; number < 5; ++number) p.sums[number] = totals[number];
}

KERNEL(4) evaluate_loss(EvaluateLoss p) {
    const int sample = static_cast<int>(blockIdx.x) / p.parts;
    const int part = static_cast<int>(blockIdx.x) % p.parts;
    const long long first = static_cast<long long>(sample) * p.pixels;
    const Wide share = static_cast<Wide>(wide(p.weights, sample) / (p.global * p.pixels));
    Wide sums[loss_sums] = {};
    for (int i = part * block_size + static_cast<int>(threadIdx.x); i < p.pixels;
         i += p.parts * block_size) {
        const Wide x = wide(p.logits, first + i), t = wide(p.targets, first + i);
        const Wide y = sigmoid(x);
        sums[1] += t * y;
        sums[2] += t;
        sums[3] += y;
        if (p.kind == LossKind::dice) continue;
        const PixelLoss loss(p.kind, x, t, y);
        sums[0] += loss.value;
        if (p.gradient != nullptr) {
            static_cast<Wide*>(p.gradient)[first + i] = loss.derivative * share;
        }
    }
    double totals[loss_sums];
    for (int number = 0; number < loss_sums; ++number) totals[number] = sums[number];
    add_in_block(totals);
    if (threadIdx.x == 0) {
        auto* const of_block = static_cast<double*>(p.scratch.partial) + blockIdx.x * loss_sums;
        for (int number = 0; number < loss_sums; ++number) of_block[number] = totals[number];
    }
    if (is_last_block(p.scratch)) finish_loss(p);
}

KERNEL(4) dice_gradient(DiceGradient p) {
    const long long all = static_cast<long long>(p.samples) * p.pixels;
    for (long long i = thread_number(); i < all; i += thread_count()) {
        const long long sample = i / p.pixels;
        const Wide y = sigmoid(wide(p.logits, i));
        const Wide slope =
            wide(p.slopes, 2 * sample) - wide(p.targets, i) * wide(p.slopes, 2 * sample + 1);
        static_cast<Wide*>(p.gradient)[i] = slope * y * (1 - y);
    }
}
