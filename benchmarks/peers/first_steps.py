# SPDX-License-Identifier: Apache-2.0
"""A peer's first steps from given weights on one batch without dropout, for network_test.py.

  first_steps.py PEER PRECISION FOLDER COUNT SIZE STEPS     PEER: a word of training.py's --peers

FOLDER: weights.raw, float32 in [-1,1) for all tensors in the order of the network, kernels as
(height, width, channels, filters); x.raw and y.raw as step_benchmark.cpp reads them. Prints as JSON
the loss of each step and the sums of BatchNorm's running means and variances after the last."""

import json
import math
import sys
from pathlib import Path


def scaled(raw, kind, fan_in):
    """The values of one tensor: a kernel as He initialisers draw it, others near their usual one."""
    if kind == "kernel":
        return raw * math.sqrt(6 / fan_in)
    return raw * 0.1 + (1 if kind == "gamma" else 0)


# ------------------------------------------------------------------------------------------- PyTorch

def torch_layers(network):
    """Convolutions with their BatchNorms in the order of the network."""
    stages = [stage for block in network.down for stage in block]
    for up, joined in zip(network.up, network.joined):
        stages += [up[1], *joined[1:]]
    return [(stage.convolution, stage.norm) for stage in stages] + [(network.head, None),
                                                                    (network.score, None)]


def torch_set_weights(network, file):
    import torch
    raw = torch.from_file(str(file), size=sum(w.numel() for w in network.parameters()))
    with torch.no_grad():
        for convolution, norm in torch_layers(network):
            tensors = [(convolution.weight, "kernel"), (convolution.bias, "bias")]
            if norm is not None:
                tensors += [(norm.weight, "gamma"), (norm.bias, "beta")]
            for tensor, kind in tensors:
                values, raw = raw[:tensor.numel()], raw[tensor.numel():]
                if kind == "kernel":
                    filters, channels, *window = tensor.shape
                    values = values.view(*window, channels, filters).permute(3, 2, 0, 1)
                tensor.copy_(scaled(values, kind, math.prod(tensor.shape[1:])))


def torch_training(folder, shape, bf16, compiled):
    import torch
    import torch_steps
    n, size, _, _ = shape
    count = math.prod(shape)
    x = torch.from_file(str(folder / "x.raw"), size=count).view(n, 1, size, size).clone()
    y = torch.from_file(str(folder / "y.raw"), size=count, dtype=torch.uint8).view(n, 1, size, size)
    training = torch_steps.Training(x, y.float(), n, 0.0, bf16, compiled)
    torch_set_weights(training.network, folder / "weights.raw")
    norms = [norm for _, norm in torch_layers(training.network) if norm is not None]
    return training.step, lambda: (sum(norm.running_mean.sum().item() for norm in norms),
                                   sum(norm.running_var.sum().item() for norm in norms))


# --------------------------------------------------------------------------------- NumPy's frameworks

def read(folder, shape):
    import numpy as np
    x = np.fromfile(folder / "x.raw", "f4").reshape(shape)
    y = np.fromfile(folder / "y.raw", "u1").reshape(shape).astype("f4")
    return x, y, np.fromfile(folder / "weights.raw", "f4")


def jax_training(folder, shape, bf16):
    import jax_steps
    from jax import numpy as jnp
    x, y, raw = read(folder, shape)
    training = jax_steps.Training(x, y, len(x), 0.0, bf16)
    layers = training.state["layers"]
    for layer in layers:
        fan_in = math.prod(layer["kernel"].shape[:3])
        for kind in ("kernel", "bias", "gamma", "beta"):
            if kind in layer:
                values, raw = raw[:layer[kind].size], raw[layer[kind].size:]
                layer[kind] = jnp.asarray(scaled(values, kind, fan_in).reshape(layer[kind].shape))
    training.start(layers)
    return training.step, lambda: tuple(
        float(sum(pair[i].sum() for pair in training.state["running"])) for i in (0, 1))


def keras_training(folder, shape, bf16):
    import keras_network
    x, y, raw = read(folder, shape)
    model = keras_network.compiled(*shape[1:3], 0.0, bf16=bf16)
    for weight in model.trainable_weights:
        size = math.prod(weight.shape)
        values, raw = raw[:size], raw[size:]
        kind = weight.name.split("/")[-1].split(":")[0]
        weight.assign(scaled(values, kind, math.prod(weight.shape[:3])).reshape(weight.shape))

    def running(name):
        return sum(float(weight.numpy().sum()) for weight in model.weights if name in weight.name)

    return (lambda: model.train_on_batch(x, y),
            lambda: (running("moving_mean"), running("moving_variance")))


def main():
    peer, precision, folder, count, size, steps = sys.argv[1:]
    shape = (int(count), int(size), int(size), 1)
    make = {"torch": lambda *a: torch_training(*a, False),
            "compiled": lambda *a: torch_training(*a, True),
            "jax": jax_training, "keras": keras_training}[peer]
    step, running = make(Path(folder), shape, precision == "bf16")
    losses = [float(step()[0]) for _ in range(int(steps))]
    print(json.dumps({"losses": losses, "running": running()}))


if __name__ == "__main__":
    main()
