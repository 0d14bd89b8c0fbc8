# SPDX-License-Identifier: Apache-2.0
"""Every loss, activation and optimiser by its name: all train for an epoch, and without trainable
parameters the validation loss is Keras's."""

import tempfile
import unittest

import numpy as np

import runs
from reference_data import build, dice_coef_loss, keras, samples

LOSSES = """
    dice_coef_loss binary_crossentropy bce mean_squared_error mse mean_absolute_error mae
    mean_squared_logarithmic_error msle mean_absolute_percentage_error mape hinge
    squared_hinge huber log_cosh logcosh poisson kl_divergence kld cosine_similarity
    binary_focal_crossentropy
""".split()
ALIASES = "bce mse mae msle mape logcosh kld".split()
OPTIMIZERS = """
    SGD RMSprop Adam AdamW Adadelta Adafactor Adagrad Adamax Nadam Ftrl Lion
""".split()
ACTIVATIONS = """
    linear sigmoid hard_sigmoid tanh relu softplus softsign elu selu gelu swish silu mish
    exponential softmax
""".split()
# Losses whose value depends on whether the activation is sigmoid.
CLIPPED = ["binary_crossentropy", "binary_focal_crossentropy"]
# Equal values are trained once, so other names are other sweeps.
OTHER_ACTIVATIONS = ["silu"]
BATCH = 16
ONE_PATCH_A_SLICE = ("-fp", 1, "-fs", 1, "-ts", 28)


class Names(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def test_every_loss_and_optimizer_trains(self):
        losses = [name for name in LOSSES if name not in ALIASES]
        grid = {
            "losses": losses,
            "optimizer": OPTIMIZERS,
            "lr": 1e-4,
            "epochs": 1,
            "batch_size": BATCH,
        }
        sweep = runs.train(
            self.folder,
            grid,
            *ONE_PATCH_A_SLICE,
            "--boolean_limit",
            "losses == 'dice_coef_loss' or optimizer == 'Adam'"
        )
        rows = sweep.rows()
        self.assertEqual(len(rows), len(losses) + len(OPTIMIZERS) - 1)
        for row in rows:
            self.assertTrue(
                np.isfinite(float(row["loss"])) and np.isfinite(float(row["val_loss"])), row
            )

    def rows_of(self, name, losses, activations, limit):
        grid = {
            **runs.NOTHING_TRAINS,
            "losses": losses,
            "finalActivation": activations,
            "batch_size": BATCH,
        }
        options = (*ONE_PATCH_A_SLICE, "--boolean_limit", limit)
        return runs.train(self.folder, grid, *options, name=name).rows()

    def test_every_loss_and_activation_is_that_of_keras(self):
        losses = [name for name in LOSSES if name not in ALIASES]
        activations = [name for name in ACTIVATIONS if name not in OTHER_ACTIVATIONS]
        rows = self.rows_of(
            "names",
            losses,
            activations,
            "losses == 'dice_coef_loss' or finalActivation == 'sigmoid' or "
            f"(finalActivation == 'tanh' and losses in {CLIPPED})",
        )
        self.assertEqual(len(rows), len(losses) + len(activations) - 1 + len(CLIPPED))
        others = self.rows_of(
            "aliases",
            ALIASES,
            ["sigmoid", *OTHER_ACTIVATIONS],
            "losses == 'bce' or finalActivation == 'sigmoid'",
        )
        self.assertEqual(len(others), len(ALIASES) + len(OTHER_ACTIVATIONS))
        data = samples("target", 28, fractions=(1, 1)).of_pairs(1, 2)
        model = build(*data.x.shape[1:3], dropout=0.0)
        model.load_weights(runs.START)
        theirs = {}
        for row in rows + others:
            activation = keras.activations.get(row["finalActivation"])
            loss = (
                dice_coef_loss
                if row["losses"] == "dice_coef_loss"
                else keras.losses.get(row["losses"])
            )
            what = loss.__name__, activation.__name__
            if what not in theirs:
                model.layers[-1].activation = activation
                model.compile(loss=loss)
                theirs[what] = model.evaluate(data.x, data.y, batch_size=BATCH, verbose=0)
            np.testing.assert_allclose(
                float(row["val_loss"]), theirs[what], rtol=1e-5, err_msg=str(what)
            )


if __name__ == "__main__":
    unittest.main()
