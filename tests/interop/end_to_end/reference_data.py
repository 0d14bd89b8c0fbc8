# SPDX-License-Identifier: Apache-2.0
"""The oracle of the runs, by SimpleITK and Keras: samples after preprocessing, network, loss and
metrics."""

import os
import sys

import runs

sys.path.insert(0, os.path.join(runs.REFERENCE, "make"))
from network import build, dice_coef, dice_coef_loss, jaccard_similarity  # before TensorFlow computes anything
import numpy as np
import preprocess
import tensorflow as tf
from tensorflow import keras  # noqa: F401  for the tests, which import it after `network`

tf.get_logger().setLevel("ERROR")


class Samples:
    """Patches x and masks y (N,H,W,1) in the order of the files, with modality and pair of each."""

    def __init__(self, x, y, modality, pair):
        self.x, self.y, self.modality, self.pair = x, y, modality, pair

    def __len__(self):
        return len(self.x)

    def of(self, chosen):
        return Samples(self.x[chosen], self.y[chosen], self.modality[chosen], self.pair[chosen])

    def of_pairs(self, *pairs):
        return self.of(np.isin(self.pair, pairs))


def files(folder):
    return [
        (os.path.join(folder, "data", data), os.path.join(folder, "masks", mask))
        for data, mask in zip(
            *(sorted(os.listdir(os.path.join(folder, kind))) for kind in ("data", "masks"))
        )
    ]


def samples(mode, argument, fractions=None, fixed=None, pairs=None):
    """Samples of pairs of files: fractions of the slice or fixed pixels, each (patch, stride)."""
    items = []
    for number, (data, mask) in enumerate(pairs or files(runs.INPUTS)):
        _, x, y, kept = preprocess.pair(
            data, mask, mode, argument, fractional=fractions is not None
        )
        height, width, _, _, positions = preprocess.windows(*x.shape[1:], fractions, fixed)
        modality = next(
            i for i, name in enumerate(runs.MODALITIES) if name in os.path.basename(mask)
        )
        items += [
            (
                x[k, r : r + height, c : c + width],
                y[k, r : r + height, c : c + width],
                modality,
                number,
            )
            for k in kept
            for r, c in positions
        ]
    size = [-(-max(item[0].shape[axis] for item in items) // 32) * 32 for axis in (0, 1)]
    x, y = (np.zeros((len(items), *size, 1), "f4") for _ in range(2))
    for n, (patch, mask, _, _) in enumerate(items):
        x[n, : patch.shape[0], : patch.shape[1], 0] = patch
        y[n, : patch.shape[0], : patch.shape[1], 0] = mask
    return Samples(x, y, *(np.array([item[i] for item in items]) for i in (2, 3)))


def evaluate(model, data, batch_size):
    """Loss, dice_coef and jaccard_similarity as Keras's evaluate gives them."""
    return model.evaluate(data.x, data.y, batch_size=batch_size, verbose=0)


def compiled(model):
    model.compile(loss=dice_coef_loss, metrics=[dice_coef, jaccard_similarity])
    return model


def start_model(height, width, file=runs.START):
    """The network with the weights of a start file, ready for `evaluate`."""
    model = build(height, width, dropout=0.0)
    model.load_weights(file)
    return compiled(model)
