# SPDX-License-Identifier: Apache-2.0
"""Small runs of the program and their files."""

import csv
import glob
import io
import json
import os
import subprocess
import zipfile

PROGRAM = os.environ["MSUNET_PROGRAM"]
REFERENCE = os.path.join(os.environ["MSUNET_SOURCE_DIR"], "tests", "reference")
INPUTS = os.path.join(REFERENCE, "scans")
EXAMPLES = os.path.join(REFERENCE, "talos")
START = os.path.join(os.environ["MSUNET_SEEDED_START"], "start.hdf5")
START_WEIGHTS = os.path.join(os.environ["MSUNET_SEEDED_START"], "initialWeights.h5")
FLAGS = [
    "scoreTrainable",
    "expandingBatchNormTrainable",
    "contractingBatchNormTrainable",
    "upsamplingTrainable",
    "upsamplingBatchNormTrainable",
]
NOTHING_TRAINS = {
    "which_layer": 0,
    "lr": 1e-30,
    "epochs": 1,
    "dropout": 0.0,
    **{flag: False for flag in FLAGS},
}
MODALITIES = ["anatomical", "dti", "noddi", "regwarp", "fmri"]


def example(pattern):
    """A file that the Python trainer wrote."""
    return sorted(glob.glob(os.path.join(EXAMPLES, pattern)))[0]


def parameters_of_the_example():
    with open(example("[0-9]*.csv"), newline="") as file:
        columns = next(csv.reader(file))
    return columns[columns.index("batch_size") :]


class Sweep:
    """The folder of a finished experiment."""

    def __init__(self, folder, name, output):
        self.name = name
        self.folder = os.path.join(folder, name)
        self.output = output

    def path(self, *parts):
        return os.path.join(self.folder, *parts)

    def has(self, *parts):
        return os.path.exists(self.path(*parts))

    def member(self, end):
        """A member of the Deploy archive, opened for reading bytes."""
        with zipfile.ZipFile(self.archive) as archive:
            return io.BytesIO(archive.read(f"model_deploy{self.name}_{end}"))

    @property
    def summary_file(self):
        """The only CSV whose name is twelve digits."""
        (file,) = glob.glob(self.path("[0-9]" * 12 + ".csv"))
        return file

    @property
    def archive(self):
        return self.path(f"model_deploy{self.name}.zip")

    def rows(self):
        """The summary, one dictionary of texts per trial."""
        with open(self.summary_file, newline="") as file:
            return list(csv.DictReader(file))

    def result(self, trial):
        with open(self.path("trials", str(trial), "result.json")) as file:
            return json.load(file)

    def modality_rows(self, trial):
        """Dice by modality of one trial, a dictionary of texts per epoch."""
        with open(
            self.path(f"modality_results_{self.result(trial)['started_at']!r}.csv"), newline=""
        ) as file:
            return list(csv.DictReader(file))

    def pairs_table(self):
        """The start's table of the data: {modality or "all": the columns of its row}."""
        lines = self.output.split("-- data -")[1].split("\n-- ")[0].splitlines()
        rows = [line.split() for line in lines[3:]]
        return {row[0]: [0 if cell == "-" else int(cell) for cell in row[1:]] for row in rows}


def train(folder, grid, *options, name="run", inputs=INPUTS, start=START, expect=0):
    """Trains on one thread, 32 pixels wide and without augmentation unless `options` (option,
    value, option …) say otherwise. Returns the Sweep."""
    arguments = {
        "--enable_augmentation": "False",
        "-v": "0.67",
        "-fs": "0.25",
        "--threads": "1",
        "--cache": "none",
    }
    if "-hspace" not in options:
        arguments["-ts"] = "32"
    arguments.update(zip(options[::2], options[1::2]))
    arguments |= {
        "-tpath": os.path.join(inputs, "data"),
        "-mpath": os.path.join(inputs, "masks"),
        "-path": start,
        "--output_directory": folder,
        "-n": name,
        "-talos": repr(grid),
    }
    command = [PROGRAM, *(str(word) for pair in arguments.items() for word in pair)]
    done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
    if done.returncode != expect:
        print(done.stdout)
        raise AssertionError(f"exit code {done.returncode}, not {expect}: {command}")
    return Sweep(str(folder), name, done.stdout)
