# SPDX-License-Identifier: Apache-2.0
"""The result files of an artificial sweep, as make_archive writes them."""
import contextlib
import glob
import os
import subprocess
import tempfile

EXPERIMENT = "experiment1795424930.852894"
HEIGHT, WIDTH = 64, 96


@contextlib.contextmanager
def results(program):
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run([program, folder], check=True)
        yield folder


def archive(folder):
    return os.path.join(folder, f"model_deploy{EXPERIMENT}.zip")


def summary(folder):
    """The only CSV whose name is twelve digits."""
    (name,) = glob.glob(os.path.join(folder, "[0-9]" * 12 + ".csv"))
    return name
