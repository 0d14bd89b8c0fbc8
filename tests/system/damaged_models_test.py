# SPDX-License-Identifier: Apache-2.0
"""Damaged start models, read as rank 0 of a sweep reads them: each is an ordinary error or a good
read, whatever the HDF5 library does on it.

damaged_models_test.py [COUNT]: the number of damaged files, 120 by default."""

import collections
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
import time
import unittest
from pathlib import Path

import program

READER = os.environ.get("MSUNET_READ_START_MODELS", "")
KERAS_START = Path(os.environ.get("MSUNET_KERAS_START", "/nowhere"))
COUNT = 120
# A hang of the library is ended after 3 s of processor time, since other tests may use the cores.
LONGEST = 100

# Start of HDF5's own structures. Most bytes of a model are weights, in which any value is valid.
SIGNATURE = re.compile(rb"\x89HDF\r\n\x1a\n|TREE|SNOD|HEAP|GCOL|OHDR|FRHP|FSHD|BTHD|layer_names|weight_names")


def sound_models(folder):
    """A model that the program makes, and two that Keras wrote."""
    made = Path(folder) / "made.h5"
    assert program.run("init-model", made, cwd=folder).code == 0
    return [made] + [Path(shutil.copyfile(KERAS_START / name, Path(folder) / name))
                     for name in ("initialWeights.h5", "start.hdf5")]


class DamagedFile:
    """A model whose damage can be undone without writing the whole file again."""

    def __init__(self, path):
        self.path = path
        self.sound = path.read_bytes()
        self.places = [match.start() for match in SIGNATURE.finditer(self.sound)]
        self.undo = []

    def put(self, position, data):
        data = data[: len(self.sound) - position]
        with open(self.path, "r+b") as file:
            file.seek(position)
            file.write(data)
        self.undo.append((position, self.sound[position : position + len(data)]))

    def cut(self, length):
        os.truncate(self.path, length)
        self.undo.append((length, self.sound[length:]))

    def mend(self):
        with open(self.path, "r+b") as file:
            for position, data in reversed(self.undo):
                file.seek(position)
                file.write(data)
        self.undo = []

    def damage(self, draw):
        """Damages the file in one of several ways. Returns the name of the damage."""
        way = draw.choice(("bytes", "bytes", "bytes", "bit", "number", "zeros", "swapped", "cut"))
        if way == "cut":
            self.cut(draw.randrange(len(self.sound)))
            return way
        for _ in range(1 if way in ("zeros", "swapped") else draw.randint(1, 4)):
            place = self.place(draw)
            if way == "bytes":
                self.put(place, bytes([draw.randrange(256)]))
            elif way == "bit":
                self.put(place, bytes([self.sound[place] ^ 1 << draw.randrange(8)]))
            elif way == "number":
                self.put(place, draw.choice((b"\xff" * 8, b"\0" * 8, b"\xff\xff\xff\x7f",
                                             b"\0\0\0\0\0\0\0\x80", b"\1\0\0\0\0\0\0\0")))
            elif way == "zeros":
                self.put(place, b"\0" * draw.choice((16, 512, 4096)))
            else:
                other = self.place(draw)
                self.put(place, self.sound[other : other + 64])
        return way

    def place(self, draw):
        if draw.random() < 0.1:
            return draw.randrange(len(self.sound))
        near = draw.choice(self.places) + draw.randrange(600)
        return min(near, len(self.sound) - 1)


class DamagedModelsTest(unittest.TestCase):
    def setUp(self):
        self.folder = Path(tempfile.mkdtemp(prefix="msunet_system_"))
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)
        self.reader = subprocess.Popen([READER, program.PROGRAM], stdin=subprocess.PIPE,
                                       stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
                                       cwd=self.folder, env=program.environment(), text=True,
                                       errors="replace", bufsize=1)
        self.addCleanup(self.end_reader)

    def end_reader(self):
        self.reader.kill()
        self.reader.communicate()

    def answer(self, path):
        self.reader.stdin.write(f"{path}\n")
        self.reader.stdin.flush()
        line = self.reader.stdout.readline()
        self.assertTrue(line.endswith("\n"), f"the reader died, code {self.reader.poll()}")
        return line.rstrip("\n")

    def check(self, answer, file):
        if answer == "ok":
            return "read"
        code, _, text = answer.partition(" ")
        self.assertEqual(code, "3", answer)
        self.assertIn(str(file), text)
        self.assertTrue(text.isprintable(), repr(text))
        if "the HDF5 library failed on it: " in text:
            return "killed the child"
        for mark in program.CRASH_MARKS:
            self.assertNotIn(mark, text)
        return "refused"

    def test_each_is_refused_or_read(self):
        files = [DamagedFile(path) for path in sound_models(self.folder)]
        for file in files:
            self.assertEqual(self.answer(file.path), "ok")
        draw = random.Random(20260131)
        ends = collections.Counter()
        for number in range(COUNT):
            file = draw.choice(files)
            way = file.damage(draw)
            with self.subTest(file.path.name, number=number, way=way):
                begun = time.monotonic()
                ends[self.check(self.answer(file.path), file.path)] += 1
                self.assertLess(time.monotonic() - begun, LONGEST)
            file.mend()
        for file in files:
            self.assertEqual(file.path.read_bytes(), file.sound)
        print(f"{COUNT} damaged models: " + ", ".join(f"{n} {end}" for end, n in ends.items()))
        self.assertGreater(ends["refused"], COUNT // 4)


if __name__ == "__main__":
    if not os.access(READER, os.X_OK):
        print(f"SKIPPED: MSUNET_READ_START_MODELS is '{READER}' and no program")
        sys.exit(77)
    if len(sys.argv) > 1:
        COUNT = int(sys.argv.pop(1))
    program.main()
