# SPDX-License-Identifier: Apache-2.0
"""Every example in configs/ runs, reduced to one permutation and one epoch on tiny scans."""

import unittest
from pathlib import Path

import program
from program import ProgramTest, run

CONFIGS = sorted((Path(__file__).parents[2] / "configs").glob("*.yaml"))
SHORT = ("-ts", "32", "-fp", "1", "-path", "random", "--threads", "1", "--output_directory", "out",
         "-talos", "{'epochs': 1, 'batch_size': 16}", "--round_limit", "1")


class ConfigsTest(ProgramTest):
    def test_there_are_examples(self):
        self.assertGreaterEqual(len(CONFIGS), 3)

    def test_every_example_is_read_completely(self):
        for config in CONFIGS:
            with self.subTest(config.name):
                shown = run("-tpath", "data", "-mpath", "masks", "--config", config,
                            "--print_config", cwd=self.here)
                self.assertEqual(shown.code, 0, shown.text)
                self.assertIn("talos_params: \"{'", shown.out)

    def test_recipes_are_examples(self):
        folder = Path(__file__).parents[2] / "configs"
        for recipe, name in (("quick", "first_try.yaml"), ("good", "good_model.yaml")):
            with self.subTest(recipe):
                shown = [run("-tpath", "data", "-mpath", "masks", *chosen, "--print_config",
                             cwd=self.here).out
                         for chosen in (("--recipe", recipe), ("--config", folder / name))]
                self.assertEqual(*shown)
                self.assertIn("restore_best: True", shown[0])

    def test_every_example_trains(self):
        self.scans()
        for config in CONFIGS:
            with self.subTest(config.name):
                # The expressions of the examples use keys that the reduced grid lacks.
                done = run("-tpath", "data", "-mpath", "masks", "--config", config, *SHORT,
                           "-n", config.stem, "--boolean_limit", "True", cwd=self.here)
                self.assertEqual(done.code, 0, done.text)
                self.assertTrue((self.here / "out" / config.stem / "best_model.hdf5").exists())


if __name__ == "__main__":
    program.main()
