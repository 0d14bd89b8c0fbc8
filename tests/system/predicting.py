# SPDX-License-Identifier: Apache-2.0
"""Common to the tests of msunet predict: scans, a model with random weights, and short starts."""

import shutil
from pathlib import Path

from program import ProgramTest, run

RECORD = "predictions.json"
QUICK = ("-ts", "32", "-fp", "1", "-fs", "1", "--threads", "1")


def contents(folder):
    """The files of a folder without the record of what made them."""
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(Path(folder).rglob("*")) if path.is_file() and path.name != RECORD}


class PredictTest(ProgramTest):
    def setUp(self):
        super().setUp()
        result = run("init-model", "model.h5", cwd=self.here)
        self.assert_code(result, 0)

    def predict(self, *arguments, model="model.h5", **options):
        return run("predict", "-m", model, *QUICK, *arguments, cwd=self.here, **options)

    def mice(self):
        """The inference data set of msUNET-RAM."""
        self.scans()
        for mouse, (kind, name) in (("mouse_1", ("dti", "a2_dti")), ("mouse_1", ("fmri", "a3_fmri")),
                                    ("mouse_2", ("fmri", "b1_fmri"))):
            folder = self.here / "dataset" / mouse / kind
            folder.mkdir(parents=True)
            shutil.copy(self.here / "data" / f"{name}_data.nii", folder / "scan.nii")

    def names(self, folder):
        return sorted(contents(self.here / folder))
