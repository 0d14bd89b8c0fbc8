#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""All peers of the training benchmark train the same network: from the same weights on the same
batch, their first steps have Keras's losses and BatchNorm statistics."""

import array
import json
import random
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402
import trainer  # noqa: E402

COUNT, SIZE, STEPS, WEIGHTS = 4, 32, 3, 2395173
# Relative differences from Keras's float32: of the first loss, and of the next losses and of the
# running statistics. Adam divides by the size of gradients, also where that is rounding only.
FLOAT32, BF16 = (1e-5, 1e-2), (5e-3, 2e-2)


def write_files(folder):
    """Weights, and noisy samples whose masks are discs."""
    draw = random.Random(1)
    weights = array.array("f", (draw.uniform(-1, 1) for _ in range(WEIGHTS)))
    (folder / "weights.raw").write_bytes(weights.tobytes())
    x, y = array.array("f"), bytearray()
    for sample in range(COUNT):
        for pixel in range(SIZE * SIZE):
            row, column = pixel // SIZE - 12 - sample, pixel % SIZE - 18
            inside = row * row + column * column < 60
            x.append(draw.uniform(0, 0.6) + 0.4 * inside)
            y.append(inside)
    (folder / "x.raw").write_bytes(x.tobytes())
    (folder / "y.raw").write_bytes(y)


class SameNetwork(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.temporary = tempfile.TemporaryDirectory()
        cls.folder = Path(cls.temporary.name)
        write_files(cls.folder)
        cls.keras = cls.first_steps("keras", "float32")

    @classmethod
    def tearDownClass(cls):
        cls.temporary.cleanup()

    @classmethod
    def first_steps(cls, word, precision):
        peer = PEERS[word]
        words = [peer.python, trainer.HERE / "first_steps.py", word, precision, cls.folder, COUNT,
                 SIZE, STEPS]
        done = subprocess.run([str(one) for one in words], env=measure.environment(1),
                              capture_output=True, text=True, check=False)
        if done.returncode != 0:
            raise AssertionError(f"{peer.name} failed:\n{done.stderr[-3000:]}")
        return json.loads(done.stdout.splitlines()[-1])

    def compare(self, word, precision, tolerances):
        if PEERS[word].missing():
            self.skipTest(PEERS[word].missing())
        found = self.first_steps(word, precision)
        first, later = tolerances
        numbers, expected = (one["losses"] + one["running"] for one in (found, self.keras))
        self.assertEqual(len(numbers), STEPS + 2)
        for i, (number, like) in enumerate(zip(numbers, expected)):
            tolerance = later if i else first
            self.assertAlmostEqual(number, like, delta=tolerance * abs(like),
                                   msg=f"{found}, Keras {self.keras}")

    def test_losses_change(self):
        self.assertLess(self.keras["losses"][-1], self.keras["losses"][0] - 0.005)

    def test_torch(self):
        self.compare("torch", "float32", FLOAT32)

    def test_torch_bf16(self):
        self.compare("torch", "bf16", BF16)

    def test_compiled(self):
        self.compare("compiled", "float32", FLOAT32)

    def test_compiled_bf16(self):
        self.compare("compiled", "bf16", BF16)

    def test_jax(self):
        self.compare("jax", "float32", FLOAT32)

    def test_jax_bf16(self):
        self.compare("jax", "bf16", BF16)

    def test_keras_bf16(self):
        self.compare("keras", "bf16", BF16)


if __name__ == "__main__":
    parser = measure.parser(__doc__)
    parser.add_argument("--torch-python", type=Path, default=measure.TORCH_PYTHON)
    parser.add_argument("--jax-python", type=Path, default=measure.JAX_PYTHON)
    options, rest = parser.parse_known_args()
    measure.need(options.keras_python)
    PEERS = trainer.peers(options)
    unittest.main(argv=[sys.argv[0], *rest])
