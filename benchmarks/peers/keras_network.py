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


def mixed(height, width, dropout):
    """The network under the policy mixed_bfloat16, with its last layer in float32, as the Keras
    guide on mixed precision has it."""
    keras.mixed_precision.set_global_policy("mixed_bfloat16")
    config = build(height, width, dropout).get_config()
    config["layers"][-1]["config"]["dtype"] = "float32"
    return keras.Model.from_config(config)


def compiled(height, width, dropout, lr=1e-3, bf16=False):
    model = (mixed if bf16 else build)(height, width, dropout)
    model.compile(optimizer=keras.optimizers.Adam(lr), loss=dice_coef_loss,
                  metrics=[dice_coef, jaccard_similarity])
    return model
