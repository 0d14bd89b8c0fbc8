# SPDX-License-Identifier: Apache-2.0
"""Interrupted at any moment and started again until done, a sweep ends as if nothing had happened;
and what each fault costs (docs/faults.md)."""

import json
import os
import random
import re
import shutil
import signal
import time
import unittest
from pathlib import Path

import program
from program import FAST, ProgramTest, run

GRID = "{'lr': [0.001, 0.0005, 0.0001], 'epochs': 3, 'batch_size': 6, 'dropout': 0.3}"
SWEEP = ("-talos", GRID, "-at", "0.6", "--checkpoint_minutes", "0")
TRIALS = 3
KILLED = -signal.SIGKILL


def events(folder):
    """The journal's whole lines; none yet where there is no journal."""
    path = folder / "journal.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def results(folder):
    """What must not depend on how often the sweep was interrupted."""
    summary = [path.read_bytes() for path in folder.glob("*.csv")
               if re.fullmatch(r"\d{12}\.csv", path.name)]
    return {
        "summary": summary,
        "histories": sorted(path.read_bytes() for path in folder.glob("talos_scan_history_*")),
        "modalities": sorted(path.read_bytes() for path in folder.glob("modality_results_*")),
        "model": (folder / "best_model.hdf5").read_bytes(),
    }


def stray_files(folder):
    return [path.name for path in folder.rglob("*.tmp")]


class SweepTest(ProgramTest):
    """The scans and, made once, the results of an uninterrupted sweep."""

    sweep = SWEEP

    @classmethod
    def setUpClass(cls):
        place = Path(program.tempfile.mkdtemp(prefix="msunet_system_"))
        cls.addClassCleanup(shutil.rmtree, place, ignore_errors=True)
        program.write_scans(place)
        done = run("-tpath", "data", "-mpath", "masks", *FAST, *cls.sweep, cwd=place)
        assert done.code == 0, done.text
        cls.expected = results(place / "out" / "x")

    def setUp(self):
        super().setUp()
        self.scans()
        self.folder = self.here / "out" / "x"

    def wait_for_lines(self, process, count):
        """Until the journal has so many more lines; False if the program ended before."""
        wanted = len(events(self.folder)) + count
        for _ in range(12000):
            if process.poll() is not None:
                return False
            if len(events(self.folder)) >= wanted:
                return True
            time.sleep(0.01)
        raise AssertionError("no progress in 120 s:\n" + self.log())

    def wait_until_gone(self, pids):
        """mpirun may end a moment before the last rank that it kills."""
        deadline = time.time() + 60
        while any(Path(f"/proc/{pid}").exists() for pid in pids):
            self.assertLess(time.time(), deadline, "ranks outlive mpirun")
            time.sleep(0.05)

    def finish(self, code=0, **options):
        """Starts until the sweep says that it is complete."""
        result = self.train(*self.sweep, **options)
        self.assert_code(result, code)
        return result

    def assert_same_results(self):
        found = results(self.folder)
        for name, expected in self.expected.items():
            self.assertEqual(found[name], expected, name)
        finished = [event["result"]["trial"] for event in events(self.folder)
                    if event["event"] == "trial_finished"]
        self.assertEqual(sorted(finished), list(range(TRIALS)), "lost, or run twice")
        self.assertEqual(stray_files(self.folder), [])


