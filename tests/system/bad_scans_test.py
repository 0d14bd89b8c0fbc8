# SPDX-License-Identifier: Apache-2.0
"""Bad scans and folders of scans: every problem at once, before anything is trained."""

import gzip
import os
import shutil
import signal

import program
from bad_input import (A1, A2, MASK, RANKS, BadInputTest, Case, all_of, cut, empty, patch, remove,
                       rename, voxels, write)
from program import CRASH_MARKS, ProgramTest, write_pair


def crossed(here):
    for folder in ("data", "masks"):
        empty(folder)(here)
    for name in ("fmri_m1", "fmri_m10"):
        write_pair(here, name, 1)
        (here / "data" / f"{name}_data.nii").rename(here / "data" / f"{name}.nii")


def thin(here):
    for folder in ("data", "masks"):
        empty(folder)(here)
    for name in ("a_fmri", "b_dti"):
        write_pair(here, name, 1, size=(16, 16, 2))


def ramp(count):
    return [float(i % 97) for i in range(count)]


def with_value(value):
    return lambda count: [*ramp(count)[:-3], value, 1.0, 2.0]


def packed(here):
    """Replaces a .nii by a truncated .nii.gz."""
    data = gzip.compress((here / A1).read_bytes())
    (here / A1).unlink()
    (here / (A1 + ".gz")).write_bytes(data[: len(data) // 2])


def as_directory(here):
    (here / A1).unlink()
    (here / A1).mkdir()


FOLDERS = [
    Case("no data folder", 3, [("-tpath", "data", "exist")], change=remove("data")),
    Case("both folders missing", 3, [("-tpath", "data"), ("-mpath", "masks")],
         change=all_of(remove("data"), remove("masks"))),
    Case("data folder is a file", 3, [("-tpath", "data", "folder")],
         change=all_of(remove("data"), write("data", b"x"))),
    Case("empty data folder", 3, [("-tpath", "data", "empty")], change=empty("data")),
    Case("folder without NIfTI files", 3, [("-mpath", "masks", "no .nii")],
         change=all_of(empty("masks"), write("masks/notes.txt", b"x"))),
    Case("counts differ", 3, [("5 volumes", "4 masks", "a1_anatomical")],
         change=lambda here: (here / MASK).unlink()),
    Case("pairs crossed by byte order", 3, [("fmri_m1.nii", "fmri_m10_mask.nii", "cross")],
         change=crossed),
    Case("modalities of a pair differ", 3, [("a2_dti_data.nii", "a2_noddi_mask.nii", "modalit")],
         change=rename(("masks/a2_dti_mask.nii", "masks/a2_noddi_mask.nii"))),
    Case("unknown modality", 3, [("a2_pet_mask.nii", "modality", "regwarp")],
         change=rename((A2, "data/a2_pet_data.nii"),
                       ("masks/a2_dti_mask.nii", "masks/a2_pet_mask.nii"))),
    Case("Analyze files alone", 3, [("-tpath", "'a.hdr' is an Analyze file", "fslchfiletype")],
         change=all_of(empty("data"), write("data/a.hdr", b"x"), write("data/a.img", b"x"))),
    Case("volumes that yield no slice", 3, [("data/a_fmri_data.nii", "slice"),
                                            ("data/b_dti_data.nii", "slice")], change=thin),
]

SCANS = [
    Case("truncated", 3, [(A1, "cut off", "copy it again")], change=cut(A1, 2000)),
    Case("shorter than a header", 3, [(A1, "too short")], change=cut(A1, 100)),
    Case("zero bytes", 3, [(A1, "empty")], change=cut(A1, 0)),
    Case("wrong magic", 3, [(A1, "magic")], change=patch(A1, 344, "4s", b"bad")),
    Case("half of a pair", 3, [(A1, ".hdr")], change=patch(A1, 344, "4s", b"ni1")),
    Case("text", 3, [(A1, "no NIfTI file")], change=write(A1, b"not a scan at all\n" * 40)),
    Case("Analyze", 3, [(A1, "Analyze", "fslchfiletype")],
         change=patch(A1, 344, "4s", b"\0\0\0\0")),
    Case("two dimensions", 3, [(A1, "3 or 4")], change=patch(A1, 40, "h", 2)),
    Case("five dimensions", 3, [(A1, "3 or 4")],
         change=patch(A1, 40, "8h", 5, 4, 4, 4, 4, 4, 1, 1)),
    Case("negative size", 3, [(A1, "at least 1")], change=patch(A1, 42, "h", -16)),
    Case("complex voxels", 3, [(A1, "complex64")], change=patch(A1, 70, "2h", 32, 64)),
    Case("unknown data type", 3, [(A1, "data type", "4711")], change=patch(A1, 70, "h", 4711)),
    Case("voxels inside the header", 3, [(A1, "start at byte 40")], change=patch(A1, 108, "f", 40)),
    Case("spacing in metres without a unit", 3, [(A1, "1 slice of 1x1 pixels", "0.0001 x", "-ts")],
         ("-hspace", "0.1"), change=patch(A1, 80, "3f", 1e-4, 1e-4, 5e-4), without=("-ts",)),
    Case("NaN", 3, [(A1, "NaN")], change=voxels(A1, with_value(float("nan")))),
    Case("infinity", 3, [(A1, "infin")], change=voxels(A1, with_value(float("-inf")))),
    Case("constant volume", 3, [(A1, "all its voxels are 7")],
         change=voxels(A1, lambda n: [7.0] * n)),
    Case("mask that is no mask", 3, [(MASK, "binary", "2")],
         change=voxels(MASK, lambda n: [i % 3 for i in range(n)], kind="B")),
    Case("sizes of volume and mask differ", 3, [(MASK, "16x16x3", "16x16x4")],
         change=voxels(MASK, lambda n: [i % 2 for i in range(n)], kind="B", size=(16, 16, 3))),
    Case("truncated gzip", 3, [(A1 + ".gz", "gz")], change=packed),
    Case("gzip in name alone", 3, [(A1 + ".gz", "isn't compressed")],
         change=rename((A1, A1 + ".gz"))),
    Case("gzip without the name", 3, [(A1, "compressed", ".nii.gz")],
         change=lambda here: (here / A1).write_bytes(gzip.compress((here / A1).read_bytes()))),
    Case("folder named like a scan", 3, [("4 volumes", "5 masks", "a1_anatomical_mask.nii")],
         change=as_directory),
    Case("two bad scans at once", 3, [(A1, "cut off"), (A2, "empty")],
         change=all_of(cut(A1, 2000), cut(A2, 0))),
    Case("spacing too fine", 3, [(name, "2048", "-ts") for name in program.NAMES],
         ("-hspace", "0.001"), without=("-ts",)),
    Case("folders exchanged", 3,
         [("-tpath 'masks' holds masks and -mpath 'data' scans: exchange the two",)],
         ("-tpath", "masks", "-mpath", "data")),
    # One line for what an option makes of all scans.
    Case("smaller than a fixed patch", 3,
         [("-ts 24 leaves 24x24 pixels a slice, fewer than patch_dimensions 32 (in 5 scans: '" + A1,
           "and 2 more), use")],
         ("-ufp", "False", "-talos", "{'patch_dimensions': 32}", "-ts", "24"), without=("-ts",)),
]


class BadScansTest(BadInputTest):
    def test_folders(self):
        self.run_table(FOLDERS)

    def test_scans(self):
        self.run_table(SCANS)


class LateTest(ProgramTest):
    """Scans that are good when they are checked and bad when they are read."""

    def setUp(self):
        super().setUp()
        self.scans()

    def change_between(self, change, ranks):
        """The error lines of a start that is suspended between the two moments."""
        process = self.start_training(ranks=ranks, MSUNET_FAULT="preprocess:*:suspend")
        suspended = self.wait_until_suspended(process, ranks, ranks or 1)
        change(self.here)
        for pid in suspended:
            os.kill(pid, signal.SIGCONT)
        self.assertEqual(process.wait(120), 3, self.log())
        for mark in CRASH_MARKS:
            self.assertNotIn(mark, self.log())
        return [line for line in self.log().splitlines() if line.startswith("error: ")]

    def refuse(self, change, words):
        for ranks in (None, RANKS):
            with self.subTest(ranks=ranks):
                shutil.rmtree(self.here)
                self.scans()
                errors = self.change_between(change, ranks)
                self.assertEqual(len(errors), 1, errors)
                for word in words:
                    self.assertIn(word, errors[0])
                self.assertFalse((self.here / "out" / "x").exists())

    def test_vanished(self):
        self.refuse(lambda here: (here / A2).unlink(), (A2, "No such file"))

    def test_replaced_by_a_shorter_file(self):
        self.refuse(cut(A2, 2000), (A2, "cut off"))


if __name__ == "__main__":
    program.main()
