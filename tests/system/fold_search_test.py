# SPDX-License-Identifier: Apache-2.0
"""Searches and suggestions with folds: the first fold decides, what is done on it is trained on all.
Tables do not depend on ranks and kills where a strategy is synchronous."""

import signal

import program
from folding import FoldTest
from program import run
from results import events, page, records, summary_files

FOLDS = 2
COMMON = ("-at", "0.6", "--checkpoint_minutes", "0", "--ranks_per_trial", "1", "--folds", FOLDS)
# Permutations with one and three epochs share a training. After the first epoch the longer ones are
# compared, and two of them are stopped where the shorter ones are done.
HALVING = ("-talos", "{'lr': [0.002, 0.0005, 0.0001], 'epochs': [1, 3], 'batch_size': 6}", *COMMON,
           "--strategy", "halving")
ASHA = ("-talos", "{'lr': [0.002, 0.001, 0.0005, 0.0001], 'epochs': 4, 'batch_size': 6}", *COMMON,
        "--strategy", "asha", "--reduction_factor", "2", "--refit", "False")
ROUNDS = 12
TPE = ("-talos", "{'lr': loguniform(1e-4, 1e-2), 'epochs': 1, 'batch_size': 8}", *COMMON,
       "--sampler", "tpe", "--round_limit", ROUNDS, "--refit", "False")


