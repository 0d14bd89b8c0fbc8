# SPDX-License-Identifier: Apache-2.0
"""Bad start models: missing, of another network, damaged."""

import os
import subprocess
import sys

import program
from bad_input import BadInputTest, Case, write

START_MODELS = os.environ.get("MSUNET_START_MODELS", "")

EMPTY_ZIP = b"PK\5\6" + bytes(18)

MODELS = [
    Case("start model missing", 3, [("nowhere.h5",)], ("-path", "nowhere.h5")),
    Case("start model that is no HDF5", 3, [("m.h5", "HDF5")], ("-path", "m.h5"),
         write("m.h5", b"rubbish " * 100)),
    Case("empty start model", 3, [("m.h5",)], ("-path", "m.h5"), write("m.h5", b"")),
    Case("start model of another network", 3, [("other_network.h5", "layers")],
         ("-path", "models/other_network.h5")),
    Case("start model that lacks a layer", 3, [("missing_layer.h5", "45", "46")],
         ("-path", "models/missing_layer.h5")),
    Case("start model of another shape", 3,
         [("wrong_shape.h5", "conv1_1", "3, 3, 1, 32", "5, 5, 1, 32")],
         ("-path", "models/wrong_shape.h5")),
    Case("start model with NaN", 3, [("nan_weights.h5", "conv2_1", "NaN")],
         ("-path", "models/nan_weights.h5")),
    Case("start model with a negative variance", 3,
         [("negative_variance.h5", "conv2_1_bn", "negative")],
         ("-path", "models/negative_variance.h5")),
    Case("start model with another activation", 3,
         [("elu.hdf5", "layer 'conv1_1': activation is elu, expected relu")],
         ("-path", "models/elu.hdf5")),
    Case("SavedModel", 3, [("'saved'", "SavedModel", "load_model('saved', compile=False)")],
         ("-path", "saved"), write("saved/saved_model.pb", b"")),
    Case("checkpoint's folder", 3, [("'saved'", "checkpoint", "load_weights(")],
         ("-path", "saved"), write("saved/checkpoint", b"")),
    Case("checkpoint", 3, [("'saved/w'", "load_weights('saved/w')")],
         ("-path", "saved/w"), write("saved/w.index", b"")),
    Case("archive that holds no model", 3, [("m.keras",)], ("-path", "m.keras"),
         write("m.keras", EMPTY_ZIP)),
    Case("folder that is no experiment", 3, [("models", "best_model.hdf5")], ("-path", "models")),
    Case("truncated start model", 3, [("cut.h5",)], ("-path", "models/cut.h5")),
    Case("damaged start model", 3, [("damaged.h5",)], ("-path", "models/damaged.h5")),
    Case("start model missing, refused before scans are read", 3, [("nowhere.h5",)],
         ("-path", "nowhere.h5"), write("data/empty_anatomical.nii", b"")),
]


def write_models(folder):
    """The models of START_MODELS, a truncated one and one with a damaged header."""
    folder.mkdir()
    subprocess.run([START_MODELS, folder], check=True)
    good = (folder / "missing_layer.h5").read_bytes()
    (folder / "cut.h5").write_bytes(good[: len(good) // 2])
    damaged = bytearray(good)
    damaged[40:4096] = bytes((i * 37) % 256 for i in range(4096 - 40))
    (folder / "damaged.h5").write_bytes(damaged)


class BadModelsTest(BadInputTest):
    @classmethod
    def fill_template(cls):
        write_models(cls.template / "models")

    def test_start_models(self):
        self.run_table(MODELS)


if __name__ == "__main__":
    if not os.access(START_MODELS, os.X_OK):
        print(f"SKIPPED: MSUNET_START_MODELS is '{START_MODELS}' and no program")
        sys.exit(77)
    program.main()
