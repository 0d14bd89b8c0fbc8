# SPDX-License-Identifier: Apache-2.0
"""Results of predict for a matrix of headers: nibabel and SimpleITK place them where the scan is, and
the header is the scan's byte for byte but for type, dimensions, scaling and cal_*."""

import itertools
import logging
import os
import subprocess
import tempfile
import unittest
from pathlib import Path

import nibabel as nib
import numpy as np
import SimpleITK as sitk

PROGRAM = os.environ["MSUNET_PROGRAM"]
SHAPE = (10, 9, 2)
SPACING = (0.1, 0.12, 0.5)
QUICK = ("-ts", "32", "-fp", "1", "-fs", "1")
# Fields that a result has of its own.
OWN = ("dim", "datatype", "bitpix", "scl_slope", "scl_inter", "cal_max", "cal_min")

sitk.ProcessObject.SetGlobalWarningDisplay(False)
logging.getLogger("nibabel").setLevel(logging.ERROR)


def rotation(degrees):
    angle = np.deg2rad(degrees)
    turned = np.eye(4)
    turned[:2, :2] = [[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]]
    return turned


def affine(degrees=0.0, spacing=SPACING, mirrored=False):
    matrix = rotation(degrees) @ np.diag([*spacing, 1.0])
    matrix[:3, 3] = (-3.1, 2.7, 11.3)
    return np.diag([-1.0, 1, 1, 1]) @ matrix if mirrored else matrix


def sheared():
    shear = np.eye(4)
    shear[0, 1] = 1e-3
    return shear @ affine()


FORMS = {  # qform, sform
    "alike": (affine(20), affine(20)),
    "mirrored": (affine(), affine(mirrored=True)),
}
CODES = list(itertools.product(range(5), range(5)))


def image(number, qform, sform, codes, kind=nib.Nifti1Image, big_endian=False, shape=SHAPE):
    header = kind.header_class(endianness=">" if big_endian else "<")
    header.set_data_dtype(np.int16)
    header.set_data_shape(shape)
    header.set_zooms(SPACING + (1.5,) * (len(shape) - 3))
    header.set_qform(qform, codes[0])
    header.set_sform(sform, codes[1])
    header["descrip"] = f"scan {number}".encode()
    header["cal_max"] = 800
    header["toffset"] = 2.5
    header.set_dim_info(freq=1, phase=0, slice=2)
    header.set_xyzt_units("mm", "sec")
    values = np.random.default_rng(number).integers(0, 900, shape)
    # Without an affine nibabel leaves the forms as they are.
    return kind(values.astype(np.int16), None, header)


def matrix():
    """Names with images."""
    number = 0
    for codes, form, packed, big in itertools.product(CODES, FORMS, (0, 1), (0, 1)):
        number += 1
        yield (f"codes{codes[0]}{codes[1]}_{form}_{big}" + (".nii.gz" if packed else ".nii"),
               image(number, *FORMS[form], codes, big_endian=bool(big)))
    for packed, kind in itertools.product((".nii", ".nii.gz"), (nib.Nifti1Image, nib.Nifti2Image)):
        for name, change in CHANGES.items():
            number += 1
            version = 1 if kind is nib.Nifti1Image else 2
            yield f"{name}_{version}{packed}", change(number, kind)


def changed(**fields):
    def make(number, kind):
        scan = image(number, affine(20), affine(20), (1, 2), kind)
        for name, value in fields.items():
            scan.header[name] = value
        return scan
    return make


def with_pixdim(index, value, codes=(1, 1)):
    def make(number, kind):
        scan = image(number, affine(20), affine(20), codes, kind)
        pixdim = scan.header["pixdim"].copy()
        pixdim[index] = value
        scan.header["pixdim"] = pixdim
        return scan
    return make


def with_sform(matrix_of_sform, codes):
    return lambda number, kind: image(number, affine(), matrix_of_sform, codes, kind)


def with_extension(number, kind):
    scan = changed(intent_code=1001, intent_name=b"an intent", intent_p1=3)(number, kind)
    scan.header.extensions.append(nib.nifti1.Nifti1Extension("comment", b"by the scanner"))
    scan.header.extensions.append(nib.nifti1.Nifti1Extension("afni", b"<AFNI_atr/>"))
    return scan


