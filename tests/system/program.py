# SPDX-License-Identifier: Apache-2.0
"""Common to the system tests: starts the program as a user does, in a folder of its own, on scans
so small that a training step takes milliseconds."""

import os
import random
import shutil
import signal
import struct
import subprocess
import sys
import tempfile
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

PROGRAM = os.environ.get("MSUNET_PROGRAM", "")
MPIEXEC = os.environ.get("MSUNET_MPIEXEC", "mpirun")

ENVIRONMENT = {
    "OMPI_ALLOW_RUN_AS_ROOT": "1",
    "OMPI_ALLOW_RUN_AS_ROOT_CONFIRM": "1",
    "OMPI_MCA_rmaps_base_oversubscribe": "1",
    "PRTE_MCA_rmaps_default_mapping_policy": ":oversubscribe",  # the same for Open MPI 5
    "OMPI_MCA_mpi_yield_when_idle": "1",
    "OMP_NUM_THREADS": "1",
    "COLUMNS": "100",
}

# Never acceptable on stderr: traces of a crash, an uncaught exception or an MPI abort.
CRASH_MARKS = ("terminate called", "MPI_ABORT", "Signal:", "Segmentation", "backtrace", "HDF5-DIAG",
               "core dumped", "what():", "std::", "c10::", "itk::")

FAST = ("-ts", "32", "-fp", "1", "--threads", "1", "-path", "random",
        "--output_directory", "out", "-n", "x")


def without(options, names):
    """FAST without the given options."""
    given = dict(zip(options[::2], options[1::2]))
    return [word for name, value in given.items() if name not in names for word in (name, value)]


@dataclass
class Result:
    """Exit code and output of a start."""

    code: int
    out: str
    err: str

    @property
    def text(self):
        return self.out + self.err

    def remarks(self):
        """Errors and warnings."""
        return [line for line in self.err.splitlines()
                if line.startswith(("error: ", "warning: "))]

    def errors(self):
        return [line for line in self.err.splitlines() if line.startswith("error: ")]


def command(*arguments, ranks=None, path=None):
    words = [PROGRAM, *map(str, arguments)]
    if ranks is None:
        return words
    # An mpirun that is started by its full path prepends its own folder to PATH.
    own_path = [] if path is None else ["env", f"PATH={path}"]
    return [MPIEXEC, "-n", str(ranks), *own_path, *words]


def environment(**extra):
    """The environment without variables of Slurm and without MSUNET_FAULT."""
    kept = {name: value for name, value in os.environ.items()
            if not name.startswith(("SLURM_", "MSUNET_"))}
    return {**kept, **ENVIRONMENT, **extra}


def run(*arguments, cwd, ranks=None, timeout=240, **extra):
    """Runs the program to its end; `extra` are environment variables."""
    words = command(*arguments, ranks=ranks, path=extra.get("PATH"))
    done = subprocess.run(words, cwd=cwd, env=environment(**extra),
                          stdin=subprocess.DEVNULL, capture_output=True, text=True,
                          errors="replace", timeout=timeout, check=False)
    return Result(done.returncode, done.stdout, done.stderr)


def start(*arguments, cwd, ranks=None, **extra):
    """Starts the program without waiting; its output goes to a file `log.txt` in `cwd`."""
    with open(Path(cwd) / "log.txt", "ab") as log:
        return subprocess.Popen(command(*arguments, ranks=ranks), cwd=cwd,
                                env=environment(**extra), stdin=subprocess.DEVNULL, stdout=log,
                                stderr=subprocess.STDOUT, start_new_session=True)


def children(pid):
    """The child processes of `pid`, in the order of their starts."""
    return [int(word) for word in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]


def state(pid):
    """The letter that `ps` shows: R, S, D, T (suspended), Z …"""
    return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]


def write_nifti(path, size, values, spacing=(1.0, 1.0, 1.0), kind="f"):
    """A NIfTI-1 file; `kind` is the struct code of its voxels, x fastest."""
    code, bits = {"f": (16, 32), "B": (2, 8), "h": (4, 16)}[kind]
    dimensions = [len(size), *size] + [1] * (7 - len(size))
    steps = [1.0, *spacing] + [1.0] * (7 - len(spacing))
    head = struct.pack("<i10s18sihcB8h3f3hh8f", 348, b"", b"", 0, 0, b"r", 0, *dimensions,
                       0, 0, 0, 0, code, bits, 0, *steps)
    head += struct.pack("<3fhBB4f2i", 352.0, 1.0, 0.0, 0, 0, 2, 0, 0, 0, 0, 0, 0)
    head += b"\0" * 104 + struct.pack("<2h6f", 0, 0, 0, 0, 0, 0, 0, 0) + b"\0" * 64
    head += b"n+1\0" + b"\0" * 4
    assert len(head) == 352
    Path(path).write_bytes(head + struct.pack(f"<{len(values)}{kind}", *values))


