# SPDX-License-Identifier: Apache-2.0
"""pca_only among other trials: components against scikit-learn's on Keras's features."""

import struct
import tempfile
import unittest

import numpy as np
from sklearn.decomposition import PCA

import runs
from reference_data import keras, samples, start_model

GRID = {"pca_only": [False, True], "epochs": 1, "lr": 1e-3, "batch_size": 16}
METRICS = """
    loss dice_coef jaccard_similarity val_loss val_dice_coef val_jaccard_similarity
""".split()


def expected(validation):
    model = start_model(*validation.x.shape[1:3])
    deepest = keras.Model(model.input, model.get_layer("conv5_2_bn").output)
    features = deepest.predict(validation.x, verbose=0).reshape(len(validation), -1)
    components = PCA(n_components=min(300, len(validation) - 1), svd_solver="full")
    return np.cumsum(components.fit(features).explained_variance_ratio_)


class Components(unittest.TestCase):
    def setUp(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = temporary.name

    def check_files(self, sweep, trial):
        ours = np.load(sweep.path("trials", str(trial), "pca_cumsum.npy"))
        theirs = expected(samples("target", 32, fractions=(0.75, 0.25)).of_pairs(1, 2))
        self.assertEqual(ours.shape, theirs.shape)
        np.testing.assert_allclose(ours, theirs, atol=1e-4)
        for name in ("pca_full_range.png", "pca_excl_early_range.png"):
            with open(sweep.path("trials", str(trial), name), "rb") as file:
                head = file.read(24)
            self.assertEqual(head[:8], b"\x89PNG\r\n\x1a\n", name)
            self.assertTrue(all(side >= 200 for side in struct.unpack(">II", head[16:])), name)

    def test_among_permutations_that_train(self):
        sweep = runs.train(self.folder, GRID)
        trained, pca = sweep.rows()
        self.assertEqual((trained["pca_only"], pca["pca_only"]), ("False", "True"))
        for name in METRICS:
            self.assertNotEqual(trained[name], "", name)
            self.assertEqual(pca[name], "", name)
        self.assertEqual((trained["round_epochs"], pca["round_epochs"]), ("1", "0"))
        self.assertEqual((sweep.result(0)["state"], sweep.result(1)["state"]), ("done", "pca"))
        self.check_files(sweep, 1)

    def test_alone_it_leaves_no_model(self):
        sweep = runs.train(self.folder, {**GRID, "pca_only": True})
        self.check_files(sweep, 0)
        self.assertEqual(len(sweep.rows()), 1)
        for name in ("best_model.hdf5", f"model_deploy{sweep.name}.zip"):
            self.assertFalse(sweep.has(name), name)


if __name__ == "__main__":
    unittest.main()