class ResumeTest(SweepTest):
    def test_killed_at_random_moments(self):
        draw = random.Random(20260131)
        # At least every other start gets so far that it leaves a checkpoint.
        for lines in (0, 5, 2, 6, 1, 5):
            process = self.start_training(*SWEEP)
            if lines == 0:
                time.sleep(0.4)
            elif not self.wait_for_lines(process, lines):
                break
            time.sleep(draw.uniform(0, 0.2))
            self.end(process)
        self.finish()
        self.assert_same_results()
        self.assertGreater(len([e for e in events(self.folder) if e["event"] == "resumed"]), 2)

    def test_killed_on_two_ranks(self):
        for lines, victim in ((5, "all"), (4, "one")):
            process = self.start_training(*SWEEP, ranks=2)
            self.assertTrue(self.wait_for_lines(process, lines), self.log())
            if victim == "all":
                self.end(process)
            else:
                others = program.children(process.pid)
                os.kill(others[-1], signal.SIGKILL)
                self.assertNotIn(process.wait(120), (0, 75))
                self.wait_until_gone(others)
        self.finish(ranks=2)
        self.assert_same_results()

    def test_what_a_dead_start_left_is_removed(self):
        self.assert_code(self.train(*SWEEP, MSUNET_FAULT="trial_1:0:crash"), KILLED)
        trial = self.folder / "trials" / "1"
        self.assertTrue((trial / "running").exists())
        (trial / ".checkpoint.h5.node1.4711.3.tmp").write_bytes(b"half")
        (self.folder / ".report.html.node1.4711.3.tmp").write_bytes(b"half")
        self.finish()
        self.assert_same_results()
        self.assertEqual(list(self.folder.glob("trials/*/running")), [])

    def test_asked_to_stop(self):
        for number in (signal.SIGTERM, signal.SIGUSR1, signal.SIGINT):
            process = self.start_training(*SWEEP)
            if not self.wait_for_lines(process, 3):
                break
            asked = time.time()
            process.send_signal(number)
            self.assertEqual(process.wait(60), 75, self.log())
            self.assertLess(time.time() - asked, 30)
            self.assertEqual(events(self.folder)[-1]["event"], "stopped")
            self.assertEqual(events(self.folder)[-1]["reason"], "signal")
        self.assertIn("start it again to go on", self.log())
        self.finish()
        self.assert_same_results()

    def test_mpirun_passes_usr1_on(self):
        process = self.start_training(*SWEEP, ranks=2)
        self.assertTrue(self.wait_for_lines(process, 4), self.log())
        process.send_signal(signal.SIGUSR1)
        self.assertEqual(process.wait(60), 75, self.log())
        self.finish(ranks=2)
        self.assert_same_results()

    def test_stop_before(self):
        result = self.train(*SWEEP, "--stop_before", "0.001 s")
        self.assert_code(result, 75)
        self.assertIn("the job's end is near", result.out)
        self.finish()
        self.assert_same_results()

    def test_stopped_while_preparing(self):
        process = self.start_training(*SWEEP, MSUNET_FAULT="preprocess:0:hang")
        time.sleep(2)
        self.end(process)
        self.finish()
        self.assert_same_results()

    def test_goes_on_without_a_name(self):
        options = program.without(FAST, ("-n",))
        words = ("-tpath", "data", "-mpath", "masks", *options, *SWEEP)
        first = run(*words, "--stop_before", "0.001 s", cwd=self.here)
        self.assert_code(first, 75)
        second = run(*words, cwd=self.here)
        self.assert_code(second, 0)
        folders = list((self.here / "out").glob("experiment*"))
        self.assertEqual(len(folders), 1)
        self.assertIn("going on with", second.out)


class TwoStartsTest(SweepTest):
    def test_the_second_says_who_works(self):
        process = self.start_training(*SWEEP, MSUNET_FAULT="trial_1:0:hang")
        self.assertTrue(self.wait_for_lines(process, 2), self.log())
        second = self.train(*SWEEP)
        self.assert_code(second, 2)
        self.assertEqual(len(second.errors()), 1, second.text)
        self.assertIn("in use", second.err)
        self.assertIn(f"pid {process.pid}", second.err)
        self.end(process)
        # The dead process's journal is free at once on the same host.
        self.finish()
        self.assert_same_results()

    def test_at_the_same_moment(self):
        both = [self.start_training(*SWEEP) for _ in range(2)]
        codes = sorted(process.wait(240) for process in both)
        # The second may also come so late that nothing is left.
        self.assertIn(codes, ([0, 2], [0, 0]), self.log())
        starts = [e for e in events(self.folder) if e["event"] in ("sweep_started", "resumed")]
        self.assertEqual(len(starts), 1)
        self.assert_same_results()


