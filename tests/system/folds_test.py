# SPDX-License-Identifier: Apache-2.0
"""Cross-validation: its tables do not depend on ranks and kills, and what it refuses."""

import json
import re
import shutil
import signal

import program
from folding import NAMES, FoldTest
from program import run, without
from results import events, page, records, summary_files
from sweep import KILLED

FOLDS = 3
TRIALS = 2 * FOLDS
GRID = "{'lr': [0.001, 0.0005], 'epochs': 2, 'batch_size': 6, 'dropout': 0.3}"
OPTIONS = ("-talos", GRID, "-at", "0.6", "--checkpoint_minutes", "0", "--ranks_per_trial", "1",
           "--folds", FOLDS)
REFIT = ("-talos", "{'lr': 0.0005, 'epochs': 6, 'batch_size': 6, 'restore_best': True}", "-at", "0.6",
         "--checkpoint_minutes", "0", "--folds", 2)


class FoldsTest(FoldTest):
    def refused(self, *words, options=(), code=2):
        result = self.train(*OPTIONS, *options)
        self.assert_code(result, code)
        for word in words:
            self.assertIn(word, result.err)

    def test_ranks_and_kills_change_no_table(self):
        self.assert_code(self.train(*OPTIONS), 0)
        self.check_trials()
        alone = self.set_aside()
        killed = self.train(*OPTIONS, ranks=3, MSUNET_FAULT="journal:0:crash:12")
        self.assertNotIn(killed.code, (0, 75), killed.text)
        self.assertNotIn("stopped", self.events_of(self.folder))
        left = TRIALS - self.events_of(self.folder).count("trial_finished")
        self.assertGreater(left, 0)
        self.assertRegex(self.command("status"), r"\[permutation \d, fold \d of 3\] (running|interrupted)")
        self.assertRegex(self.command("report"), r"\d trials? of \d permutations? (has|have) not ended yet")
        self.assert_code(self.train(*OPTIONS, ranks=3), 0)
        self.check_trials()
        self.assert_results(alone)
        self.check_models()

    def events_of(self, folder):
        return [event["event"] for event in events(folder)]

    def command(self, *words):
        """Output of a command that only reads."""
        result = run(*words, self.folder, cwd=self.here)
        self.assert_code(result, 0)
        return result.text

    def check_trials(self):
        finished = [event["result"]["trial"] for event in events(self.folder)
                    if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(TRIALS)))
        rows = records(summary_files(self.folder)[0])
        self.assertEqual([row["round_epochs"] for row in rows], ["2", "2"])
        start = events(self.folder)[0]
        self.assertEqual((start["folds"], start["repeats"]), (FOLDS, 1))
        folds = {}
        for pair in start["data"]["pairs"]:
            folds.setdefault(pair["subject"], set()).add(tuple(pair["folds"]))
        self.assertTrue(all(len(found) == 1 for found in folds.values()), folds)
        self.assertEqual(set.union(*folds.values()), {(0,), (1,), (2,)})

        rows = records(self.folder / "folds.csv")
        self.assertEqual([row["fold"] for row in rows], 2 * ["1", "2", "3"])
        means = records(summary_files(self.folder)[0])
        for number, row in enumerate(means):
            dice = [float(one["val_dice_coef"]) for one in rows if one["permutation"] == str(number)]
            self.assertAlmostEqual(float(row["val_dice_coef"]), sum(dice) / FOLDS, delta=1e-12)
        self.assertEqual(len(list(self.folder.glob("folds/history_*"))), TRIALS)
        shown = page(self.folder)
        self.assertEqual(shown["folds"]["folds"], FOLDS)
        self.assertEqual(set(shown["whole_masks"]["scans"]), {f"{name}_data.nii" for name in NAMES})

    def check_models(self):
        best = page(self.folder)["best"]
        models = sorted(path.name for path in self.folder.glob("fold_models/*"))
        self.assertEqual(models, [f"permutation{best}_repeat1_fold{fold}.hdf5" for fold in (1, 2, 3)])
        result = run("predict", "data", "-m", self.folder, "--ensemble", "True", "-o", "masks_of_all",
                     cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("mean of 3 models", result.text)
        result = run("report", self.folder, "--deploy", 1 - best, cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn(f"--deploy {1 - best}: the weights of this permutation were not kept",
                      result.err)
        result = run("status", self.folder, cwd=self.here)
        self.assertIn(f"permutation {best} with mean val_dice_coef", result.text)

    def model(self, folder):
        return (folder / "best_model.hdf5").read_bytes()

    def test_refit_is_a_plain_run_on_all_scans(self):
        # The third engine is the refit's.
        process = self.start_training(*REFIT, MSUNET_FAULT="train.engine:0:suspend:3")
        self.wait_until_suspended(process)
        process.send_signal(signal.SIGUSR1)
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(), 75, self.log())
        self.assertNotIn("finished", self.events_of(self.folder))
        self.check_that_the_refit_is_left("stopped")
        (self.folder / "report.html").unlink()
        killed = self.train(*REFIT, MSUNET_FAULT="train.step:0:crash:3")
        self.assert_code(killed, KILLED)
        self.assertNotIn("trial_finished", self.events_of(self.folder / "refit"))
        self.check_that_the_refit_is_left("nothing runs")
        result = self.train(*REFIT)
        self.assert_code(result, 0)
        self.assertRegex(result.out, r"\n   refit +\d/\d ")
        self.assertRegex(result.out, r"the refit is done: dice_coef \d\.\d{4}\n")
        self.assertNotIn("trial 0", result.text)
        self.assertFalse(page(self.folder)["unfinished"])
        self.assertFalse((self.folder / "refit" / "report.html").exists())
        self.assertIn("x, finished", self.command("status"))
        refit = events(self.folder / "refit")
        self.assertIn("trial_paused", {event["event"] for event in refit})
        ends = [event["result"]["best_epoch"] + 1 for event in events(self.folder)
                if event["event"] == "trial_finished"]
        epochs = refit[0]["grid"]["epochs"][0]
        self.assertAlmostEqual(epochs, sum(ends) / 2, delta=0.5)
        self.assertLess(epochs, 6)
        self.assertEqual(refit[0]["grid"], {"batch_size": [6], "epochs": [epochs], "lr": [0.0005]})
        plain = f"{{'lr': 0.0005, 'epochs': {epochs}, 'batch_size': 6}}"
        self.assert_code(self.train("-talos", plain, "-at", "0.6", "-v", "0", "-n", "plain"), 0)
        plain = self.here / "out" / "plain"
        self.assertEqual(self.model(self.folder), self.model(plain))
        self.assertEqual({pair["subject"] for pair in events(plain)[0]["data"]["pairs"]},
                         {"a1", "a2", "a3", "a4"})

    def check_that_the_refit_is_left(self, state):
        """With a refit that has begun. The page is that of the run, before `msunet report`."""
        shown = page(self.folder)
        self.assertTrue(shown["unfinished"])
        self.assertRegex(shown["refit"], r"permutation 0 on all scans, epoch \d/\d")
        self.assertFalse((self.folder / "refit" / "report.html").exists())
        self.assertFalse((self.folder / "refit" / "results.partial.csv").exists())
        text = self.command("status")
        self.assertIn(f"experiment   x, {state}", text)
        self.assertRegex(text, r"refit +permutation 0 on all scans, epoch \d/\d")
        self.assertIn("the refit has not ended yet", self.command("report"))
        self.assertFalse((self.folder / "best_model.hdf5").exists())
        self.assertTrue(page(self.folder)["unfinished"])

    def test_a_refit_is_announced(self):
        dry = self.train(*REFIT, "--early_stopping", "3", "--dry_run").text
        self.assertIn("refit: the best permutation on all scans, for the mean of its best epochs\n", dry)
        self.assertRegex(dry, r"estimate: at most .* of training, \d+ s of it for the refit")
        self.assertNotIn("early_stopping without restore_best", dry)
        keeps_last = (*REFIT[:1], "{'epochs': 2, 'early_stopping': 1}", *REFIT[2:], "--dry_run")
        dry = self.train(*keeps_last).text
        self.assertIn("refit: the best permutation on all scans, for all of its epochs\n", dry)
        self.assertIn("early_stopping without restore_best", dry)
        dry = self.train(*keeps_last, "--refit", "False").text
        self.assertNotIn("refit", dry.replace("--refit", ""))
        self.assertNotIn("early_stopping without restore_best", dry)

    def test_a_refit_follows_later(self):
        """Without it, or before it, the model is that of the best fold."""
        self.assert_code(self.train(*REFIT, "--refit", "False"), 0)
        self.assertFalse((self.folder / "refit").exists())
        self.assertEqual(self.model(self.folder), self.best_fold())
        limited = self.train(*REFIT, "--time_limit", "0.001 s")
        self.assert_code(limited, 0)
        self.assertRegex(limited.text, r"\n  refit +the best permutation on all scans")
        self.assertRegex(limited.text, r"will take +about \d+ s for the refit, from steps")
        self.assertIn("the time limit has come", limited.text)
        self.assertIn("x, ended by --time_limit", self.command("status"))
        self.assertTrue(page(self.folder)["unfinished"])
        self.assertEqual(self.model(self.folder), self.best_fold())
        self.assert_code(self.train(*REFIT), 0)
        self.assertIn("trial_finished", self.events_of(self.folder / "refit"))
        self.assertNotEqual(self.model(self.folder), self.best_fold())
        self.assertIn("nothing left to do", self.train(*REFIT).text)

        journal = self.folder / "refit" / "journal.jsonl"
        lines = journal.read_text().splitlines()
        journal.write_text("\n".join([lines[0], "{", *lines[2:], ""]))
        self.assertRegex(self.command("status"), r"refit +failed \(.*damaged in line 2")
        report = self.command("report")
        self.assertRegex(report, "warning: the refit failed .*damaged in line 2")
        self.assertEqual(report.count("damaged in line 2"), 1, report)
        self.assertEqual(self.model(self.folder), self.best_fold())
        result = self.train(*REFIT)
        self.assert_code(result, 2)
        self.assertRegex(result.err, "error: '.*refit/journal.jsonl' is damaged in line 2 .*, remove "
                                     "the folder 'out/x/refit', and msunet train trains the refit")
        self.assertNotIn("restore", result.err)

    def best_fold(self):
        rows = records(self.folder / "folds.csv")
        fold = max(rows, key=lambda row: float(row["val_dice_coef"]))["fold"]
        return (self.folder / "fold_models" / f"permutation0_repeat1_fold{fold}.hdf5").read_bytes()

    def test_a_failed_refit_leaves_the_best_fold(self):
        options = (*REFIT[:1], "{'epochs': 1, 'batch_size': 8}", *REFIT[2:])
        result = self.train(*options, MSUNET_FAULT="train.engine:0:out_of_memory:3")
        self.assert_code(result, 4)
        self.assertRegex(result.text, r"  refit +failed \(")
        self.assertRegex(page(self.folder)["refit"], r"failed \(.*memory")
        self.assertIn("warning: the refit failed", self.command("report"))
        again = self.train(*options)
        self.assert_code(again, 4)
        self.assertRegex(again.text, r"(?s)nothing left to do.*warning: the refit failed")
        self.assertRegex(result.err, r"warning: the refit failed \(.*memory.*--retry_failed")
        self.assertIn("best_model.hdf5    the model of the best fold of the best permutation for Keras", result.text)
        result = self.train(*options, "--retry_failed", "True")
        self.assert_code(result, 0)
        self.assertIn("the best model, trained on all scans", result.text)

    def test_fixed_patches_in_two_repeats(self):
        options = ("-ufp", "False", "-talos",
                   "{'lr': [0.001], 'epochs': 1, 'batch_size': 16, 'patch_dimensions': 32,"
                   " 'patch_stride': 32}",
                   "--folds", 2, "--repeats", 2, "--refit", "False")
        result = self.train(*options, "--metric", "anatomical_val_dice")
        self.assert_code(result, 0)
        self.assertRegex(result.err, r"--metric anatomical_val_dice: fold \d of 2, repeat 1 of 2; "
                                     r"fold \d of 2, repeat 2 of 2 have no anatomical scans to validate on, so the mean leaves them out")
        self.assertIn("each scan by the model that was trained without it", " ".join(result.text.split()))
        rows = records(self.folder / "folds.csv")
        self.assertEqual([(row["repeat"], row["fold"]) for row in rows],
                         [("1", "1"), ("1", "2"), ("2", "1"), ("2", "2")])
        scans = page(self.folder)["whole_masks"]["scans"]
        measured = {}
        for trial in range(4):
            for scan in json.loads((self.folder / "trials" / str(trial) / "scan_dice.json").read_text()):
                measured.setdefault(scan["scan"], []).append(scan["dice"])
        self.assertEqual(measured.keys(), {f"{name}_data.nii" for name in NAMES})
        for name, dice in measured.items():
            self.assertEqual(len(dice), 2, name)
            self.assertAlmostEqual(scans[name][0], sum(dice) / 2, delta=1e-12)
        models = {path.read_bytes() for path in self.folder.glob("fold_models/*")}
        self.assertEqual(len(models), 4)

    def test_a_target_waits_for_a_whole_permutation(self):
        options = ("-talos", "{'lr': [0.001, 0.0005], 'epochs': 1, 'batch_size': 16}", "--folds", 2,
                   "--refit", "False")
        result = self.train(*options, "--performance_target", "val_dice_coef,0")
        self.assert_code(result, 0)
        self.assertIn("the performance target is reached", result.text)
        self.assertRegex(result.text, r"permutation 0: mean val_dice_coef \d\.\d+ over 2 trials, best so far")
        self.assertEqual(len(records(summary_files(self.folder)[0])), 1)
        self.assertTrue((self.folder / "best_model.hdf5").exists())

    def test_messages(self):
        self.refused("--folds 5 needs as many subjects and there are only 4", "'a1', 'a2'",
                     options=("--folds", 5))
        self.refused("pca_only can't be combined",
                     options=("-talos", "{'pca_only': [False, True]}"))
        self.refused("--folds 3 and -v/--validation_split", "--folds 3 and --shard",
                     options=("-v", 0.2, "--shard", "1/2"))
        for part in ("data", "mask"):
            folder = self.here / {"mask": "masks"}.get(part, part)
            shutil.copy(folder / f"a1_1_dti_{part}.nii", folder / f"a1_1_dti_{part}_augmented1.nii")
        result = self.train(*OPTIONS, "--repeats", 2, "--dry_run")
        self.assert_code(result, 0)
        for copy in self.here.glob("*/*_augmented1.nii"):
            copy.unlink()
        columns = re.findall(r"(?m)^  (a\d_.*(?:anatomical|dti|fmri|noddi) +fold \d.*?|volume .* split +)(?:\d+×|size)",
                             result.text)
        self.assertEqual((len(columns), len({len(column) for column in columns})), (len(NAMES) + 2, 1),
                         result.text)
        self.assertRegex(result.text, r"_augmented1.nii +a1 +dti +fold \d \(copy\)  \d")
        self.assertRegex(result.text, r"3 folds in 2 repeats, 12 trials\n  fold 1 of 3, repeat 1 of 2 validates on")
        self.assertRegex(result.text, r"fold \d of 3, repeat 2 of 2 validates on \d scans? .*a1")
        self.assertRegex(result.text, r"a1_2_dti_data.nii +a1_2_dti_mask.nii +a1 +dti +fold \d")
        self.assertFalse(self.folder.exists())
        one = ("-talos", "{'epochs': 1, 'batch_size': 8}")
        failed = self.train(*OPTIONS, *one, MSUNET_FAULT="train.engine:0:out_of_memory:2")
        self.assert_code(failed, 4)
        self.assertRegex(failed.err, r"permutation 0 failed in fold 2 of 3: .*memory")
        self.assert_code(self.train(*OPTIONS, *one, "--retry_failed", "True"), 0)
        self.refused("folds: recorded '3', now '2'",
                     options=("-talos", "{'epochs': 1, 'batch_size': 8}", "--folds", 2))
        result = run("predict", "--validation", "out/x", cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn("is a cross-validation", result.err)


if __name__ == "__main__":
    program.main()
