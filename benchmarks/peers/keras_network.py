# SPDX-License-Identifier: Apache-2.0
"""The network of the reference results (tests/reference), ready to be trained."""

import sys
from pathlib import Path

import keras
import tensorflow as tf

sys.path.insert(0, str(Path(__file__).resolve().parents[2] / "tests" / "reference" / "make"))
from network import build, dice_coef, dice_coef_loss, jaccard_similarity


def set_threads(threads):
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def compiled(height, width, dropout, lr=1e-3):
    model = build(height, width, dropout)
    model.compile(optimizer=keras.optimizers.Adam(lr), loss=dice_coef_loss,
                  metrics=[dice_coef, jaccard_similarity])
    return model
