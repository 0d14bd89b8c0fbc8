# SPDX-License-Identifier: Apache-2.0
"""A program of the training benchmark that trains on request, and the peers that msunet is compared
with."""

import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

HERE = Path(__file__).resolve().parent


class TrainerFailed(Exception):
    """A program ended instead of training; the last lines that it wrote."""


class Trainer:
    """A process that trains on a number of batches on request and sleeps otherwise. It is ready
    when it has compiled what it compiles."""

    def __init__(self, command, env):
        # A file, since a pipe that nobody reads would stop a program with many warnings.
        self.errors = tempfile.TemporaryFile("w+")
        self.process = subprocess.Popen([str(word) for word in command], stdin=subprocess.PIPE,
                                        stdout=subprocess.PIPE, stderr=self.errors, text=True,
                                        env=env)
        self.answer("ready")
        self.rates = []

    def answer(self, expected=None):
        line = self.process.stdout.readline()
        if not line or (expected and line.strip() != expected):
            self.process.kill()
            self.process.communicate()
            self.errors.seek(0)
            raise TrainerFailed((line + self.errors.read())[-2000:].strip())
        return line

    def train(self, batches):
        """The seconds that training on `batches` batches takes."""
        self.process.stdin.write(f"{batches}\n")
        self.process.stdin.flush()
        return float(self.answer())

    def peak_megabytes(self):
        return measure.peak_megabytes(self.process.pid)

    def end(self):
        self.process.communicate()
        self.errors.close()


@dataclass(frozen=True)
class Peer:
    """A framework that trains the same network."""

    name: str       # in tables
    package: str    # whose version counts; empty: none
    python: Path
    command: tuple  # before the arguments that all trainers have
    needs: str      # what makes its Python

    def missing(self):
        """Why it cannot be measured; empty if it can."""
        if not self.python.exists():
            return f"there is no '{self.python}', which {self.needs} makes"
        if "--compile" in self.command:
            return self._missing_to_compile()
        return ""

    def _missing_to_compile(self):
        """torch.compile's code for CPUs is C++ that includes Python.h."""
        asked = self._ask("import os, shutil, sysconfig;"
                          "print(shutil.which('g++') or '', os.path.exists("
                          "os.path.join(sysconfig.get_path('include'), 'Python.h')))")
        if asked.startswith(" "):
            return "torch.compile needs g++"
        return "" if asked.endswith("True") else "torch.compile needs the header Python.h"

    def described(self):
        """Its name and version."""
        if not self.package:
            return f"{self.name} ({self.needs})"
        version = self._ask("from importlib.metadata import version;"
                            f"print(version('{self.package}'))").strip()
        return f"{self.name} ({self.package} {version})"

    def _ask(self, code):
        return subprocess.run([self.python, "-c", code], capture_output=True, text=True,
                              check=True).stdout.rstrip("\n")


def peers(options):
    """All peers by the words of --peers."""
    torch, keras, jax = options.torch_python, options.keras_python, options.jax_python
    earlier = {"earlier": Peer("earlier msunet", "", options.earlier, (options.earlier,),
                               "a build of another commit")} if options.earlier else {}
    return {
        "keras": Peer("Keras", "tensorflow-cpu", keras, (keras, HERE / "keras_steps.py"),
                      "scripts/interop-env.sh"),
        "torch": Peer("PyTorch", "torch", torch, (torch, HERE / "torch_steps.py"),
                      "scripts/setup.sh"),
        "compiled": Peer("torch.compile", "torch", torch,
                         (torch, HERE / "torch_steps.py", "--compile"), "scripts/setup.sh"),
        "jax": Peer("JAX", "jax", jax, (jax, HERE / "jax_steps.py"), "scripts/jax-env.sh"),
        **earlier,
    }
