# SPDX-License-Identifier: Apache-2.0
"""`msunet bench` as a user runs it: with and without scans, alone and under mpirun."""

import re

from program import ProgramTest, main, run

SMALL = ("--steps", "2", "--batch_size", "4", "--threads", "1")
SCANS = ("-tpath", "data", "-mpath", "masks", "-ts", "32", "-fp", "1")


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

    def test_bad_options(self):
        self.assert_code(run("bench", "-tpath", "data", cwd=self.here), 2)
        result = run("bench", *SMALL, "--batch_size", "1", cwd=self.here, ranks=2)
        self.assert_code(result, 2)
        self.assertEqual(len(result.errors()), 1, result.text)
        self.assertIn("the 2 ranks of a node share a batch", result.err)


if __name__ == "__main__":
    main()
