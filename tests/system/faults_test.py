# SPDX-License-Identifier: Apache-2.0
"""The faults of docs/faults.md: a start with a fault, its messages, and the next start."""

import json
import os
import shutil
import signal
import time

import program
from sweep import KILLED, SWEEP, SweepTest, events, results


class FaultTest(SweepTest):
    """A start with a fault, its messages, and the next start."""

    def faulty(self, fault, codes, *words, ranks=None, arguments=()):
        result = self.train(*SWEEP, *arguments, ranks=ranks, MSUNET_FAULT=fault)
        self.assertIn(result.code, codes, result.text)
        for word in words:
            self.assertIn(word, result.text)
        self.assertNotIn("terminate called", result.text)
        return result

    def states(self):
        return {event["result"]["trial"]: event["result"]["state"] for event in events(self.folder)
                if event["event"] == "trial_finished"}

    def test_a_trial_that_kills_the_process_each_time(self):
        for _ in range(4):
            self.faulty("trial_1:0:crash", (KILLED,))
        result = self.faulty("trial_1:0:crash", (4,))
        self.assertIn("the process died 4 times", result.text)
        failures = (self.folder / "failures.csv").read_text().splitlines()
        self.assertEqual(len(failures), 2)
        self.assertTrue(failures[1].startswith("1,"))
        self.assertEqual(self.states(), {0: "done", 1: "failed", 2: "done"})
        # Retried without the fault, it has the results of an undisturbed run.
        retried = self.train(*SWEEP, "--retry_failed", "True")
        self.assert_code(retried, 0)
        self.assertEqual(results(self.folder)["summary"], self.expected["summary"])

    def test_exception_in_a_step(self):
        self.faulty("train.step:0:exception:2", (4,), "injected fault")
        self.assertEqual(sorted(self.states().values()), ["done", "done", "failed"])

    def test_out_of_memory(self):
        self.faulty("train.engine:0:out_of_memory:2", (4,), "out of memory")
        self.assertEqual(sorted(self.states().values()), ["done", "done", "failed"])

    def test_exception_on_one_rank_of_a_group(self):
        self.faulty("train.step:1:exception:2", (4,), "injected fault", ranks=2,
                    arguments=("--ranks_per_trial", "2"))
        self.assertEqual(sorted(self.states().values()), ["done", "done", "failed"])

    def test_hang(self):
        self.faulty("train.step:0:hang:8", (1, 75), "trial", "stall_timeout",
                    arguments=("--stall_timeout", "2"))
        self.finish()
        self.assert_same_results()

    def test_hang_of_another_rank(self):
        self.faulty("train.step:1:hang:5", (1, 75), "stall_timeout", ranks=2,
                    arguments=("--stall_timeout", "2"))
        self.finish(ranks=2)
        self.assert_same_results()

    def test_disk_full(self):
        """At several moments at which the program writes."""
        for point, passages in (("journal", (2, 9)), ("file_write", (1, 4, 8))):
            for passage in passages:
                with self.subTest(point, passage=passage):
                    shutil.rmtree(self.here / "out", ignore_errors=True)
                    # A checkpoint that could not be written is only a warning.
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
        self.assertIn("starts again", result.text)
        self.assert_same_results()

    def test_cache_unusable(self):
        """Damaged, truncated, of another program, empty: one line each, and it is made again."""
        prepare = (*SWEEP, "--stop_before", "0.001 s")
        self.assert_code(self.train(*prepare), 75)
        cached = next((self.here / "out" / ".msunet_cache").glob("*.h5"))
        sound = cached.read_bytes()
        self.assert_code(program.run("init-model", "other.h5", cwd=self.here), 0)
        middle = len(sound) // 2
        for name, content in (("damaged", sound[:middle] + bytes([sound[middle] ^ 255])
                               + sound[middle + 1:]),
                              ("cut off", sound[:middle]),
                              ("of another program", (self.here / "other.h5").read_bytes()),
                              ("empty", b"")):
            with self.subTest(name):
                cached.write_bytes(content)
                result = self.train(*prepare)
                self.assert_code(result, 75)
                about = [line for line in result.err.splitlines() if cached.name in line]
                self.assertEqual(len(about), 1, result.err)
                self.assertIn("is not used", about[0])
                self.assertIn("it is made again", about[0])
                self.assertEqual(len(cached.read_bytes()), len(sound))
        self.finish()
        self.assert_same_results()

    def test_exception_while_preprocessing(self):
        self.faulty("preprocess:0:exception", (1, 3), "injected fault")
        self.finish()
        self.assert_same_results()


class SuspendedTest(SweepTest):
    """A process that is suspended for a while (SIGSTOP, a sleeping machine)."""

    def suspend(self, ranks=None, arguments=()):
        process = self.start_training(*SWEEP, *arguments, ranks=ranks,
                                      MSUNET_FAULT="train.step:0:suspend:8")
        return process, self.wait_until_suspended(process, ranks)[0]

    def test_continues(self):
        process, pid = self.suspend(arguments=("--stall_timeout", "2"))
        time.sleep(4)
        os.kill(pid, signal.SIGCONT)
        self.assertEqual(process.wait(120), 0, self.log())
        self.assert_same_results()

    def files(self):
        """All files except logs, and those of trials that rank 0 has not started: rank 1 still
        trains."""
        mine = {str(event["trial"]) for event in events(self.folder)
                if event["event"] == "trial_started" and event["rank"] == 0}
        return {path: path.read_bytes() for path in self.folder.rglob("*")
                if path.is_file() and path.name != "log.txt"
                and (path.parent.parent.name != "trials" or path.parent.name in mine)}

    def test_taken_over_meanwhile(self):
        """By a start that finds a heartbeat older than 120 s, as on another node."""
        owner = {"host": "node17", "pid": 4711, "slurm_job": ""}
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                shutil.rmtree(self.here)
                self.scans()
                # A checkpoint that is being written at that moment is still completed.
                process, pid = self.suspend(ranks, ("--checkpoint_minutes", "30"))
                with open(self.folder / "journal.jsonl", "a", encoding="utf-8") as journal:
                    journal.write(json.dumps({"event": "resumed", "at": time.time(), "owner": owner,
                                              "world": events(self.folder)[0]["world"]}) + "\n")
                before = self.files()
                os.kill(pid, signal.SIGCONT)
                self.assertEqual(process.wait(120), 2, self.log())
                said = [line for line in self.log().splitlines() if line.startswith("error: ")]
                self.assertEqual(len(said), 1, self.log())
                self.assertIn("taken over by another start", said[0])
                self.assertIn("host 'node17', pid 4711", said[0])
                after = self.files()
                changed = [str(path) for path in before | after
                           if before.get(path) != after.get(path)]
                self.assertEqual(changed, [])


if __name__ == "__main__":
    program.main()
