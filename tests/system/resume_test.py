# SPDX-License-Identifier: Apache-2.0
"""A sweep that is interrupted at any moment and started again until it is complete has the results
of an undisturbed run."""

import random
import signal
import time

import program
from program import FAST, run
from sweep import KILLED, SWEEP, SweepTest, epochs_of, events, results, sweep_of


class ResumeTest(SweepTest):
    @classmethod
    def setUpClass(cls):
        cls.sweep = sweep_of(epochs_of(1.5))
        super().setUpClass()

    def test_killed_at_random_moments(self):
        draw = random.Random(20260131)
        # At least every second start runs long enough to write a checkpoint.
        for lines in (0, 5, 2, 6):
            process = self.start_training(*self.sweep)
            if lines == 0:
                time.sleep(0.4)
            elif not self.wait_for_lines(process, lines):
                break
            time.sleep(draw.uniform(0, 0.2))
            self.end(process)
        self.finish()
        self.assert_same_results()
        self.assertGreater(len([e for e in events(self.folder) if e["event"] == "resumed"]), 2)

    def test_files_of_a_killed_start_are_removed(self):
        self.assert_code(self.train(*self.sweep, MSUNET_FAULT="trial_1:0:crash"), KILLED)
        trial = self.folder / "trials" / "1"
        self.assertTrue((trial / "running").exists())
        (trial / ".checkpoint.h5.node1.4711.3.tmp").write_bytes(b"half")
        (self.folder / ".report.html.node1.4711.3.tmp").write_bytes(b"half")
        self.finish()
        self.assert_same_results()
        self.assertEqual(list(self.folder.glob("trials/*/running")), [])

    def test_asked_to_stop(self):
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
            process = self.start_training(*self.sweep)
            if not self.wait_for_lines(process, 3):
                break
            asked = time.time()
            process.send_signal(number)
            self.assertEqual(process.wait(60), 75, self.log())
            self.assertLess(time.time() - asked, 30)
            self.assertEqual(events(self.folder)[-1]["event"], "stopped")
            self.assertEqual(events(self.folder)[-1]["reason"], "signal")
        self.assertIn("start it again to resume", self.log())
        self.finish()
        self.assert_same_results()

    def test_mpirun_passes_usr1_on(self):
        process = self.start_training(*self.sweep, ranks=2)
        self.assertTrue(self.wait_for_lines(process, 4), self.log())
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(60), 75, self.log())
        self.finish(ranks=2)
        self.assert_same_results()

    def test_killed_while_preprocessing(self):
        self.assert_code(self.train(*self.sweep, MSUNET_FAULT="preprocess:0:crash:3"), KILLED)
        self.finish()
        self.assert_same_results()

    def test_stop_before_and_resume_without_a_name(self):
        options = program.without(FAST, ("-n",))
        words = ("-tpath", "data", "-mpath", "masks", *options, *self.sweep)
        first = run(*words, "--stop_before", "0.001 s", cwd=self.here)
        self.assert_code(first, 75)
        self.assertIn("the job's end is near", first.out)
        second = run(*words, cwd=self.here)
        self.assert_code(second, 0)
        folders = list((self.here / "out").glob("experiment*"))
        self.assertEqual(len(folders), 1)
        self.assertIn("resuming", second.out)
        self.assertEqual(results(folders[0])["histories"], self.expected["histories"])


class TwoStartsTest(SweepTest):
    def test_the_second_names_the_first(self):
        process = self.start_training(*SWEEP, MSUNET_FAULT="trial_1:0:hang")
        self.assertTrue(self.wait_for_lines(process, 2), self.log())
        second = self.train(*SWEEP)
        self.assert_code(second, 2)
        self.assertEqual(len(second.errors()), 1, second.text)
        self.assertIn("in use", second.err)
        self.assertIn(f"pid {process.pid}", second.err)
        self.end(process)
        # On the same host the journal of a dead process is free at once.
        self.finish()
        self.assert_same_results()

    def test_at_the_same_moment(self):
        both = [self.start_training(*SWEEP) for _ in range(2)]
        codes = sorted(process.wait(240) for process in both)
        # The second may also start after the first has finished.
        self.assertIn(codes, ([0, 2], [0, 0]), self.log())
        starts = [e for e in events(self.folder) if e["event"] in ("sweep_started", "resumed")]
        self.assertEqual(len(starts), 1)
        self.assert_same_results()


if __name__ == "__main__":
    program.main()
