# SPDX-License-Identifier: Apache-2.0
"""JAX's side of the training benchmark: one jitted function for a whole step, whose state is
donated; the samples in memory. With PRECISION bf16 activations and the weights of convolutions are
cast to bfloat16; weights, BatchNorm's statistics and loss stay in float32. Same arguments and
protocol as step_benchmark.cpp."""

import os
import sys
from functools import partial

import jax
import numpy as np
import steps
from jax import lax
from jax import numpy as jnp

CONTRACTING = (32, 64, 96, 128, 256)
EXPANDING = (128, 96, 64, 32)
NORM_EPSILON, NORM_MOMENTUM = 1e-3, 0.99
EPSILON, RATE, BETA1, BETA2 = 1e-7, 1e-3, 0.9, 0.999


def set_threads(threads):
    """XLA's thread pool is made with the first computation."""
    os.environ["NPROC"] = str(threads)


# --------------------------------------------------------------------------------------- the network

def new_layers(seed):
    """The tensors of all convolutions and their BatchNorms, in the order of the network."""
    random = np.random.RandomState(seed)

    def layer(size, channels, filters, norm=True):
        deviation = np.sqrt(2 / (size * size * channels))
        tensors = {"kernel": deviation * random.standard_normal((size, size, channels, filters)),
                   "bias": np.zeros(filters)}
        if norm:
            tensors |= {"gamma": np.ones(filters), "beta": np.zeros(filters)}
        return {name: jnp.asarray(tensor, jnp.float32) for name, tensor in tensors.items()}

    layers, channels = [], 1
    for filters in CONTRACTING:
        layers += [layer(3, channels, filters), layer(3, filters, filters)]
        channels = filters
    for filters in EXPANDING:
        layers += [layer(2, channels, filters), layer(3, 2 * filters, filters),
                   layer(3, filters, filters)]
        channels = filters
    return [*layers, layer(3, channels, 2, False), layer(1, 2, 1, False)]


def convolve(x, layer):
    kernel, bias = layer["kernel"].astype(x.dtype), layer["bias"].astype(x.dtype)
    return bias + lax.conv_general_dilated(x, kernel, (1, 1), "SAME",
                                           dimension_numbers=("NHWC", "HWIO", "NHWC"))


def normalise(x, layer):
    """BatchNorm. Returns also mean and unbiased variance of each channel."""
    wide = x.astype(jnp.float32)
    mean = wide.mean((0, 1, 2))
    variance = jnp.maximum((wide * wide).mean((0, 1, 2)) - mean * mean, 0)
    scale = layer["gamma"] * lax.rsqrt(variance + NORM_EPSILON)
    count = x.size // x.shape[-1]
    return ((wide * scale + (layer["beta"] - mean * scale)).astype(x.dtype),
            (mean, variance * (count / (count - 1))))


def pool(x):
    """Max pooling whose gradient goes to the first of equal values."""
    def first(a, b):
        return jnp.where(a >= b, a, b)
    return first(first(x[:, ::2, ::2], x[:, ::2, 1::2]), first(x[:, 1::2, ::2], x[:, 1::2, 1::2]))


def upsample(x):
    n, height, width, channels = x.shape
    wide = jnp.broadcast_to(x[:, :, None, :, None], (n, height, 2, width, 2, channels))
    return wide.reshape(n, 2 * height, 2 * width, channels)


def drop(x, key, rate):
    if rate == 0:
        return x
    kept = jax.random.bernoulli(key, 1 - rate, x.shape)
    return jnp.where(kept, x / (1 - rate), 0).astype(x.dtype)


def forward(layers, x, key, rate):
    """Logits, and each BatchNorm's mean and variance."""
    left, statistics, skips = iter(layers), [], []

    def stage(x):
        layer = next(left)
        x, found = normalise(jax.nn.relu(convolve(x, layer)), layer)
        statistics.append(found)
        return x

    for _ in CONTRACTING:
        x = stage(stage(pool(x) if skips else x))
        skips.append(x)
    skips.pop()
    for number in range(len(EXPANDING)):
        x = jnp.concatenate([skips.pop(), stage(upsample(x))], -1)
        x = stage(stage(drop(x, jax.random.fold_in(key, number), rate)))
    x = jax.nn.relu(convolve(x, next(left)))
    return convolve(x, next(left)), statistics


