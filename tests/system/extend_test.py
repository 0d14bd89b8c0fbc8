# SPDX-License-Identifier: Apache-2.0
"""A sweep that goes on with a larger grid has the results of a sweep of that grid."""

import time

import program
from extending import OPTIONS, PLACE, ids, summary, tables, train
from program import TemplateTest, run, without, write_pair
from results import contents, events, one, page, records, summary_file
from sweep import KILLED

FIRST = "{'lr': [0.001, 0.0005], 'epochs': 1, 'batch_size': 6, 'dropout': 0.3}"
SECOND = "{'lr': [0.001, 0.01, 0.0005], 'epochs': [1, 2], 'batch_size': 6, 'dropout': 0.3}"
# A further key, whose default is what all trials had.
THIRD = ("{'optimizer': ['SGD', 'Adam'], 'lr': [0.001, 0.01, 0.0005], 'epochs': [1, 2],"
         " 'batch_size': 6, 'dropout': 0.3}")


class ExtendTest(TemplateTest):

    @classmethod
    def fill_template(cls):
        done = train("-n", "x", "-talos", FIRST, cwd=cls.template)
        assert done.code == 0, done.text

    def setUp(self):
        super().setUp()
        self.folder = self.here / "out" / "x"

    def extend(self, grid, *arguments, code=0, **options):
        result = train("-n", "x", "-talos", grid, "--extend", "True", *arguments, cwd=self.here,
                       **options)
        self.assert_code(result, code)
        return result

    def last_event(self):
        return events(self.folder)[-1]["event"]

    def killed_extensions(self, grid):
        """An extension that is killed before the journal has it, before the folder's other files
        have it, and before it trains its last trial."""
        config = one(self.folder, "config.yaml").read_bytes()
        for fault, last in (("journal:0:crash:2", "resumed"),
                            ("start_files:0:crash", "sweep_extended")):
            self.extend(grid, code=KILLED, MSUNET_FAULT=fault)
            self.assertEqual(self.last_event(), last)
            self.assertEqual(one(self.folder, "config.yaml").read_bytes(), config)
        self.extend(grid, code=KILLED, MSUNET_FAULT="trial_5:0:crash")
        self.assertNotEqual(one(self.folder, "config.yaml").read_bytes(), config)
        named = [event["event"] for event in events(self.folder)]
        self.assertEqual(named.count("sweep_extended"), 1)

    def test_tables_are_those_of_the_whole_grid(self):
        kept = tables(self.folder)
        self.killed_extensions(SECOND)
        # The extended command goes on with and without the option.
        result = train("-n", "x", "-talos", SECOND, cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("resuming", result.out)
        self.assertEqual(ids(self.folder), [0, 2, 1, 3, 4, 5])
        self.assertEqual([row for row in tables(self.folder) if row in kept], kept)
        extended = [event for event in events(self.folder) if event["event"] == "sweep_extended"]
        self.assertEqual(extended[0]["shared"], [[2, 4]], "both new trials of lr 0.01")

        result = self.extend(THIRD, ranks=2)
        self.assertIn("6 trials are kept, of which 6 have ended, and 6 are new", result.out)
        whole = train("-n", "y", "-talos", THIRD, cwd=self.here)
        self.assert_code(whole, 0)
        expected = self.here / "out" / "y"
        self.assertEqual(ids(self.folder), [6, 0, 7, 2, 8, 1, 9, 3, 10, 4, 11, 5])
        self.assertEqual(tables(self.folder), tables(expected))
        self.assertEqual(summary(self.folder), summary(expected))
        self.assertEqual((self.folder / "best_model.hdf5").read_bytes(),
                         (expected / "best_model.hdf5").read_bytes())
        finished = [event["result"]["trial"] for event in events(self.folder)
                    if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(12)), "lost, or trained twice")
        self.assert_commands_agree()

    def assert_commands_agree(self):
        status = run("status", "out/x", cwd=self.here)
        self.assertIn("trials       12: 12 ended (0 failed), 0 left", status.out)
        for added in (4, 6):
            self.assertRegex(status.out, rf"\nextended     \d{{4}}-.*: {added} trials added\n")
        before = {name: text for name, (_, text) in contents(self.folder).items()
                  if name.endswith(".csv")}
        self.assert_code(run("report", "out/x", cwd=self.here), 0)
        after = {name: text for name, (_, text) in contents(self.folder).items()
                 if name.endswith(".csv")}
        self.assertEqual(after, before)
        self.assertEqual(len(page(self.folder)["trials"]), 12)
        self.assertEqual([added for added, _ in page(self.folder)["extensions"]], [4, 6])
        merged = run("merge", "-o", "m", "out/x", cwd=self.here)
        self.assert_code(merged, 2)
        self.assertIn("is no shard", merged.err)
        again = self.extend(THIRD)
        self.assertIn("nothing left to do", again.out)
        # The folder's configuration is that of the whole grid.
        self.assertNotIn("extend: true", one(self.folder, "config.yaml").read_text().lower())
        again = run("train", "--resume", "out/x", cwd=self.here)
        self.assert_code(again, 0)
        self.assertIn("nothing left to do", again.out)

    def refused(self, words, grid, *arguments, extend=True):
        before = contents(self.folder)
        option = ("--extend", "True") if extend else ()
        result = train("-n", "x", "-talos", grid, *option, *arguments, cwd=self.here)
        self.assert_code(result, 2)
        for word in words:
            self.assertIn(word, result.err)
        self.assertEqual(contents(self.folder), before)
        return result

    def test_what_is_no_extension_is_refused(self):
        self.refused(["epochs: 1 is missing", "keeps every value"],
                     FIRST.replace("'epochs': 1", "'epochs': 2"))
        self.refused(["dropout: is missing", "keeps every key"],
                     SECOND.replace(", 'dropout': 0.3", ""))
        self.refused(["optimizer: lacks 'Adam'"], THIRD.replace(", 'Adam'", ""))
        self.refused(["weight_factor", "1.0", "2.0"], SECOND, "-wf", "2")
        self.refused(["--performance_target loss,1000", "has reached it"], SECOND,
                     "--performance_target", "loss,1000")

    def test_of_equal_trials_the_kept_model_stays_the_best(self):
        grid = "{'early_stopping': %s, 'epochs': 1, 'batch_size': 6, 'lr': [0.001], 'dropout': %s}"

        def start(*values, code=0):
            result = run("-tpath", "data", "-mpath", "masks", *PLACE, *without(OPTIONS, ("--keep_models",)),
                         "-n", "equal", "-talos", grid % values, "--extend", "True", cwd=self.here)
            self.assert_code(result, code)
            return result

        start("[5, 6]", "0.3")
        folder = self.here / "out" / "equal"
        self.assertEqual(len({row["val_dice_coef"] for row in records(summary_file(folder))}), 1)
        weights = sorted(path.parent.name for path in folder.glob("trials/*/weights.h5"))
        self.assertEqual(weights, ["0"])
        refused = start("[6, 5]", "0.3", code=2)
        self.assertIn("early_stopping: 6 stands before 5", refused.err)
        start("[5, 6]", "[0.3, 0.5]")
        best = page(folder)["best"]
        weights = [path.parent.name for path in folder.glob("trials/*/weights.h5")]
        self.assertEqual(weights, [str(best)])

    def test_patch_sizes_are_not_compared_where_they_have_no_effect(self):
        grid = FIRST.replace("}", ", 'patch_dimensions': %s}")
        self.assert_code(train("-n", "p", "-talos", grid % "[96]", cwd=self.here), 0)
        result = train("-n", "p", "-talos", grid % "[128, 96]", "--extend", "True", cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("2 trials are kept, of which 2 have ended, and 0 are new", result.out)

    def test_an_unfinished_sweep_and_a_failed_trial(self):
        folder = self.here / "out" / "part"
        first = train("-n", "part", "-talos", FIRST, cwd=self.here, MSUNET_FAULT="trial_1:0:crash")
        self.assert_code(first, KILLED)
        extend = ("-n", "part", "-talos", SECOND, "--extend", "True")
        failed = train(*extend, cwd=self.here, MSUNET_FAULT="train.step:0:exception")
        self.assert_code(failed, 4)
        self.assertIn("2 trials are kept, of which 1 has ended, and 4 are new", failed.out)
        again = train("-n", "part", "-talos", SECOND.replace("0.3", "[0.3, 0.4]"),
                      "--extend", "True", "--retry_failed", "True", cwd=self.here)
        self.assert_code(again, 0)
        self.assertEqual(ids(folder)[:6], [0, 2, 1, 3, 4, 5])
        self.assertEqual({row["state"] for row in records(folder / "permutations.csv")}, {"done"})
        kept = tables(self.folder)
        self.assertEqual([row for row in tables(folder) if row in kept], kept)

    def test_options_that_choose_permutations_are_refused(self):
        for options in (("--shard", "1/2"), ("--strategy", "asha"), ("--round_limit", "3"),
                        ("--resume", "never")):
            self.refused(["--extend True can't be combined with " + options[0]], SECOND, *options)

    def test_changed_data_is_refused(self):
        write_pair(self.here, "a2_dti", 99)
        self.refused(["can't be extended", "a2_dti_data.nii"], SECOND)

    def test_without_the_option_it_is_named_where_it_helps(self):
        self.refused(["--extend True"], SECOND, extend=False)
        result = self.refused(["lr"], "{'lr': 0.001}", extend=False)
        self.assertNotIn("--extend", result.err)
        result = self.refused(["round_limit"], SECOND, "--round_limit", "3", extend=False)
        self.assertNotIn("--extend", result.err)

    def test_a_running_experiment_is_refused(self):
        process = program.start("-tpath", "data", "-mpath", "masks", *PLACE, *OPTIONS, "-n", "long",
                                "-talos", "{'epochs': 5000, 'lr': [0.001]}", cwd=self.here)
        self.addCleanup(self.end, process)
        journal = self.here / "out" / "long" / "journal.jsonl"
        while not journal.exists():
            self.assertIsNone(process.poll(), self.log())
            time.sleep(0.01)
        grid = "{'epochs': 5000, 'lr': [0.001, 0.01]}"
        for name in (("-n", "long"), ()):
            result = train(*name, "-talos", grid, "--extend", "True", cwd=self.here)
            self.assert_code(result, 2)
            self.assertIn("is in use", result.err)

    def test_nothing_to_extend_starts_and_a_dry_run_writes_nothing(self):
        before = contents(self.folder)
        result = self.extend(SECOND, "--dry_run")
        self.assertIn("2 trials are kept, of which 2 have ended, and 4 are new", result.out)
        self.assertIn("  2: batch_size=6, dropout=0.3, epochs=1, lr=0.01", result.out)
        self.assertEqual(contents(self.folder), before)
        # Without a name the newest that fits is extended.
        result = train("-talos", FIRST.replace("0.0005", "0.0005, 0.01"), "--extend", "True",
                       cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("extending out/x: 2 trials are kept", result.out)
        result = train("-n", "new", "-talos", FIRST, "--extend", "True", cwd=self.here)
        self.assert_code(result, 0)
        self.assertEqual(ids(self.here / "out" / "new"), [0, 1])


if __name__ == "__main__":
    program.main()
