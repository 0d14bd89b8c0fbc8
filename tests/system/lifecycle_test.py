# SPDX-License-Identifier: Apache-2.0
"""How a sweep ends, and what the next start makes of it: limits, failures, a start that was killed."""

import json
import os
import signal
import time

import program
from program import ProgramTest, run
from results import events, records, summary_files

GRID = ("-talos", "{'lr': [0.001, 0.0005, 0.0001], 'epochs': 1, 'batch_size': 8}",
        "--enable_augmentation", "False")
TARGET = ("--performance_target", "val_dice_coef,0")
PASSED = ("--time_limit", "2020-01-01")


class LifecycleTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()
        self.folder = self.here / "out" / "x"

    def assert_complete(self, rows, folder=None):
        folder = folder or self.folder
        self.assertEqual([len(records(path)) for path in summary_files(folder)], [rows])
        self.assertEqual(len(list(folder.glob("talos_scan_history_*"))), rows)
        self.assertEqual(len(list(folder.glob("modality_results_*"))), rows)
        for name in ("best_model.hdf5", f"model_deploy{folder.name}.zip", "report.html"):
            self.assertTrue((folder / name).is_file(), name)
        self.assertFalse((folder / "results.partial.csv").exists())

    def test_limits_end_with_complete_results_that_a_later_start_replaces(self):
        limited = self.train(*GRID, *TARGET)
        self.assert_code(limited, 0)
        self.assertIn("the performance target is reached; a start with another target or without "
                      "one continues the sweep", " ".join(limited.out.split()))
        self.assert_complete(1)
        status = run("status", "out/x", cwd=self.here)
        self.assertIn("ended by --performance_target", status.out)
        for path in (*self.folder.glob("*.csv"), self.folder / "best_model.hdf5"):
            path.unlink()
        report = run("report", "out/x", cwd=self.here)
        self.assert_code(report, 0)
        self.assertIn("the best is trial ", report.out)
        self.assertIn("values, state and files of every trial that has ended", report.out)
        self.assert_complete(1)
        passed = self.train(*GRID, *PASSED)
        self.assert_code(passed, 0)
        self.assertIn("the time limit has come", passed.out)
        self.assert_complete(1)
        self.assert_code(self.train(*GRID), 0)
        self.assert_complete(3)

    def test_failures_are_said_again(self):
        grid = ("-talos", "{'lr': [0.001, 1000], 'epochs': 1, 'batch_size': 8}",
                "--enable_augmentation", "False")
        first = self.train(*grid)
        self.assert_code(first, 4)
        self.assertRegex(first.out, r"\n  will take +about \d[^\n]* of training, from steps that were "
                                    r"timed now\n")
        self.assertIn("(training diverged), try a smaller lr",
                      records(self.folder / "failures.csv")[0]["reason"])
        again = self.train(*grid)
        self.assert_code(again, 4)
        self.assertIn("nothing left to do", again.out)
        self.assertIn("1 of 2 trials has failed, --retry_failed runs it again", again.err)
        self.assertIn("trial 1: ", again.err)
        dry = self.train(*grid, "--dry_run")
        self.assert_code(dry, 0)
        self.assertIn("has finished, 2 of 2 trials have ended", dry.out)
        # Tables and page need no weights.
        for path in (*self.folder.glob("trials/*/weights.h5"), *summary_files(self.folder)):
            path.unlink()
        report = run("report", "out/x", cwd=self.here)
        self.assert_code(report, 0)
        self.assertIn("weights.h5' is missing", report.err)
        self.assertEqual(len(summary_files(self.folder)), 1)

    def test_no_model_is_an_error(self):
        result = self.train("-talos", "{'lr': 1000, 'epochs': 1, 'batch_size': 8}", "-v", "0")
        self.assert_code(result, 4)
        self.assertIn("error: there is no model to deliver", result.err)
        self.assertIn("none: no trial gave a model", result.out)
        for command in ("status", "report"):
            shown = run(command, "out/x", cwd=self.here)
            self.assert_code(shown, 4 if command == "report" else 0)
            self.assertIn("no trial gave ", shown.text)
        self.assertFalse((self.folder / "best_model.hdf5").exists())

    def test_start_weights_are_named_for_sound_input_alone(self):
        notice = "weights are drawn from seed"
        sound = run("-tpath", "data", "-mpath", "masks", "-ts", "32", "--dry_run", cwd=self.here)
        self.assertIn(notice, sound.out)
        wrong = run("-tpath", "masks", "-mpath", "data", cwd=self.here)
        self.assert_code(wrong, 3)
        self.assertNotIn(notice, wrong.text)

    def test_resume_of_a_folder_alone(self):
        self.assert_code(self.train(*GRID, *TARGET, "-ts", "48"), 0)
        (self.here / "out" / "x").rename(self.here / "moved")
        # The paths in its configuration hold in every working directory.
        elsewhere = self.here / "elsewhere"
        elsewhere.mkdir()
        both = run("--resume", "../moved", "-n", "y", cwd=elsewhere)
        self.assert_code(both, 2)
        self.assertIn("can't be combined", both.err)
        done = run("--resume", "../moved", "--performance_target", "none", cwd=elsewhere)
        self.assert_code(done, 0)
        self.assertEqual(list(elsewhere.iterdir()), [])
        self.assertEqual([len(records(path)) for path in summary_files(self.here / "moved")], [3])

    def test_status_of_a_killed_start(self):
        process = self.start_training("-talos", "{'epochs': 500, 'batch_size': 8}",
                                      "--checkpoint_minutes", "0")
        deadline = time.time() + 120
        while not any(event["event"] == "epoch" for event in events(self.folder)):
            self.assertLess(time.time(), deadline, self.log())
            time.sleep(0.05)
        running = run("status", "out/x", cwd=self.here)
        self.assertIn(f"(pid {process.pid})", running.out)
        self.assertRegex(running.out, r"0 running, epoch \d+/500")
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        killed = run("status", "out/x", cwd=self.here)
        self.assert_code(killed, 0)
        self.assertIn("nothing runs: the start on ", killed.out)
        self.assertIn("the same msunet train command resumes it", killed.out)
        self.assertRegex(killed.out, r"0 interrupted in epoch \d+/500")

    def test_status_after_a_signal(self):
        process = self.start_training("-talos", "{'epochs': 500, 'batch_size': 2}")
        deadline = time.time() + 120
        while not any(event["event"] == "epoch" for event in events(self.folder)):
            self.assertLess(time.time(), deadline, self.log())
            time.sleep(0.05)
        process.terminate()
        self.assertEqual(process.wait(60), 75, self.log())
        status = run("status", "out/x", cwd=self.here)
        self.assertRegex(status.out, r"0 paused, epoch \d+/500, resumes (in|after) epoch \d+\b")
        log = (self.folder / "trials" / "0" / "log.txt").read_text()
        self.assertRegex(log, r"checkpoint (in epoch \d+ after step|after epoch) \d+\n")
        limited = self.train("-talos", "{'epochs': 500, 'batch_size': 2}", *PASSED)
        self.assert_code(limited, 0)
        self.assertIn("1 trial is paused in a checkpoint and not in the results",
                      " ".join(limited.out.split()))

    def test_status_after_a_kill_within_an_epoch(self):
        killed = self.train("-talos", "{'epochs': 3, 'batch_size': 2}", "--checkpoint_minutes", "1e-9",
                            MSUNET_FAULT="train.step:0:crash:5")
        self.assertNotIn(killed.code, (0, 2, 75))
        status = run("status", "out/x", cwd=self.here)
        self.assertRegex(status.out, r"0 interrupted in epoch 1/3, resumes in epoch 1 after step [1-4]\b")
        resumed = self.train("-talos", "{'epochs': 3, 'batch_size': 2}")
        self.assert_code(resumed, 0)
        self.assert_code(self.train("-talos", "{'epochs': 3, 'batch_size': 2}", "-n", "whole"), 0)
        histories = [sorted(path.read_bytes() for path in folder.glob("talos_scan_history_*"))
                     for folder in (self.folder, self.here / "out" / "whole")]
        self.assertTrue(histories[0])
        self.assertEqual(*histories)

    def test_shards_ended_by_a_target_merge_as_what_they_are(self):
        for shard in ("1/2", "2/2"):
            self.assert_code(self.train(*GRID, *TARGET, "--shard", shard), 0)
        shards = ("out/x_shard1of2", "out/x_shard2of2")
        self.assert_code(run("merge", "-o", "out/limited", *shards, cwd=self.here), 0)
        self.assert_complete(2, self.here / "out" / "limited")
        for shard in ("1/2", "2/2"):
            self.assert_code(self.train(*GRID, "--shard", shard), 0)
        refused = run("merge", "-o", "out/whole.zip", *shards, cwd=self.here)
        self.assert_code(refused, 2)
        self.assertIn("a name without '.zip'", refused.err)
        inside = run("merge", "-o", "data/whole", *shards, cwd=self.here)
        self.assert_code(inside, 2)
        self.assertIn("-o 'data/whole' lies in the input folder", inside.err)
        self.assertFalse((self.here / "data" / "whole").exists())
        self.assert_code(run("merge", "-o", "out/whole/", *shards, cwd=self.here), 0)
        self.assertTrue((self.here / "out" / "whole" / "model_deploywhole.zip").is_file())
        self.assert_complete(3, self.here / "out" / "whole")
        again = self.train(*GRID, "-n", "whole")
        self.assert_code(again, 0)
        self.assertIn("nothing left to do", again.out)

    def test_effective_values_are_written(self):
        self.assert_code(self.train("-talos", "{'epochs': 1, 'batch_size': 8}"), 0)
        environment = json.loads((self.folder / "environment.json").read_text())
        self.assertRegex(environment["start_weights_hash"], "^[0-9a-f]{16,}$")
        self.assertRegex(environment["processor"],
                         r"^\S.*, \S+, kernels for (AMX|AVX512_BF16|AVX512|AVX2|baseline)$")
        for name in ("commit", "compiler", "libtorch", "itk", "onednn", "mkl", "boost", "glibc"):
            self.assertTrue(environment["versions"][name], name)
        weights = f"# Hash of its weights: {environment['start_weights_hash']}."
        config = (self.folder / "config.yaml").read_text()
        here = self.here.resolve()
        for line in ("experiment_name: x", "metric: val_dice_coef", "threads: 1",
                     "precision: float32", f"training_data_path: {here}/data",
                     f"mask_data_path: {here}/masks", f"cache: {here}/out/.msunet_cache",
                     f"output_directory: {here}/out", f"{weights}\ninitial_model_path: random"):
            self.assertIn("\n" + line + "\n", config)
        printed = run("-tpath", "data", "-mpath", "masks", "--print_config", cwd=self.here)
        # What the machine decides stays open, for other machines.
        for text in ("target_size: 128", "metric: val_dice_coef", "cache: ./.msunet_cache",
                     f"{weights}\ninitial_model_path: random",
                     "# On this machine: float32.\nprecision: auto"):
            self.assertIn("\n" + text + "\n", printed.out)
        self.assertRegex(printed.out, r"\n# On this machine: \d+\.\nthreads: none\n")
        # A configuration for a machine with a GPU can be written on one without.
        gpu = run("-tpath", "data", "-mpath", "masks", "--device", "gpu", "--print_config",
                  cwd=self.here)
        self.assert_code(gpu, 0)
        self.assertIn("\ndevice: gpu\n", gpu.out)
        without = run("-tpath", "data", "-mpath", "masks", "-v", "0.1", "--print_config",
                      "-path", "missing.h5", cwd=self.here)
        self.assertIn("\nmetric: dice_coef\n", without.out)
        self.assertIn("\n# A start refuses it: ", without.out)


if __name__ == "__main__":
    program.main()