CHANGES = {
    "micrometres": changed(xyzt_units=3),
    "metres": changed(xyzt_units=1),
    "no_unit": changed(xyzt_units=0),
    "negative_x": with_pixdim(1, -0.1),
    "negative_z": with_pixdim(3, -0.5),
    "zero_z": with_pixdim(3, 0),
    "zero_z_no_form": with_pixdim(3, 0, (0, 0)),
    "no_number": with_pixdim(2, np.nan, (0, 2)),
    "negative_qfac": with_pixdim(0, -1),
    "sheared": with_sform(sheared(), (0, 2)),
    "sheared_with_qform": with_sform(sheared(), (1, 2)),
    "other_lengths": with_sform(affine(0, (1, 1.2, 5)), (0, 1)),
    "tiny_mirrored": with_sform(affine(0, (0.01, 0.01, 0.01), True), (0, 1)),
    "extension": with_extension,
    "frames": lambda number, kind: image(number, affine(20), affine(20), (1, 1), kind,
                                         shape=(*SHAPE, 9)),
    "frames_5d": lambda number, kind: image(number, affine(20), affine(20), (1, 1), kind,
                                            shape=(*SHAPE, 1, 9)),
    "huge_offset": with_sform(affine() + np.pad([[1e9]], ((0, 3), (3, 0))), (0, 1)),
}


def place(path):
    """SimpleITK's place of the first three axes; None where it reads no such file."""
    reader = sitk.ImageFileReader()
    reader.SetFileName(str(path))
    try:
        reader.ReadImageInformation()
    except RuntimeError:
        return None
    n = reader.GetDimension()
    direction = np.reshape(reader.GetDirection(), (n, n))[:3, :3]
    return np.concatenate([reader.GetOrigin()[:3], reader.GetSpacing()[:3], direction.ravel()])


def frames_of(scan):
    """The voxels with the frames as the last of four dimensions."""
    return scan.get_fdata().reshape(*SHAPE, -1)


