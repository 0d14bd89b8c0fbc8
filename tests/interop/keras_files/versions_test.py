# SPDX-License-Identifier: Apache-2.0
"""Another TensorFlow opens our files and computes what TensorFlow 2.15 computes from them.
usage: versions_test.py TOOL MAKE_ARCHIVE ENVIRONMENT (a folder with another TensorFlow, which
scripts/interop-env.sh makes)"""
import os
import pathlib
import subprocess
import sys
import tempfile
import unittest
import zipfile

import numpy as np

import forward

TOOL, MAKE_ARCHIVE, ENVIRONMENT = sys.argv[1:4]
del sys.argv[1:4]


def write_files(folder):
    """Those of keras_files_tool, and network and weights of a Deploy archive."""
    subprocess.run([TOOL, "write", folder], check=True)
    results = folder / "results"
    subprocess.run([MAKE_ARCHIVE, results], check=True)
    (archive,) = results.glob("model_deploy*.zip")
    with zipfile.ZipFile(archive) as members:
        for kind in ("json", "h5"):
            member = f"{archive.stem}_model.{kind}"
            (folder / f"archive.{kind}").write_bytes(members.read(member))


class OtherTensorFlow(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        folder = pathlib.Path(temporary.name)
        write_files(folder)
        subprocess.run([sys.executable, forward.__file__, folder, folder / "theirs.npz"],
                       check=True, env={**os.environ, "PYTHONPATH": ENVIRONMENT})
        forward.main(folder, folder / "expected.npz")
        cls.theirs = np.load(folder / "theirs.npz")
        cls.expected = np.load(folder / "expected.npz")
        print("TensorFlow", cls.theirs["version"], "against", cls.expected["version"])

    def test_it_is_another_version(self):
        self.assertNotEqual(self.theirs["version"], self.expected["version"])

    def test_it_computes_the_same(self):
        for name in ("whole", "free", "weights", "archive"):
            with self.subTest(name):
                expected = self.expected[name]
                self.assertGreater(np.ptp(expected), 1e-3)
                np.testing.assert_allclose(self.theirs[name], expected, rtol=0, atol=1e-5)

    def test_activations_are_the_same(self):
        """With the exceptions that docs/formats.md names."""
        version = tuple(map(int, str(self.theirs["version"]).split(".")[:2]))
        unknown = {"activation_mish"} if version < (2, 13) else set()
        changed = {"activation_hard_sigmoid"} if version >= (2, 16) else set()
        names = {name for name in self.expected if name.startswith("activation_")}
        self.assertEqual(names - set(self.theirs), unknown)
        for name in names - unknown - changed:
            with self.subTest(name):
                np.testing.assert_allclose(self.theirs[name], self.expected[name], rtol=0, atol=1e-6)


if __name__ == "__main__":
    if not os.path.isdir(os.path.join(ENVIRONMENT, "tensorflow")):
        print(f"SKIPPED: {ENVIRONMENT} is missing; scripts/interop-env.sh makes it")
        sys.exit(77)
    unittest.main()
