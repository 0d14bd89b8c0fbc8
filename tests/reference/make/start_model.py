# SPDX-License-Identifier: Apache-2.0
"""Start models as Keras 2.15 writes them.

start_model.py ARCHIVE: a .tar.gz with start.hdf5 (whole model with a loss and Adam's state) and
initialWeights.h5 (the same weights alone). Their values repeat, so that 38 MB compress well.
start_model.py --seeded FOLDER: both with the weights of `seeded.weights`, to compute with them."""

import io
import os
import sys
import tarfile
import tempfile

import network  # before TensorFlow computes anything
import numpy as np
from tensorflow import keras

PERIOD = 251


def repeating(number, shape):
    """Distinct values within a period, other ones for every tensor."""
    count = int(np.prod(shape))
    values = (np.arange(count) % PERIOD + 1 + number / 256) / (4 * PERIOD)
    return values.astype("f4").reshape(shape)


def save(model, folder):
    model.save(os.path.join(folder, "start.hdf5"))
    model.save_weights(os.path.join(folder, "initialWeights.h5"))


def compiled(model):
    optimizer = keras.optimizers.Adam(learning_rate=1e-3)
    model.compile(loss=network.dice_coef_loss, optimizer=optimizer, metrics=[network.dice_coef])
    optimizer.build(model.trainable_weights)
    return model


def seeded(folder):
    os.makedirs(folder, exist_ok=True)
    save(compiled(network.seeded_network(64, 64, dropout=0.5)), folder)


def add(archive, name, data):
    member = tarfile.TarInfo(name)
    member.size = len(data)
    archive.addfile(member, io.BytesIO(data))


def make(path):
    model = compiled(network.build(64, 64))
    shapes = network.named_shapes(model)
    model.set_weights([repeating(i, shape) for i, (_, shape) in enumerate(shapes)])
    with tempfile.TemporaryDirectory() as folder, tarfile.open(path, "w:gz") as archive:
        save(model, folder)
        for name in ("initialWeights.h5", "start.hdf5"):
            with open(os.path.join(folder, name), "rb") as file:
                add(archive, name, file.read())


if __name__ == "__main__":
    if sys.argv[1] == "--seeded":
        seeded(sys.argv[2])
    else:
        make(sys.argv[1])
