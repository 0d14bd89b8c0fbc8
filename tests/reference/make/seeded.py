# SPDX-License-Identifier: Apache-2.0
"""Numbers that C++ and Python draw alike: splitmix64 (Steele, Lea and Flood, OOPSLA 2014), and
weights of the network made of them. tests/unit/model/fixtures.hpp has the same in C++."""

import numpy as np

SEED = 20240219

# Bounds of the uniform distribution of each kind of tensor. Kernels have He's variance, 2/fan_in;
# moving variances below 1 let the values grow through the layers as after a training.
BOUNDS = {
    "bias:0": (-0.05, 0.05),
    "gamma:0": (0.8, 1.2),
    "beta:0": (-0.1, 0.1),
    "moving_mean:0": (-0.1, 0.3),
    "moving_variance:0": (0.6, 1.2),
}


def uniform(first, count, seed=SEED):
    """Numbers first, first + 1, … of the sequence, in [0, 1), in double precision."""
    with np.errstate(over="ignore"):
        z = np.uint64(seed) + np.arange(first + 1, first + count + 1, dtype=np.uint64) * np.uint64(
            0x9E3779B97F4A7C15
        )
        z = (z ^ (z >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        z = (z ^ (z >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        z ^= z >> np.uint64(31)
    return (z >> np.uint64(11)) * 2.0**-53


def bounds(name, shape):
    kind = name.rpartition("/")[2]
    if kind == "kernel:0":
        limit = np.sqrt(6.0 / np.prod(shape[:3]))
        return -limit, limit
    return BOUNDS[kind]


def weights(named_shapes):
    """A float32 array for each (name, shape) in Keras's order: one sequence through all of them."""
    first, arrays = 0, []
    for name, shape in named_shapes:
        count = int(np.prod(shape))
        low, high = bounds(name, shape)
        arrays.append((low + (high - low) * uniform(first, count)).astype("f4").reshape(shape))
        first += count
    return arrays
