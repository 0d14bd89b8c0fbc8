# SPDX-License-Identifier: Apache-2.0
"""Common to the tests of sweeps with folds: scans of four subjects, and results to compare."""

import program
from sweep import SweepTest
from sweep import results as sweep_results

NAMES = ("a1_anatomical", "a1_1_dti", "a1_2_dti", "a2_dti", "a2_fmri", "a3_fmri", "a4_noddi")


def results(folder):
    """What must not depend on ranks and kills, the trials' own files among it."""
    files = [folder / "folds.csv", *folder.glob("folds/*"), *folder.glob("fold_models/*"),
             folder / "refit" / "trials" / "0" / "weights.h5"]
    return {**sweep_results(folder),
            **{str(path.relative_to(folder)): path.read_bytes() for path in files}}


class FoldTest(SweepTest):
    """A sweep with folds. Each test makes the undisturbed one that it needs."""

    @classmethod
    def setUpClass(cls):
        pass

    def setUp(self):
        program.ProgramTest.setUp(self)
        self.scans(names=NAMES)
        self.folder = self.here / "out" / "x"

    def set_aside(self):
        """Makes room for another sweep of the same name. Returns the results of this one."""
        found = results(self.folder)
        self.folder.rename(self.here / "out" / "alone")
        return found

    def assert_results(self, expected):
        found = results(self.folder)
        self.assertEqual(found.keys(), expected.keys())
        for name, content in expected.items():
            self.assertEqual(found[name], content, name)
