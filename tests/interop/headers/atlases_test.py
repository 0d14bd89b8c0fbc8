# SPDX-License-Identifier: Apache-2.0
"""Six atlases of Debian's package mricron-data, whose qform and sform differ: results lie where nibabel
and SimpleITK place the atlas."""

import sys
import tempfile
import unittest
from pathlib import Path

import nibabel as nib
import numpy as np

import headers_test

ATLASES = Path("/usr/share/mricron/templates")
NAMES = ("AICHAmc", "HarvardOxford-cort-maxprob-thr0-1mm", "JHU-WhiteMatter-labels-1mm",
         "JHU-WhiteMatter-labels-2mm", "jhu189", "natbrainlab")


class Atlases(unittest.TestCase):
    run_program = headers_test.Headers.run_program.__func__

    def test_results_are_where_the_atlas_is(self):
        temporary = tempfile.TemporaryDirectory()
        self.addCleanup(temporary.cleanup)
        self.folder = Path(temporary.name)
        files = [str(ATLASES / f"{name}.nii.gz") for name in NAMES]
        self.run_program("init-model", "model.h5")
        self.run_program("predict", "-m", "model.h5", *files, *headers_test.QUICK, "--format", "nii")
        for name, file in zip(NAMES, files):
            with self.subTest(name):
                atlas = nib.load(file)
                self.assertFalse(np.allclose(atlas.get_qform(), atlas.get_sform()))
                path = self.folder / "predictions" / f"{name}_mask.nii"
                result = nib.load(path)
                np.testing.assert_array_equal(result.affine, atlas.affine)
                np.testing.assert_array_equal(result.get_qform(), atlas.get_qform())
                np.testing.assert_array_equal(headers_test.place(path), headers_test.place(file))


if __name__ == "__main__":
    if not ATLASES.is_dir():
        print(f"SKIPPED: there is no '{ATLASES}', install Debian's package mricron-data")
        sys.exit(77)
    unittest.main()
