# SPDX-License-Identifier: Apache-2.0
"""More epochs go on from the last checkpoints, and cross-validations are extended, with the results
of a sweep of the whole grid."""

import shutil

import program
from extending import ids, summary, tables, train, whole
from program import ProgramTest, TemplateTest, run, write_scans
from results import events, one, page, records
from sweep import KILLED

MORE = ("{'epochs': %s, 'lr_schedule': ['constant', 'cosine'], 'early_stopping': [1, 40],"
        " 'restore_best': [True], 'lr': [0.005], 'batch_size': 6}")


class MoreEpochsTest(TemplateTest):
    """More epochs go on from the last checkpoints."""

    @classmethod
    def fill_template(cls):
        expected = cls.template / "whole"
        write_scans(expected)
        done = train("-n", "x", "-talos", MORE % "[5, 8]", cwd=expected)
        assert done.code == 0, done.text
        cls.expected = whole(expected / "out" / "x")
        shutil.rmtree(expected)
        done = train("-n", "x", "-talos", MORE % "[5]", cwd=cls.template)
        assert done.code == 0, done.text

    def setUp(self):
        super().setUp()
        self.folder = self.here / "out" / "x"

    def extend(self, *arguments, code=0, **options):
        result = train("-n", "x", "-talos", MORE % "[5, 8]", "--extend", "True", *arguments,
                       cwd=self.here, **options)
        self.assert_code(result, code)
        return result

    def assert_whole(self):
        found = whole(self.folder)
        for name, expected in self.expected.items():
            self.assertEqual(found[name], expected, name)

    def epochs(self, trial):
        """Of a training, as the journal has them."""
        return [event["report"]["epoch"] for event in events(self.folder)
                if event["event"] == "epoch" and event["trial"] == trial]

    def continued(self):
        return [(line["trial"], line["from"], line["epoch"], line["checkpoint"])
                for event in events(self.folder) if event["event"] == "sweep_extended"
                for line in event.get("continued", [])]

    def kept_checkpoints(self):
        return sorted(path.parent.name for path in self.folder.glob("trials/*/checkpoint.h5"))

    def test_killed_at_any_moment(self):
        stopped = [len(event["result"]["history"]) for event in events(self.folder)
                   if event["event"] == "trial_finished"]
        self.assertIn(5, stopped)
        self.assertLess(min(stopped), 5, "a weak test")
        self.assertEqual(self.kept_checkpoints(), ["0"], "of the constant rate")
        result = self.extend("--dry_run")
        text = "1 permutation goes on from checkpoints: at most %s instead of 8"
        self.assertIn("4 trials are kept, of which 4 have ended, and 4 are new; "
                      + text % "3 epochs", result.out)
        # After the journal has it; when the training begins; in its first epoch; after it.
        self.extend(code=KILLED, MSUNET_FAULT="start_files:0:crash")
        self.assertEqual(self.continued(), [(6, 0, 5, "trials/0/checkpoint.h5")])
        self.extend(code=KILLED, MSUNET_FAULT="trial_6:0:crash")
        self.extend(code=KILLED, MSUNET_FAULT="train.step:0:crash:2")
        self.assertEqual(self.epochs(6), [])
        status = run("status", "out/x", cwd=self.here)
        self.assertIn("6 interrupted in epoch 6/8, resumes after epoch 5", status.out)
        self.extend(code=KILLED, MSUNET_FAULT="train.step:0:crash:4")
        self.assertIn(5, self.epochs(6))
        result = train("-n", "x", "-talos", MORE % "[5, 8]", cwd=self.here)
        self.assert_code(result, 0)
        # The checkpoint of epoch 6 may have come to the disk.
        self.assertRegex(result.out, r"extension +" + text % "[23] epochs")
        self.assertEqual(set(self.epochs(6)), {5, 6, 7})
        self.assertIn("goes on from trials/0/checkpoint.h5",
                      one(self.folder, "trials/6/log.txt").read_text())
        self.assert_whole()
        self.assertEqual(self.kept_checkpoints(), ["0", "4", "6"])

    def test_a_checkpoint_that_is_damaged_or_missing(self):
        file = self.folder / "trials" / "0" / "checkpoint.h5"
        good = file.read_bytes()
        for change in (lambda: file.write_bytes(good[:-1000]), file.unlink):
            self.begin_anew()
            self.extend(code=KILLED, MSUNET_FAULT="start_files:0:crash")
            change()
            result = self.extend()
            self.assertRegex(result.err, r"trial 6: checkpoint .*trials/0/checkpoint.h5. can't be "
                                         r"used .*; it starts from its first epoch")
            self.assertEqual(self.epochs(6), list(range(8)))
            self.assert_whole()
        # What is missing before is no checkpoint to go on from.
        self.begin_anew()
        file.unlink()
        result = self.extend(ranks=2)
        self.assertIn("checkpoint trials/0/checkpoint.h5 is missing: the epochs before it are "
                      "trained again", result.err)
        self.assertEqual(self.continued(), [])
        self.assert_whole()

    def test_on_two_ranks_with_a_failure(self):
        # Trainings with a checkpoint are the first.
        result = self.extend(code=4, ranks=2, MSUNET_FAULT="train.step:0:exception:2")
        self.assertIn("trial 6 failed", result.err)
        self.extend("--retry_failed", "True", ranks=2)
        self.assertEqual(self.epochs(6), [5, 6, 7])
        self.assert_whole()

    def test_without_sharing_all_is_trained_from_the_first_epoch(self):
        self.extend("--share_prefixes", "False")
        self.assertEqual(self.continued(), [])
        self.assert_whole()


