# SPDX-License-Identifier: Apache-2.0
"""`msunet bench` as a user runs it: with and without scans, alone and under mpirun; the scaling
suite and its files."""

import csv
import json
import re
import signal
import time

from program import ProgramTest, main, run, start

SMALL = ("--steps", "2", "--batch_size", "4", "--threads", "1")
SCANS = ("-tpath", "data", "-mpath", "masks", "-ts", "32", "-fp", "1")


def result_version(folder):
    return run("--version", cwd=folder).out


class Bench(ProgramTest):
    def rates(self, result):
        """Samples per second by name."""
        self.assert_code(result, 0)
        found = re.findall(r"^  (real|dummy)(, inference)? +([\d.]+) ", result.out, re.MULTILINE)
        return {name + more: float(rate) for name, more, rate in found}

    def shares(self, result):
        return [float(share) for share in re.findall(r"([\d.]+) %$", result.out, re.MULTILINE)]

    def test_without_scans_dummy_samples_are_timed(self):
        result = run("bench", *SMALL, "--patch_size", "32", "--deterministic", "False", "--device",
                     "cpu", cwd=self.here)
        self.assertIn("patches/s", result.out)
        self.assertEqual(set(self.rates(result)), {"dummy", "dummy, inference"})
        self.assertIn("patches of 32×32", result.out)
        self.assertIn("dummy samples alone", result.out)
        self.assertAlmostEqual(sum(self.shares(result)), 100, delta=1)

    def test_real_and_dummy_samples_are_timed(self):
        self.scans()
        result = run("bench", *SMALL, *SCANS, cwd=self.here)
        rates = self.rates(result)
        self.assertEqual(set(rates), {"real", "dummy", "real, inference"})
        self.assertGreater(min(rates.values()), 0)
        self.assertRegex(result.out, r"steps on real samples take [\d.]+ % (more|less) time")
        self.assertIn("where a step's time goes, real samples", result.out)
        self.assertEqual(sorted(file.name for file in self.here.iterdir()), ["data", "masks"])

    def test_two_ranks_train_together(self):
        result = run("bench", *SMALL, "--patch_size", "32", cwd=self.here, ranks=2)
        self.assertIn("2 ranks of 1 thread", result.out)
        reduction = re.search(r"all-reduce over the ranks.* ([\d.]+) +[\d.]+ %", result.out)
        self.assertGreater(float(reduction[1]), 0)

    def test_a_rank_that_cannot_use_its_device_ends_the_job(self):
        for point in ("compute.use", "bench.timer"):
            result = run("bench", *SMALL, "--patch_size", "32", cwd=self.here, ranks=2, timeout=60,
                         MSUNET_FAULT=f"{point}:1:exception")
            self.assert_code(result, 1)
            self.assertIn(f"error: rank 1: injected fault at '{point}'", result.err)

    def test_a_step_that_fails_ends_the_job(self):
        result = run("bench", *SMALL, "--patch_size", "32", cwd=self.here, ranks=2, timeout=60,
                     MSUNET_FAULT="train.step:1:exception:4")
        self.assert_code(result, 1)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn("a step on dummy samples failed (injected fault at 'train.step'", result.err)

    def suite(self, *arguments, batch=4, ranks=None):
        """Runs benchmarks of the suite; returns bench.json."""
        result = run("bench", *arguments, "--steps", "2", "--batch_size", batch, "--threads", "1",
                     "--patch_size", "32", "--repeats", "1", "-o", "out", cwd=self.here,
                     ranks=ranks)
        self.assert_code(result, 0)
        return result, json.loads((self.here / "out" / "bench.json").read_text())

    def test_the_suite_measures_all_counts_of_ranks(self):
        self.scans()
        result, found = self.suite("all", *SCANS, "--io_megabytes", "1", ranks=2)
        rows = list(csv.DictReader((self.here / "out" / "bench.csv").read_text().splitlines()))
        self.assertEqual(len(rows), len(found["measurements"]))
        seen = {(row["benchmark"], row["variant"], row["ranks"]) for row in rows}
        kinds = (("limits", "multiply-add"), ("limits", "triad"), ("group", "strong"),
                 ("group", "weak"), ("sweep", ""), ("prepare", ""), ("io", "write"), ("io", "read"))
        self.assertEqual(seen, {(*kind, ranks) for kind in kinds for ranks in "12"})
        amount = {(row["benchmark"], row["variant"], row["ranks"]): float(row["amount"])
                  for row in rows}
        self.assertEqual(amount["group", "strong", "2"], 2 * 4)
        self.assertEqual(amount["group", "weak", "2"], 2 * 8)
        self.assertEqual(amount["sweep", "", "2"], 2 * 2 * 4)
        self.assertEqual(amount["prepare", "", "1"], amount["prepare", "", "2"])
        self.assertEqual(amount["io", "read", "2"], 2e6)
        for row in rows:
            self.assertGreater(float(row["seconds"]), 0, row)
            self.assertLess(float(row["seconds"]), 60, row)
            self.assertAlmostEqual(float(row["rate"]) * float(row["seconds"]),
                                   float(row["amount"]), delta=1e-6 * float(row["amount"]))
        shares = {row["ranks"]: float(row["reduction_share"]) for row in rows
                  if row["variant"] == "strong"}
        self.assertEqual(shares["1"], 0)
        self.assertTrue(0 < shares["2"] < 1, shares)
        self.check_page(result, found)
        left = sorted(file.name for file in self.here.iterdir())
        self.assertEqual(left, ["data", "masks", "out"])

    def check_page(self, result, found):
        self.assertIn(found["machine"]["versions"]["msunet"], result_version(self.here))
        self.assertEqual(found["options"]["what"], "all")
        self.assertEqual(len(found["roofline"]), 4)
        self.assertEqual({(part["variant"], part["ranks"]) for part in found["step_parts"]},
                         {("strong", 1), ("strong", 2), ("weak", 1), ("weak", 2)})
        page = (self.here / "out" / "bench.html").read_text()
        data = re.search(r'<script id="data" type="application/json">(.*?)</script>', page,
                         re.DOTALL)
        self.assertEqual(json.loads(data[1]), found)
        self.assertNotIn("https://", page)
        self.assertRegex(result.out, r"(?m)^  strong +2 +1 +[\d.]+ samples/s ")
        self.assertIn("wrote bench.csv, bench.json, bench.html to out", result.out)
        for name in ("limits", "group", "sweep", "prepare", "io"):
            self.assertEqual(result.out.count(f"{name}: repeat 1 of 1 took "), 1, result.out)

    def test_one_benchmark_of_the_suite_on_phantoms(self):
        _, found = self.suite("prepare", "--animals", "1", "-ts", "32", "--scratch", ".")
        self.assertEqual([row["benchmark"] for row in found["measurements"]], ["prepare"])
        self.assertGreater(found["measurements"][0]["amount"], 0)
        self.assertEqual([file.name for file in self.here.iterdir()], ["out"])

    def test_strong_scaling_ends_where_ranks_have_no_sample(self):
        result, found = self.suite("group", batch=1, ranks=2)
        self.assertEqual([(row["variant"], row["ranks"]) for row in found["measurements"]],
                         [("strong", 1), ("weak", 1), ("weak", 2)])
        self.assertIn("strong scaling ends where each rank has one", result.out)

    def test_a_step_that_fails_in_the_suite_ends_the_job(self):
        result = run("bench", "group", *SMALL, "--patch_size", "32", cwd=self.here, ranks=2,
                     timeout=60, MSUNET_FAULT="compute.use:1:exception")
        self.assert_code(result, 1)
        self.assertIn("error: rank 1: injected fault at 'compute.use'", result.err)

    def test_a_failing_step_leaves_what_was_measured(self):
        # Both steps, two to warm up and two for their parts: rank 1 takes part in two of the four
        # measurements of a repeat.
        result = run("bench", "group", *SMALL, "--patch_size", "32", "-o", "out", cwd=self.here,
                     ranks=2, timeout=120, MSUNET_FAULT="train.step:1:exception:15")
        self.assert_code(result, 1)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn("a step failed (injected fault at 'train.step'", result.err)
        found = json.loads((self.here / "out" / "bench.json").read_text())
        rows = [(row["repeat"], row["variant"], row["ranks"]) for row in found["measurements"]]
        whole = [("strong", 1), ("weak", 1), ("strong", 2), ("weak", 2)]
        self.assertEqual(rows, [*((1, *one) for one in whole), *((2, *one) for one in whole[:2])])
        lines = (self.here / "out" / "bench.csv").read_text().splitlines()
        self.assertEqual(len(lines), 1 + len(rows))
        self.assertIn("group is incomplete: a step failed", " ".join(found["notices"]))
        self.assertTrue((self.here / "out" / "bench.html").exists())
        self.assertRegex(result.out, r"(?m)^  strong +2 +1 +[\d.]+ samples/s ")

    def stop(self, *words, after, ranks=None, by=signal.SIGTERM):
        """Starts a benchmark, stops it with a signal once this file is there; returns its log."""
        process = start("bench", *words, "--threads", "1", cwd=self.here, ranks=ranks)
        self.addCleanup(self.end, process)
        deadline = time.time() + 60
        while not (self.here / after).exists():
            self.assertLess(time.time(), deadline, self.log())
            self.assertIsNone(process.poll(), self.log())
            time.sleep(0.05)
        process.send_signal(by)
        self.assertEqual(process.wait(60), 1, self.log())
        log = self.log()
        self.assertIn("error: stopped by a signal before the end", log)
        self.assertNotIn("resume", log)
        return log

    def test_a_signal_stops_the_suite(self):
        small = ("--batch_size", "4", "--patch_size", "32", "--repeats", "100000", "--io_megabytes",
                 "1", "--animals", "1", "-ts", "32", "--scratch", "scratch")
        for name, ranks, by in (("group", None, signal.SIGINT), ("sweep", 2, signal.SIGUSR1),
                                ("prepare", None, signal.SIGTERM), ("io", 2, signal.SIGUSR1)):
            output = f"out_{name}"
            log = self.stop(name, *small, "-o", output, ranks=ranks, by=by,
                            after=f"{output}/bench.html")
            self.assertIn(f"note: {name} is incomplete: stopped", log)
            self.assertIn(f"wrote bench.csv, bench.json, bench.html to {output}", log)
            rows = (self.here / output / "bench.csv").read_text().splitlines()
            self.assertGreater(len(rows), 1)
        self.assertEqual(list((self.here / "scratch").iterdir()), [])

    def stop_at(self, fault, *words):
        """Stops a benchmark with SIGTERM at a fault that suspends it."""
        process = start("bench", *words, *SMALL[2:], cwd=self.here, MSUNET_FAULT=fault)
        self.addCleanup(self.end, process)
        self.wait_until_suspended(process)
        process.send_signal(signal.SIGTERM)
        process.send_signal(signal.SIGCONT)
        self.assertEqual(process.wait(60), 1, self.log())
        self.assertIn("error: stopped by a signal before the end", self.log())
        self.assertNotIn("resume", self.log())

    def test_a_signal_stops_preprocessing(self):
        self.scans()
        self.stop_at("preprocess:0:suspend:2", "prepare", *SCANS, "--scratch", "scratch")
        self.assertEqual(list((self.here / "scratch").iterdir()), [])
        self.stop_at("preprocess:0:suspend:2", *SCANS)

    def test_a_signal_stops_steps(self):
        words = ("--patch_size", "32", "--steps", "1000000")
        self.stop_at("train.step:0:suspend:5", *words)
        self.stop_at("train.step:0:suspend:5", "group", *words)
        self.stop_at("train.step:0:suspend:5", "sweep", *words)

    def test_results_are_not_replaced(self):
        self.suite("limits")
        files = {file.name: file.read_bytes() for file in (self.here / "out").iterdir()}
        result = run("bench", "limits", "-o", "out", cwd=self.here, ranks=2)
        self.assert_code(result, 2)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn("--output 'out' has a bench.csv already, give another folder", result.err)
        self.assertEqual({file.name: file.read_bytes() for file in (self.here / "out").iterdir()},
                         files)

    def test_options_without_effect_are_warnings(self):
        result = run("bench", "io", "--io_megabytes", "1", "--repeats", "1", "--steps", "3",
                     cwd=self.here, ranks=2)
        self.assert_code(result, 0)
        self.assertEqual(result.err.count("warning: --steps has no effect on 'io'"), 1, result.err)

    def test_bad_options_of_the_suite(self):
        for words, said in ((("-o", "out"), "'step' writes no files"), (("everything",), "all"),
                            (("io", "--io_megabytes", "100000000000"), "no room for"),
                            (("all", "-tpath", "data", "-mpath", "masks", "-o", "data/out"),
                             "--output")):
            result = run("bench", *words, cwd=self.here)
            self.assert_code(result, 2)
            self.assertIn(said, result.err)
        self.assertEqual(list(self.here.iterdir()), [])

    def test_bad_options(self):
        self.assert_code(run("bench", "-tpath", "data", cwd=self.here), 2)
        result = run("bench", *SMALL, "--batch_size", "1", cwd=self.here, ranks=2)
        self.assert_code(result, 2)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn("the 2 ranks of a node share a batch", result.err)


if __name__ == "__main__":
    main()
