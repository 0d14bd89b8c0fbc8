# SPDX-License-Identifier: Apache-2.0
"""check_model.py MAKE_ARCHIVE: keras.models.load_model reads best_model.hdf5 without custom
objects; weights and settings are those in the archive."""
import io
import json
import os
import sys
import zipfile

import h5py
import numpy as np
from tensorflow import keras

import made

sys.path.insert(0, os.path.join(os.environ["MSUNET_SOURCE_DIR"], "tests", "reference", "make"))
from network import build  # sets threads: before TensorFlow's first computation

with made.results(sys.argv[1]) as folder:
    path = os.path.join(folder, "best_model.hdf5")
    model = keras.models.load_model(path)
    assert model.input_shape == (None, made.HEIGHT, made.WIDTH, 1), model.input_shape
    assert model.output_shape == (None, made.HEIGHT, made.WIDTH, 1)
    assert model.count_params() == 2399397, model.count_params()
    x = np.random.RandomState(1).rand(2, made.HEIGHT, made.WIDTH, 1).astype("f4")
    y = model.predict(x, verbose=0)
    assert np.isfinite(y).all() and 0 <= y.min() and y.max() <= 1 and np.ptp(y) > 1e-3

    with h5py.File(path) as file:
        assert file.attrs["msunet_target_size"] in ("64", b"64"), file.attrs["msunet_target_size"]
        assert "training_config" not in file.attrs
    prefix = f"model_deploy{made.EXPERIMENT}_model"
    with zipfile.ZipFile(made.archive(folder)) as archive:
        assert archive.testzip() is None
        config = archive.read(prefix + ".json").decode()
        weights = archive.read(prefix + ".h5")
    assert [layer["name"] for layer in json.loads(config)["config"]["layers"]] == [layer.name for layer in model.layers]
    copy = keras.models.model_from_json(config)
    with h5py.File(io.BytesIO(weights)) as file:
        assert file.attrs["msunet_target_size"] in ("64", b"64")
        for layer in copy.layers:
            names = [name.decode() if isinstance(name, bytes) else name
                     for name in file[layer.name].attrs["weight_names"]]
            layer.set_weights([file[layer.name][name][()] for name in names])
    for mine, theirs in zip(copy.get_weights(), model.get_weights()):
        assert np.array_equal(mine, theirs)
    assert np.array_equal(copy.predict(x, verbose=0), y)

    reference = build(made.HEIGHT, made.WIDTH)
    reference.set_weights(model.get_weights())
    np.testing.assert_allclose(reference.predict(x, verbose=0), y, atol=1e-6)

print("keras loads best_model.hdf5")
