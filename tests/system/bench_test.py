# SPDX-License-Identifier: Apache-2.0
"""`msunet bench` as a user runs it: with and without scans, alone and under mpirun; the scaling
suite and its files."""

import csv
import json
import re

from program import ProgramTest, main, run

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
        self.assertIn("wrote bench.csv, bench.json and bench.html to out", result.out)

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