ONE_RATE = "{'epochs': %s, 'lr': [0.005], 'batch_size': 6}"


class KilledAtTheEndTest(ProgramTest):
    """A start that is killed while a training ends."""

    def test_the_last_checkpoint_is_known_all_the_same(self):
        self.scans()
        folder = self.here / "out" / "x"
        options = ("-n", "x", "-talos")
        killed = train(*options, ONE_RATE % "[2]", cwd=self.here, MSUNET_FAULT="train.end:0:crash")
        self.assert_code(killed, KILLED)
        saved = [event["epoch"] for event in events(folder) if event["event"] == "checkpoint"]
        self.assertEqual(saved, [1], "a weak test")
        self.assert_code(train(*options, ONE_RATE % "[2]", cwd=self.here), 0)
        extended = train(*options, ONE_RATE % "[2, 3]", "--extend", "True", cwd=self.here)
        self.assert_code(extended, 0)
        self.assertIn("1 permutation goes on from checkpoints: 1 epoch instead of 3", extended.out)
        self.assertEqual([event["report"]["epoch"] for event in events(folder)
                          if event["event"] == "epoch"], [0, 1, 2])


ANIMALS = ("a1_anatomical", "a1_1_dti", "a2_dti", "a2_fmri", "a3_fmri", "a4_noddi")
FEW_FOLDS = "{'lr': [0.005], 'epochs': [2], 'batch_size': 6, 'restore_best': True, 'dropout': 0.3}"
FOLDS = FEW_FOLDS.replace("[0.005]", "[0.001, 0.005]").replace("[2]", "[2, 3]")


class FoldsTest(ProgramTest):
    """A cross-validation of further permutations."""

    def train(self, name, grid, *arguments, code=0, **options):
        result = train("-n", name, "-talos", grid, "--folds", "2", *arguments, cwd=self.here,
                       **options)
        self.assert_code(result, code)
        return result

    def results(self, folder):
        """Tables and files without ids, in the order of the tables."""
        folds = []
        for row in records(folder / "folds.csv"):
            name = f"permutation{row.pop('permutation')}_repeat{row['repeat']}_fold{row['fold']}.csv"
            del row["trial"]
            folds.append((row, *((folder / "folds" / f"{kind}_{name}").read_bytes()
                                 for kind in ("history", "modality"))))
        return {"folds": folds, "tables": tables(folder), "summary": summary(folder),
                "models": [path.read_bytes() for path in sorted(folder.glob("fold_models/*"))],
                "refit": (folder / "refit" / "trials" / "0" / "weights.h5").read_bytes(),
                "model": (folder / "best_model.hdf5").read_bytes()}

    def test_tables_are_those_of_the_whole_cross_validation(self):
        self.scans(names=ANIMALS)
        self.train("y", FOLDS)
        expected = self.results(self.here / "out" / "y")
        folder = self.here / "out" / "x"
        self.train("x", FEW_FOLDS)
        result = self.train("x", FOLDS, "--extend", "True", code=KILLED,
                            MSUNET_FAULT="trial_7:0:crash")
        self.assertIn("2 trials are kept, of which 2 have ended, and 6 are new; 1 permutation goes "
                      "on from checkpoints: 2 epochs instead of 6", result.out)
        extended = [event for event in events(folder) if event["event"] == "sweep_extended"][0]
        self.assertEqual(extended["trials"], [[2, 2], [0, 2], [4, 4]])
        self.assertEqual(extended["permutations"], [[0, 4]])
        self.assertEqual(extended["shared"], [[2, 4], [3, 5]])
        self.assertEqual([(line["trial"], line["from"]) for line in extended["continued"]],
                         [(6, 0), (7, 1)])
        self.train("x", FOLDS, ranks=2)
        self.assertEqual(ids(folder), [1, 0, 2, 3])
        found = self.results(folder)
        for name, content in expected.items():
            self.assertEqual(found[name], content, name)
        self.assertEqual([added for added, _ in page(folder)["extensions"]], [6])
        self.assert_code(run("report", folder, cwd=self.here), 0)
        self.assertEqual(self.results(folder)["folds"], expected["folds"])
        # Other folds are another sweep.
        result = train("-n", "x", "-talos", FOLDS, "--folds", "3", "--extend", "True",
                       cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn("folds: recorded", result.err)


if __name__ == "__main__":
    program.main()
