# SPDX-License-Identifier: Apache-2.0
"""Common to the tests of extended sweeps: starts, and results that must be those of a plain sweep."""

import csv
import io
import re
import zipfile

from program import FAST, run, without
from results import records, summary_file

PLACE = without(FAST, ("-n",))
OPTIONS = ("--ranks_per_trial", "1", "--enable_augmentation", "False", "--checkpoint_minutes", "0",
           "--keep_models", "all")
OWN_COLUMNS = ("id", "experiment_name", "history_file", "modality_file", "model_file")


def train(*arguments, cwd, **options):
    return run("-tpath", "data", "-mpath", "masks", *PLACE, *OPTIONS, *arguments, cwd=cwd,
               **options)


def tables(folder):
    """Every trial's row with the content of its files, in the order of the tables."""
    found = []
    for row in records(folder / "permutations.csv"):
        files = [(folder / row[name]).read_bytes()
                 for name in ("history_file", "modality_file", "model_file")]
        values = {name: value for name, value in row.items() if name not in OWN_COLUMNS}
        found.append((values, files))
    return found


def summary(folder):
    return [{name: value for name, value in row.items() if name != "experiment_name"}
            for row in records(summary_file(folder))]


def ids(folder):
    return [int(row["id"]) for row in records(folder / "permutations.csv")]


def archive(folder):
    """The members of the Deploy archive without times."""
    members = {}
    with zipfile.ZipFile(folder / "model_deployx.zip") as file:
        for name in file.namelist():
            members[name] = file.read(name)
    details = members["model_deployx_details.txt"].decode().splitlines()
    members["model_deployx_details.txt"] = [line for line in details
                                            if not re.search(r"\d\d:\d\d", line)]
    table = list(csv.reader(io.StringIO(members["model_deployx_results.csv"].decode())))
    members["model_deployx_results.csv"] = [row[:1] + row[4:] for row in table]
    return members


def whole(folder):
    """Everything that must be that of a sweep that was not extended."""
    return {"tables": tables(folder), "summary": summary(folder), "archive": archive(folder),
            "model": (folder / "best_model.hdf5").read_bytes()}