class FaultTest(SweepTest):
    """The table of docs/faults.md: a faulty start, what it says, and the start after it."""

    def faulty(self, fault, codes, *words, ranks=None, arguments=()):
        result = self.train(*SWEEP, *arguments, ranks=ranks, MSUNET_FAULT=fault)
        self.assertIn(result.code, codes, result.text)
        for word in words:
            self.assertIn(word, result.text)
        self.assertNotIn("terminate called", result.text)
        return result

    def states(self):
        return {event["result"]["trial"]: event["result"]["state"] for event in events(self.folder)
                if event["event"] in ("trial_finished", "trial_failed")}

    def test_a_trial_that_kills_the_process_each_time(self):
        for _ in range(4):
            self.faulty("trial_1:0:crash", (KILLED,))
        result = self.faulty("trial_1:0:crash", (4,))
        self.assertIn("the process died 4 times", result.text)
        failures = (self.folder / "failures.csv").read_text().splitlines()
        self.assertEqual(len(failures), 2)
        self.assertTrue(failures[1].startswith("1,"))
        self.assertEqual(self.states(), {0: "done", 1: "failed", 2: "done"})
        # Retried without the fault it ends as if nothing had happened.
        retried = self.train(*SWEEP, "--retry_failed", "True")
        self.assert_code(retried, 0)
        self.assertEqual(results(self.folder)["summary"], self.expected["summary"])

    def test_exception_in_a_step(self):
        self.faulty("train.step:0:exception:2", (4,), "injected fault")
        self.assertEqual(sorted(self.states().values()), ["done", "done", "failed"])

    def test_exception_on_one_rank_of_a_group(self):
        self.faulty("train.step:1:exception:2", (4,), "injected fault", ranks=2,
                    arguments=("--ranks_per_trial", "2"))
        self.assertEqual(sorted(self.states().values()), ["done", "done", "failed"])

    def test_hang(self):
        self.faulty("train.step:0:hang:8", (1, 75), "permutation", "stall_timeout",
                    arguments=("--stall_timeout", "2"))
        self.finish()
        self.assert_same_results()

    def test_hang_of_another_rank(self):
        self.faulty("train.step:1:hang:5", (1, 75), "stall_timeout", ranks=2,
                    arguments=("--stall_timeout", "2"))
        self.finish(ranks=2)
        self.assert_same_results()

    def test_disk_full(self):
        """At several of the moments at which the program writes."""
        for point, passages in (("journal", (2, 5, 9)), ("file_write", (1, 3, 4, 8))):
            for passage in passages:
                with self.subTest(point, passage=passage):
                    shutil.rmtree(self.here / "out", ignore_errors=True)
                    # A checkpoint that could not be written costs a warning alone.
                    self.faulty(f"{point}:0:full_disk:{passage}", (0, 1, 2, 75), "No space left",
                                "make room")
                    self.finish()
                    self.assert_same_results()

    def test_killed_while_the_results_are_written(self):
        self.faulty("final_files:0:crash", (KILLED,))
        self.finish()
        self.assert_same_results()

    def test_killed_in_the_middle_of_a_journal(self):
        self.faulty("journal:0:crash:6", (KILLED,))
        with open(self.folder / "journal.jsonl", "a", encoding="utf-8") as journal:
            journal.write('{"event":"epo')
        result = self.finish()
        self.assertIn("half written", result.err)
        self.assert_same_results()

    def test_checkpoint_damaged(self):
        process = self.start_training(*SWEEP)
        while not any(event["event"] == "checkpoint" for event in events(self.folder)):
            self.assertTrue(self.wait_for_lines(process, 1), self.log())
        self.end(process)
        damaged = list(self.folder.glob("trials/*/checkpoint*"))
        self.assertEqual(len(damaged), 1)
        damaged[0].write_bytes(damaged[0].read_bytes()[:1000])
        result = self.finish()
        self.assertIn("begins anew", result.text)
        self.assert_same_results()

    def test_cache_damaged(self):
        self.train(*SWEEP, "--stop_before", "0.001 s")
        cached = next((self.here / "out" / ".msunet_cache").glob("*.h5"))
        data = bytearray(cached.read_bytes())
        data[len(data) // 2] ^= 255
        cached.write_bytes(data)
        result = self.finish()
        self.assertIn("is not used", result.err)
        self.assert_same_results()

    def test_exception_while_preparing(self):
        self.faulty("preprocess:0:exception", (1, 3), "injected fault")
        self.finish()
        self.assert_same_results()


if __name__ == "__main__":
    program.main()
