# SPDX-License-Identifier: Apache-2.0
"""Opens our files with the TensorFlow that Python finds, and saves what the networks compute.
usage: forward.py FOLDER RESULT.npz (FOLDER: see versions_test.py)"""
import json
import pathlib
import sys

import numpy as np
import tensorflow as tf

keras = tf.keras


def images(height, width):
    return np.random.RandomState(1).rand(2, height, width, 1).astype("f4")


def computed(model, height, width):
    return np.asarray(model(images(height, width), training=False))


def apart(configuration, weights):
    """A network from its JSON, with weights from another file, as Talos's Restore makes it."""
    model = keras.models.model_from_json(configuration.read_text())
    model.load_weights(weights)
    return model


def activations(folder):
    """What the last layer of each file's network computes beside its convolution; without those
    that this version does not know."""
    points = tf.constant(np.linspace(-4, 4, 33).reshape(1, 3, 11), tf.float32)
    computed = {}
    for file in sorted(folder.glob("activation_*.json")):
        layer = json.loads(file.read_text())["config"]["layers"][-1]
        try:
            function = keras.activations.get(layer["config"]["activation"])
        except ValueError:
            continue
        computed[file.stem] = np.asarray(function(points))
    return computed


def main(folder, result):
    np.savez(
        result,
        version=tf.__version__,
        whole=computed(keras.models.load_model(folder / "model.hdf5"), 64, 64),
        free=computed(keras.models.load_model(folder / "free.hdf5"), 96, 32),
        weights=computed(apart(folder / "model.json", folder / "weights.h5"), 64, 64),
        archive=computed(apart(folder / "archive.json", folder / "archive.h5"), 64, 96),
        **activations(folder),
    )


if __name__ == "__main__":
    main(pathlib.Path(sys.argv[1]), sys.argv[2])