class Headers(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        (cls.folder / "scans").mkdir()
        cls.scans = {}
        for name, scan in matrix():
            nib.save(scan, cls.folder / "scans" / name)
            cls.scans[name] = nib.load(cls.folder / "scans" / name)
            stored = cls.scans[name].header
            for field in ("qform_code", "sform_code", "srow_x", "quatern_b"):
                np.testing.assert_array_equal(stored[field], scan.header[field], name)
        cls.run_program("init-model", "model.h5")
        cls.output = cls.run_program("predict", "-m", "model.h5", "scans", "-o", "results",
                                     "--brain", *QUICK)

    @classmethod
    def run_program(cls, *arguments):
        done = subprocess.run([PROGRAM, *arguments], cwd=cls.folder, capture_output=True, text=True,
                              stdin=subprocess.DEVNULL)
        if done.returncode != 0:
            raise AssertionError(done.stdout + done.stderr)
        return done.stdout + done.stderr

    def results(self):
        self.assertGreaterEqual(len(self.scans), 200)
        for name, scan in self.scans.items():
            stem, ending = name.split(".", 1)
            for kind in ("mask", "likelihood", "brain"):
                path = self.folder / "results" / f"{stem}_{kind}.{ending}"
                with self.subTest(path.name):
                    yield name, scan, kind, path

    def test_nibabel_places_results_where_the_scan_is(self):
        for _, scan, kind, path in self.results():
            result = nib.load(path)
            self.assertIs(type(result), type(scan))
            frames = frames_of(scan).shape[3]
            has_frames = kind == "brain" and frames > 1
            self.assertEqual(result.shape, (*SHAPE, frames) if has_frames else SHAPE)
            np.testing.assert_array_equal(result.affine, scan.affine)
            self.assertEqual(result.header.endianness, scan.header.endianness)
            for field in scan.header.keys():
                if field not in OWN:
                    np.testing.assert_array_equal(result.header[field], scan.header[field], field)
            self.assertEqual([(e.get_code(), e.get_content()) for e in result.header.extensions],
                             [(e.get_code(), e.get_content()) for e in scan.header.extensions])
            expected = np.uint8 if kind == "mask" else np.float32
            self.assertEqual(result.get_data_dtype().newbyteorder("="), expected)

    def test_simpleitk_places_results_where_the_scan_is(self):
        placed = {}
        for name, _, _, path in self.results():
            if name not in placed:
                placed[name] = place(self.folder / "scans" / name)
            there = place(path)
            self.assertEqual(there is None, placed[name] is None)
            if there is not None:
                np.testing.assert_array_equal(there, placed[name])
        self.assertGreaterEqual(sum(p is not None for p in placed.values()), 200)

    def test_voxels_are_those_of_the_scan(self):
        for _, scan, kind, path in self.results():
            values = nib.load(path).get_fdata()
            if kind == "mask":
                self.assertTrue(np.isin(values, (0, 1)).all())
            if kind != "brain":
                continue
            mask = nib.load(str(path).replace("_brain", "_mask")).get_fdata()
            np.testing.assert_array_equal(values.reshape(*SHAPE, -1),
                                          np.where(mask[..., None], frames_of(scan), 0))

    def test_each_oddity_is_one_line(self):
        for text in ("pixdim[1] is -0.1, its absolute value is the spacing",
                     "pixdim[3] is 0, the length of the sform's axis, 0.5, is the spacing",
                     "pixdim[3] is 0, the spacing is taken for 1",
                     "xyzt_units says metres, the spacing is 100 x 120 x 500 mm",
                     "are not at right angles",
                     "are 1 x 1.2 x 5 long, but pixdim is 0.1 x 0.12 x 0.5"):
            self.assertEqual(self.output.count(text), 1, text + "\n" + self.output)


# For each axis the one that it becomes and its direction.
ORDERS = {
    "mirrored": [[0, -1], [1, 1], [2, 1]],
    "upside_down": [[0, 1], [1, -1], [2, -1]],
    "swapped": [[2, 1], [0, -1], [1, 1]],
}


class MasksInAnotherOrder(unittest.TestCase):
    """A reference in another order of voxels, with the header that says so, is the same reference."""

    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.folder = Path(temporary.name)
        cls.run_program("init-model", "model.h5")
        cls.run_program("phantom", "heads", "--animals", "1", "--scale", "0.5")
        for name, order in ORDERS.items():
            (cls.folder / name).mkdir()
            for path in (cls.folder / "heads" / "masks").iterdir():
                nib.save(nib.load(path).as_reoriented(np.array(order)), cls.folder / name / path.name)

        cls.run_program("predict", "-m", "model.h5", "heads/data", *QUICK)
        likelihood = [nib.load(path).get_fdata().ravel()
                      for path in (cls.folder / "predictions").glob("*_likelihood.nii")]
        # A network without training that makes masks with a shape.
        cls.threshold = str(np.quantile(np.concatenate(likelihood), 0.8))

    run_program = classmethod(Headers.run_program.__func__)

    def dice(self, masks, *more):
        """dice.csv and what was said."""
        said = self.run_program("predict", "-m", "model.h5", "heads/data", "-o", "results",
                                "--reference", masks, *QUICK, "--threshold", self.threshold, *more)
        return (self.folder / "results" / "dice.csv").read_text(), said

    def test_dice_is_that_of_the_unflipped(self):
        expected, said = self.dice("heads/masks")
        self.assertNotIn("mirrored", said)
        for name in ORDERS:
            # The first time the scans are predicted again, then only what is needed is read.
            for overwrite in ("True", "False"):
                with self.subTest(name, overwrite=overwrite):
                    found, said = self.dice(name, "--overwrite", overwrite)
                    self.assertEqual(found, expected)
                    self.assertEqual(said.count("against its scan, it is put in the scan's order"), 1,
                                     said)
        found, said = self.dice("mirrored", "--mask_geometry", "index")
        self.assertNotEqual(found, expected)
        self.assertIn("by its header a mask is mirrored left-right against its scan, it is paired voxel "
                      "by voxel (--mask_geometry index): ", said)
        found, _ = self.dice("upside_down", "--mask_geometry", "header")
        self.assertEqual(found, expected)


if __name__ == "__main__":
    unittest.main()