def write_pair(folder, name, seed, size=(16, 16, 4)):
    """Writes a bright ball in noise as `data/<name>_data.nii` and its mask as `masks/…`."""
    draw = random.Random(seed)
    width, height, depth = size
    volume, mask = [], []
    for z in range(depth):
        for y in range(height):
            for x in range(width):
                inside = (x - width / 2) ** 2 + (y - height / 2) ** 2 < (3.5 + z) ** 2
                mask.append(int(inside))
                volume.append((600 if inside else 150) + 200 * draw.random())
    write_nifti(Path(folder) / "data" / f"{name}_data.nii", size, volume)
    write_nifti(Path(folder) / "masks" / f"{name}_mask.nii", size, mask, kind="B")


NAMES = ("a1_anatomical", "a2_dti", "a3_fmri", "a4_noddi", "b1_fmri")


def write_scans(folder, names=NAMES, size=(16, 16, 4)):
    """Writes five scans; with the default split the last one is the validation data."""
    for kind in ("data", "masks"):
        (Path(folder) / kind).mkdir(parents=True)
    for number, name in enumerate(names):
        write_pair(folder, name, number, size)


class ProgramTest(unittest.TestCase):
    """A test with a folder of its own, which is removed if the test passes."""

    def setUp(self):
        self.here = Path(tempfile.mkdtemp(prefix="msunet_system_"))
        self.addCleanup(shutil.rmtree, self.here, ignore_errors=True)

    def scans(self, **options):
        write_scans(self.here, **options)

    def train(self, *arguments, **options):
        return run("-tpath", "data", "-mpath", "masks", *FAST, *arguments, cwd=self.here, **options)

    def start_training(self, *arguments, **options):
        process = start("-tpath", "data", "-mpath", "masks", *FAST, *arguments, cwd=self.here,
                        **options)
        self.addCleanup(self.end, process)
        return process

    def wait_until_suspended(self, process, ranks=None, count=1):
        """Waits until `count` ranks have reached the fault `suspend`. Returns their pids."""
        deadline = time.time() + 120
        while time.time() < deadline and process.poll() is None:
            pids = [process.pid] if ranks is None else children(process.pid)
            if len(pids) == (ranks or 1) and all(state(pid) == "T" for pid in pids[:count]):
                return pids[:count]
            time.sleep(0.05)
        raise AssertionError("not suspended:\n" + self.log())

    @staticmethod
    def end(process):
        """Kills the process and its ranks: children of mpirun live a moment longer than mpirun."""
        if process.poll() is None:
            for pid in [*children(process.pid), process.pid]:
                os.kill(pid, signal.SIGKILL)
            process.wait()

    def wait_until_gone(self, pids):
        """Waits for all ranks: mpirun may end a moment before the last rank that it kills."""
        deadline = time.time() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            self.assertLess(time.time(), deadline, "ranks outlive mpirun")
            time.sleep(0.05)

    def log(self):
        return (self.here / "log.txt").read_text(errors="replace")

    def assert_code(self, result, code):
        self.assertEqual(result.code, code, result.text)


class TemplateTest(ProgramTest):
    """Tests that each begin in a copy of one folder: scans, and what `fill_template` adds."""

    @classmethod
    def setUpClass(cls):
        cls.template = Path(tempfile.mkdtemp(prefix="msunet_system_"))
        cls.addClassCleanup(shutil.rmtree, cls.template, ignore_errors=True)
        write_scans(cls.template)
        cls.fill_template()

    @classmethod
    def fill_template(cls):
        pass

    def setUp(self):
        super().setUp()
        self.begin_anew()

    def begin_anew(self):
        shutil.rmtree(self.here)
        shutil.copytree(self.template, self.here)


def main():
    """unittest.main, or a visible skip if there is no program."""
    if not os.access(PROGRAM, os.X_OK):
        print(f"SKIPPED: MSUNET_PROGRAM is '{PROGRAM}' and no program")
        sys.exit(77)
    unittest.main()