class FoldSearchTest(FoldTest):
    def happened(self, name):
        return [event for event in events(self.folder) if event["event"] == name]

    def kill_after_lines(self, options, ranks, *lines):
        """Starts the sweep, and kills it after so many lines more of the journal, each time."""
        for count in lines:
            process = self.start_training(*options, ranks=ranks)
            self.assertTrue(self.wait_for_lines(process, count), self.log())
            children = program.children(process.pid)
            self.end(process)
            self.wait_until_gone(children)
        self.assert_code(self.train(*options, ranks=ranks), 0)

    def trials_by_permutation(self):
        """The numbers of the trials of each permutation that have a result."""
        found = {}
        for event in self.happened("trial_finished"):
            trial = event["result"]["trial"]
            self.assertNotIn(trial % FOLDS, found.setdefault(trial // FOLDS, set()), "ended twice")
            found[trial // FOLDS].add(trial % FOLDS)
        return found

    def check_whole_permutations(self):
        """Those done on the first fold have all, the others one. Returns the states."""
        rows = records(self.folder / "permutations.csv")
        states = {int(row["id"]): row["state"] for row in rows}
        expected = {id: {0, 1} if state == "done" else {0} for id, state in states.items()}
        self.assertEqual(self.trials_by_permutation(), expected)
        folds = [(int(row["permutation"]), row["state"]) for row in records(self.folder / "folds.csv")]
        self.assertEqual(folds, [(id, state) for id, state in states.items() for _ in expected[id]])
        for event in self.happened("trial_started"):
            self.assertIn(event["trial"] % FOLDS, expected[event["trial"] // FOLDS])
        return states

    def test_halving_does_not_depend_on_ranks_and_kills(self):
        result = self.train(*HALVING)
        self.assert_code(result, 0)
        self.assertRegex(result.text,
                         r"trial \d+ \[permutation \d, fold 1 of 2\] is promoted, to its last epoch")
        self.check_halving()
        alone = self.set_aside()
        self.kill_after_lines(HALVING, 3, 5, 7, 6)
        self.check_halving()
        self.assert_results(alone)
        self.check_report()

    def check_halving(self):
        states = self.check_whole_permutations()
        self.assertEqual(sorted(states.values()), 4 * ["done"] + 2 * ["stopped"])
        summary = records(summary_files(self.folder)[0])
        for (id, state), row in zip(states.items(), summary):
            folds = [one for one in records(self.folder / "folds.csv") if one["permutation"] == str(id)]
            mean = sum(float(one["val_dice_coef"]) for one in folds) / len(folds)
            self.assertAlmostEqual(float(row["val_dice_coef"]), mean, delta=1e-12)
            self.assertEqual(row["round_epochs"], "1" if state == "stopped" else row["epochs"])
        self.assertEqual([event["trial"] % FOLDS for event in self.happened("trial_promoted")], [0])
        self.assertTrue((self.folder / "best_model.hdf5").exists())
        self.assertEqual(events(self.folder / "refit")[0]["grid"]["batch_size"], [6])
        self.assertNotIn("trial_promoted", {event["event"] for event in events(self.folder / "refit")})
        self.assertEqual(list(self.folder.rglob("checkpoint*")), [])

    def check_report(self):
        shown = page(self.folder)
        self.assertEqual(shown["search"]["rungs"], [[1, 3, 1, 2]])
        self.assertEqual((shown["search"]["completed"], shown["search"]["on_other_folds"]), (1, 3))
        stopped = [trial["id"] for trial in shown["trials"] if trial["state"] == "stopped"]
        self.assertEqual(shown["folds"]["stopped"], stopped)
        compared = {row["id"] for row in shown["folds"]["rows"]}
        self.assertEqual((len(compared), compared & set(stopped)), (4, set()))
        self.assertIn(shown["best"], compared)
        status = run("status", self.folder, cwd=self.here)
        self.assertRegex(status.text, r"trials +10: 10 ended \(0 failed, 2 stopped by the search\), 0 left")
        self.assertIn("halving on the first fold: 3 trials after 1 epoch, 1 to the end; 3 trials on the "
                      "other folds", status.text)
        self.assert_code(run("report", self.folder, cwd=self.here), 0)

    def test_a_failed_first_fold_ends_its_permutation(self):
        dry = self.train(*HALVING, "--dry_run")
        self.assertIn("2 folds, at most 12 trials", dry.text)
        # Three trainings of three epochs: one each and two more for the best, on both folds.
        self.assertIn("search: halving on the first fold, rungs at 1 epoch; at most 10 epochs instead of 18",
                      dry.text)
        options = (*HALVING, "--refit", "False")
        failed = self.train(*options, MSUNET_FAULT="train.engine:0:out_of_memory:2")
        self.assert_code(failed, 4)
        self.assertRegex(failed.err, r"permutation \d failed in fold 1 of 2: .*memory")
        states = self.check_whole_permutations()
        self.assertEqual(sorted(states.values()), 3 * ["done"] + 2 * ["failed"] + ["stopped"])
        self.assert_code(self.train(*options, "--retry_failed", "True"), 0)
        states = [row["state"] for row in records(self.folder / "permutations.csv")]
        self.assertNotIn("failed", states)

    def test_asha_goes_on_from_its_decisions(self):
        process = self.start_training(*ASHA, MSUNET_FAULT="train.engine:0:suspend:1")
        self.wait_until_suspended(process)
        process.send_signal(signal.SIGUSR1)
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(), 75, self.log())
        self.assertRegex(self.log(), r"trial \d \[permutation \d, fold 1 of 2\] paused")
        self.kill_after_lines(ASHA, 2, 6, 8)
        states = self.check_whole_permutations()
        self.assertIn("done", states.values())
        self.assertIn("stopped", states.values())
        promoted = [(event["trial"], event["rung"]) for event in self.happened("trial_promoted")]
        self.assertEqual(len(promoted), len(set(promoted)), "decided twice")
        self.assertEqual({trial % FOLDS for trial, _ in promoted}, {0})
        self.assertIn(page(self.folder)["best"], [id for id, state in states.items() if state == "done"])

    def test_suggestions_are_permutations(self):
        self.assertIn("cross-validation: 2 folds, 24 trials", self.train(*TPE, "--dry_run").text)
        self.kill_after_lines(TPE, 2, 12, 60)
        self.assertRegex(self.log(), r"cross-validation +2 folds, 24 trials")
        start = events(self.folder)[0]
        self.assertEqual(start["rounds"], ROUNDS * FOLDS)
        known = {trial for first, count in start["trials"] for trial in range(first, first + count)}
        self.assertEqual(len(known), 10 * FOLDS)
        for event in events(self.folder):
            if event["event"] == "trial_suggested":
                self.assertEqual(event["trial"] % FOLDS, 0)
                self.assertNotIn(event["trial"], known)
                known.update(range(event["trial"], event["trial"] + FOLDS))
            elif event["event"] == "trial_started":
                self.assertIn(event["trial"], known)
        self.assertEqual(len(known), ROUNDS * FOLDS)
        states = self.check_whole_permutations()
        self.assertEqual(list(states.values()), ROUNDS * ["done"])
        self.assertEqual(page(self.folder)["trial_count"], ROUNDS)


if __name__ == "__main__":
    program.main()
