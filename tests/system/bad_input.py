# SPDX-License-Identifier: Apache-2.0
"""What the tests of bad input share: a table of cases says what is done to the scans, how the
program is called and what it must say; the runner sees to the right exit code, a clear line for
each problem, the time that it takes, and that nothing is left behind."""

import os
import resource
import shutil
import struct
from dataclasses import dataclass, replace

from program import CRASH_MARKS, FAST, TemplateTest, run, without, write_nifti

SECONDS = 5
RANKS = 3
A1 = "data/a1_anatomical_data.nii"
A2 = "data/a2_dti_data.nii"
MASK = "masks/a1_anatomical_mask.nii"


@dataclass
class Case:
    """`says`: for each problem the texts that its line must contain."""

    name: str
    code: int
    says: list
    arguments: tuple = ()
    change: object = None
    without: tuple = ()
    environment: tuple = ()


def patch(file, offset, form, *values):
    """Overwrites a part of a file, for instance of a header."""

    def change(here):
        data = bytearray((here / file).read_bytes())
        struct.pack_into("<" + form, data, offset, *values)
        (here / file).write_bytes(data)

    return change


def write(file, content):
    def change(here):
        (here / file).parent.mkdir(parents=True, exist_ok=True)
        (here / file).write_bytes(content)

    return change


def cut(file, length):
    return lambda here: os.truncate(here / file, length)


def voxels(file, values, kind="f", size=(16, 16, 4)):
    return lambda here: write_nifti(here / file, size, values(size[0] * size[1] * size[2]),
                                    kind=kind)


def rename(*names):
    def change(here):
        for old, new in names:
            (here / old).rename(here / new)

    return change


def all_of(*changes):
    def change(here):
        for one in changes:
            one(here)

    return change


def empty(folder):
    def change(here):
        shutil.rmtree(here / folder)
        (here / folder).mkdir()

    return change


def remove(folder):
    return lambda here: shutil.rmtree(here / folder)


def snapshot(here):
    """Content and times of all files of the user."""
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for folder in ("data", "masks") for path in sorted((here / folder).glob("*"))}


class BadInputTest(TemplateTest):
    """Runs tables of cases, each in its own copy of a folder with scans."""

    def run_table(self, table):
        """Runs each case on one rank, dry as well, and every second one on several, too."""
        for number, case in enumerate(table):
            with self.subTest(case.name):
                self.run_both(case)
            if number % 2 == 0:
                with self.subTest(case.name, ranks=RANKS):
                    self.run_case(case, RANKS)

    def run_both(self, case):
        """Runs a case, and dry, where it is refused in the same words, which it returns."""
        remarks = self.run_case(case)
        dry = replace(case, arguments=("--dry_run", "True", *case.arguments))
        self.assertEqual(self.run_case(dry), remarks, "a dry run says something else")
        return remarks

    def run_case(self, case, ranks=None):
        """Returns the errors and warnings."""
        self.begin_anew()
        if case.change:
            case.change(self.here)
        before = snapshot(self.here)
        names = set(case.without) | {name for name in case.arguments if name == "-path"}
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = run("-tpath", "data", "-mpath", "masks", *without(FAST, names), *case.arguments,
                     cwd=self.here, ranks=ranks, timeout=120, **dict(case.environment))
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Processor time, because other tests may be using the cores.
        seconds = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        self.check(case, result)
        self.assertLess(seconds, SECONDS * (ranks or 1))
        self.assertEqual(snapshot(self.here), before, "files of the user changed")
        return result.remarks()

    def check(self, case, result):
        self.assert_code(result, case.code)
        errors = result.errors()
        self.assertEqual(len(errors), len(case.says), result.text)
        for line, words in zip(errors, case.says):
            for word in words:
                self.assertIn(word, line)
        for mark in CRASH_MARKS:
            self.assertNotIn(mark, result.text)
        left = [str(path.relative_to(self.here)) for path in self.here.glob("out/**/*")
                if path.is_file() and ".msunet_cache" not in path.parts
                and path.name != "thesis.txt"]
        self.assertEqual(left, [], "files were left behind")