# ------------------------------------------------------------------------------------------ training

def dice_loss(layers, x, y, key, rate, kind):
    logits, statistics = forward(layers, x.astype(kind), key, rate)
    p = jax.nn.sigmoid(logits.astype(jnp.float32))
    overlap = (p * y).sum((1, 2, 3))
    total = p.sum((1, 2, 3)) + y.sum((1, 2, 3))
    return (1 - (2 * overlap + EPSILON) / (total + EPSILON)).mean(), (statistics, p)


def adam(state, gradients):
    """The new layers and moments."""
    step = state["step"] + 1
    rate = RATE * jnp.sqrt(1 - BETA2**step) / (1 - BETA1**step)
    first = jax.tree.map(lambda m, g: BETA1 * m + (1 - BETA1) * g, state["first"], gradients)
    second = jax.tree.map(lambda v, g: BETA2 * v + (1 - BETA2) * g * g, state["second"], gradients)
    layers = jax.tree.map(lambda w, m, v: w - rate * m / (jnp.sqrt(v) + EPSILON), state["layers"],
                          first, second)
    return {"layers": layers, "first": first, "second": second, "step": step}


@partial(jax.jit, donate_argnums=0, static_argnames=("rate", "kind"))
def train_step(state, x, y, rate, kind):
    """The state after one step; loss, Dice and Jaccard index of the batch."""
    key, drawn = jax.random.split(state["key"])
    (loss, (statistics, p)), gradients = jax.value_and_grad(dice_loss, has_aux=True)(
        state["layers"], x, y, drawn, rate, kind)
    running = jax.tree.map(lambda old, new: NORM_MOMENTUM * old + (1 - NORM_MOMENTUM) * new,
                           state["running"], statistics)
    overlap, total = (p * y).sum(), p.sum() + y.sum()
    metrics = jnp.stack([loss, 2 * overlap / total, overlap / (total - overlap)])
    return {**adam(state, gradients), "running": running, "key": key}, metrics


class Training:
    """Trains on x (N,height,width,1), float32, and masks y of the same shape, float32."""

    def __init__(self, x, y, batch, dropout, bf16):
        self.x, self.y, self.batch, self.dropout = x, y, batch, dropout
        self.kind = jnp.bfloat16 if bf16 else jnp.float32
        self.order, self.left = np.random.RandomState(1), []
        self.start(new_layers(1))

    def start(self, layers):
        """Begins with these weights."""
        filters = [len(layer["gamma"]) for layer in layers if "gamma" in layer]
        self.state = {"layers": layers, "first": jax.tree.map(jnp.zeros_like, layers),
                      "second": jax.tree.map(jnp.zeros_like, layers), "step": jnp.float32(0),
                      "running": [(jnp.zeros(n), jnp.ones(n)) for n in filters],
                      # Quicker on CPUs than the default generator.
                      "key": jax.random.key(1, impl="rbg")}

    def train(self, x, y):
        self.state, metrics = train_step(self.state, x, y, self.dropout, self.kind)
        return [float(value) for value in np.asarray(metrics)]

    def step(self):
        """Trains on the next batch. Returns its loss, Dice and Jaccard index."""
        if len(self.left) == 0:
            self.left = self.order.permutation(len(self.x))
        chosen, self.left = self.left[:self.batch], self.left[self.batch:]
        return self.train(self.x[chosen], self.y[chosen])

    def compile(self):
        """Compiles the step for the sizes of all batches."""
        for count in steps.sizes_of_batches(len(self.x), self.batch):
            self.train(self.x[:count], self.y[:count])


def main():
    x_file, y_file, samples, size, batch, dropout, precision, threads = sys.argv[1:]
    set_threads(int(threads))
    shape = (int(samples), int(size), int(size), 1)
    x = np.fromfile(x_file, "f4").reshape(shape)
    y = np.fromfile(y_file, "u1").reshape(shape).astype("f4")
    training = Training(x, y, int(batch), float(dropout), precision == "bf16")
    assert sum(w.size for w in jax.tree.leaves(training.state["layers"])) == 2395173
    training.compile()
    steps.serve(training.step)


if __name__ == "__main__":
    main()
