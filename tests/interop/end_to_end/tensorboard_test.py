# SPDX-License-Identifier: Apache-2.0
"""TensorBoard's own loader on the event files of a run with --tensorboard."""

import csv
import tempfile
import unittest

import numpy as np
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator
from tensorboard.plugins.hparams import metadata

import runs

GRID = {"epochs": [1, 2], "batch_size": 64, "lr": 0.001}
METRICS = ["loss", "dice_coef", "jaccard_similarity"]


class TensorBoard(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        temporary = tempfile.TemporaryDirectory()
        cls.addClassCleanup(temporary.cleanup)
        cls.sweep = runs.train(temporary.name, GRID, "--tensorboard", "True")

    def history(self, trial):
        """The rows of a trial's history file; the time in its name is the end of the trial."""
        ended = self.sweep.result(trial)["ended_at"]
        with open(self.sweep.path(f"talos_scan_history_{ended!r}.csv"), newline="") as file:
            return list(csv.DictReader(file))

    def test_scalars_are_those_of_the_history(self):
        for trial, epochs in ((0, [0]), (1, [0, 1])):
            events = EventAccumulator(self.sweep.path("tensorboard", str(trial)))
            events.Reload()
            rows = self.history(trial)
            for name in METRICS + [f"val_{name}" for name in METRICS]:
                scalars = events.Scalars(name)
                self.assertEqual([scalar.step for scalar in scalars], epochs)
                self.assertEqual(
                    [scalar.value for scalar in scalars],
                    [float(np.float32(row[name])) for row in rows],
                )
            times = [scalar.wall_time for scalar in events.Scalars("loss")]
            self.assertEqual(times, sorted(times))

    def test_hyperparameters_are_those_of_the_permutation(self):
        for trial in (0, 1):
            events = EventAccumulator(self.sweep.path("tensorboard", str(trial)))
            events.Reload()
            tag = metadata.SESSION_START_INFO_TAG
            content = events.SummaryMetadata(tag).plugin_data.content
            values = metadata.parse_session_start_info_plugin_data(content).hparams
            self.assertEqual({name: value.number_value for name, value in values.items()},
                             {"epochs": trial + 1, "batch_size": 64, "lr": 0.001})

    def test_learning_rates_are_there(self):
        events = EventAccumulator(self.sweep.path("tensorboard", "1"))
        events.Reload()
        rates = [scalar.value for scalar in events.Scalars("learning_rate")]
        np.testing.assert_allclose(rates, 0.001, rtol=1e-6)


if __name__ == "__main__":
    unittest.main()
