# SPDX-License-Identifier: Apache-2.0
"""check_restore.py MAKE_ARCHIVE TALOS_VERSION: talos.Restore reads the Deploy archive, and its
model has the same predictions as best_model.hdf5."""
import os
import sys
import zipfile

program, version = sys.argv[1:3]
if version.startswith("2"):
    folder = os.environ["MSUNET_TALOS2"]
    if not os.path.isdir(folder):
        print(f"SKIPPED: there is no talos {version} in '{folder}'")
        sys.exit(77)
    sys.path.insert(0, folder)

import numpy as np
import talos
from tensorflow import keras

import made

assert talos.__version__.startswith(version), talos.__version__

with made.results(program) as folder:
    restored = talos.Restore(made.archive(folder))
    x = np.random.RandomState(1).rand(3, made.HEIGHT, made.WIDTH, 1).astype("f4")
    mine = keras.models.load_model(os.path.join(folder, "best_model.hdf5")).predict(x, verbose=0)
    theirs = restored.model.predict(x, verbose=0)
    assert theirs.shape == (3, made.HEIGHT, made.WIDTH, 1), theirs.shape
    assert np.ptp(theirs) > 1e-3, "the model's output is a constant"
    np.testing.assert_allclose(theirs, mine, atol=1e-6)

    params = restored.params
    assert params["lr"] == [1e-4, 1e-3], params["lr"]
    assert params["batch_size"] == [8, 16]
    assert params["pca_only"] == [False, True]
    assert params["losses"] == ["dice_coef_loss"] and params["optimizer"] == ["Adam"]
    assert params["patch_dimensions"] == ["64/64"] and params["modality_weight"] == ["noddi"]
    assert params["num_gpus"] == [0] and params["weight_factor"] == [1]

    results = restored.results
    assert list(results.columns[:4]) == ["start", "end", "duration", "round_epochs"], list(results.columns)
    assert len(results) == 8
    best = results["val_dice_coef"].astype(float).idxmax()

    with zipfile.ZipFile(made.archive(folder)) as archive:
        details = archive.read(f"model_deploy{made.EXPERIMENT}_details.txt").decode()
    assert f"best_row,{best}\n" in details, (best, details)
    assert "experiment_name" in str(restored.details), restored.details
    assert restored.x is not None and restored.y is not None

print(f"talos {talos.__version__} restores the archive")
