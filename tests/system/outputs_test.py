# SPDX-License-Identifier: Apache-2.0
"""What a user finds after a sweep, and the traps of the trainer that this program replaces."""

import csv
import io
import json
import math
import re
import shutil
import unittest
import zipfile
from pathlib import Path

import program
from program import FAST, ProgramTest, run, without, write_pair

GRID = "{'lr': [0.001, 0.0001], 'epochs': 2, 'batch_size': 8}"
METRICS = ["loss", "dice_coef", "jaccard_similarity"]
HISTORY = METRICS + ["val_" + name for name in METRICS]
PARAMETERS = (
    "batch_size,contractingBatchNormTrainable,dropout,epochs,expandingBatchNormTrainable,"
    "experiment_name,finalActivation,losses,lr,modality_weight,num_gpus,optimizer,"
    "patch_dimensions,patch_stride,pca_only,scoreTrainable,upsamplingBatchNormTrainable,"
    "upsamplingTrainable,weight_factor,which_layer").split(",")
MODALITIES = ("anatomical", "dti", "noddi", "regwarp", "fmri")
MEMBERS = ("details.txt", "params.npy", "results.csv", "model.json", "model.h5", "x.csv", "y.csv")


def one(folder, pattern):
    found = sorted(folder.glob(pattern))
    assert len(found) == 1, (pattern, found)
    return found[0]


def summary_file(folder):
    return next(path for path in sorted(folder.glob("*.csv"))
                if re.fullmatch(r"\d{12}\.csv", path.name))


def rows(path):
    return list(csv.reader(io.StringIO(path.read_text())))


def records(path):
    head, *body = rows(path)
    return [dict(zip(head, row)) for row in body]


def contents(folder):
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(folder.rglob("*")) if path.is_file()}


def events(folder):
    return [json.loads(line) for line in (folder / "journal.jsonl").read_text().splitlines()]


class OutputsTest(ProgramTest):
    """One sweep of two permutations, looked at from all sides."""

    @classmethod
    def setUpClass(cls):
        cls.place = Path(program.tempfile.mkdtemp(prefix="msunet_system_"))
        cls.addClassCleanup(shutil.rmtree, cls.place, ignore_errors=True)
        program.write_scans(cls.place)
        cls.input = {name: contents(cls.place / name) for name in ("data", "masks")}
        cls.result = run("-tpath", "data", "-mpath", "masks", *FAST, "-talos", GRID, cwd=cls.place)
        cls.folder = cls.place / "out" / "x"

    def setUp(self):
        super().setUp()
        self.assert_code(self.result, 0)

    def again(self, *arguments, **options):
        return run("-tpath", "data", "-mpath", "masks", *FAST, "-talos", GRID, *arguments,
                   cwd=self.place, **options)

    def test_files(self):
        names = {path.name for path in self.folder.iterdir()}
        expected = {"model_deployx.zip", "best_model.hdf5", "journal.jsonl", "trials",
                    "config.yaml", "environment.json", "report.html", summary_file(self.folder).name}
        expected |= {path.name for path in self.folder.glob("talos_scan_history_*.csv")}
        expected |= {path.name for path in self.folder.glob("modality_results_*.csv")}
        self.assertEqual(names, expected)
        self.assertEqual(len(list(self.folder.glob("talos_scan_history_*.csv"))), 2)
        self.assertEqual(len(list(self.folder.glob("modality_results_*.csv"))), 2)
        for trial in ("0", "1"):
            self.assertTrue((self.folder / "trials" / trial / "log.txt").is_file())
        weights = list(self.folder.glob("trials/*/weights.h5"))
        self.assertEqual(len(weights), 1, "--keep_models best keeps one")
        self.assertEqual(list(self.folder.glob("trials/*/checkpoint*")), [])

    def test_summary(self):
        path = summary_file(self.folder)
        self.assertEqual(rows(path)[0], ["round_epochs", *HISTORY, *PARAMETERS])
        table = records(path)
        self.assertEqual([row["lr"] for row in table], ["0.001", "0.0001"])
        for row in table:
            self.assertEqual(row["round_epochs"], "2")
            self.assertEqual(row["experiment_name"], "x")
            self.assertEqual(row["patch_dimensions"], "32/32")
            self.assertEqual(row["num_gpus"], "0")
            self.assertEqual(row["modality_weight"], "None")
            self.assertEqual(row["pca_only"], "False")
            for name in HISTORY:
                self.assertGreater(float(row[name]), 0)

    def test_histories(self):
        last = sorted(json.dumps(rows(path)[-1][1:])
                      for path in self.folder.glob("talos_scan_history_*.csv"))
        for path in self.folder.glob("talos_scan_history_*.csv"):
            table = rows(path)
            self.assertEqual(table[0], ["", *HISTORY])
            self.assertEqual([row[0] for row in table[1:]], ["0", "1"])
        summary = sorted(json.dumps([row[name] for name in HISTORY])
                         for row in records(summary_file(self.folder)))
        self.assertEqual(last, summary)

    def test_dice_by_modality(self):
        head = [""] + [f"{name}_{part}_dice" for part in ("val", "train") for name in MODALITIES]
        for path in self.folder.glob("modality_results_*.csv"):
            table = rows(path)
            self.assertEqual(table[0], head)
            self.assertEqual(len(table), 2)
            filled = {name for name, cell in zip(head[1:], table[1][1:]) if cell}
            self.assertEqual(filled, {"fmri_val_dice", "anatomical_train_dice", "dti_train_dice",
                                      "noddi_train_dice", "fmri_train_dice"})

    def test_archive(self):
        with zipfile.ZipFile(self.folder / "model_deployx.zip") as archive:
            self.assertIsNone(archive.testzip())
            names = set(archive.namelist())
            self.assertEqual(names, {"README.txt", *(f"model_deployx_{end}" for end in MEMBERS)})
            model = json.loads(archive.read("model_deployx_model.json"))
            self.assertEqual(model["class_name"], "Functional")
            self.assertEqual(len(model["config"]["layers"]), 63)
            self.assertTrue(archive.read("model_deployx_params.npy").startswith(b"\x93NUMPY"))
            self.assertTrue(archive.read("model_deployx_model.h5").startswith(b"\x89HDF"))
            head = archive.read("model_deployx_results.csv").decode().splitlines()[0].split(",")
            self.assertEqual(head[:5], ["", "start", "end", "duration", "round_epochs"])
            details = archive.read("model_deployx_details.txt").decode()
            self.assertIn("experiment_name,x", details)
        self.assertTrue((self.folder / "best_model.hdf5").read_bytes().startswith(b"\x89HDF"))

    def test_journal_and_state(self):
        told = [event["event"] for event in events(self.folder)]
        self.assertEqual(told[0], "sweep_started")
        self.assertEqual(told[-1], "finished")
        self.assertEqual(told.count("trial_started"), 2)
        self.assertEqual(told.count("trial_finished"), 2)
        environment = json.loads((self.folder / "environment.json").read_text())
        self.assertEqual(environment["seed"], 1)

    def page(self, folder):
        head = '<script id="data" type="application/json">'
        text = (folder / "report.html").read_text()
        self.assertIn(head, text)
        return json.loads(text.split(head)[1].split("</script>")[0])

    def test_page_shows_validation_slices_of_the_best(self):
        kept = list(self.folder.glob("trials/*/pictures.json"))
        self.assertEqual([path.parent for path in kept],
                         [path.parent for path in self.folder.glob("trials/*/weights.h5")])
        page = self.page(self.folder)
        self.assertEqual(int(kept[0].parent.name), page["best"])
        self.assertEqual({picture["scan"] for picture in page["pictures"]}, {"b1_fmri_data.nii"})
        for picture in page["pictures"]:
            self.assertEqual((picture["w"], picture["h"]), (32, 32))
            self.assertTrue(0 <= picture["dice"] <= 1)
            self.assertTrue(picture["mask"].startswith("M"))
        dice = [picture["dice"] for picture in page["pictures"]]
        self.assertEqual(dice, sorted(dice))

    def test_best_model_is_a_start_model(self):
        shutil.copytree(self.place / "data", self.here / "data")
        shutil.copytree(self.place / "masks", self.here / "masks")
        frozen = {name: False for name in PARAMETERS if name.endswith("Trainable")}
        grid = {"epochs": 1, "batch_size": 8, "which_layer": 0, **frozen}
        result = run("-tpath", "data", "-mpath", "masks", *without(FAST, ("-path",)), "-path",
                     self.folder / "best_model.hdf5", "-talos", repr(grid), cwd=self.here)
        self.assert_code(result, 0)
        best = max(float(row["val_dice_coef"]) for row in records(summary_file(self.folder)))
        again = records(summary_file(self.here / "out" / "x"))[0]
        self.assertAlmostEqual(float(again["val_dice_coef"]), best, delta=1e-6)

    def test_page_without_validation_shows_training_slices(self):
        shutil.copytree(self.place / "data", self.here / "data")
        shutil.copytree(self.place / "masks", self.here / "masks")
        result = self.train("-talos", "{'epochs': 1, 'batch_size': 16}", "-v", "0")
        self.assert_code(result, 0)
        page = self.page(self.here / "out" / "x")
        self.assertFalse(page["validation"])
        self.assertEqual({picture["modality"] for picture in page["pictures"]},
                         {"anatomical", "dti", "fmri", "noddi"})

    def test_input_is_untouched(self):
        for name, before in self.input.items():
            self.assertEqual(contents(self.place / name), before)

    def test_second_start_has_nothing_to_do(self):
        before = contents(self.folder)
        again = self.again()
        self.assert_code(again, 0)
        self.assertIn("nothing left to do", again.out)
        self.assertEqual(contents(self.folder), before)

    def test_report_makes_the_same_files(self):
        copy = self.here / "copy"
        shutil.copytree(self.folder, copy)
        made = [path.name for path in copy.iterdir()
                if path.suffix in (".csv", ".zip", ".hdf5", ".html")]
        for name in made:
            (copy / name).unlink()
        result = run("report", copy, cwd=self.here)
        self.assert_code(result, 0)
        for name in made:
            self.assertEqual((copy / name).read_bytes(), (self.folder / name).read_bytes(), name)

    def test_status(self):
        result = run("status", self.folder, cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("finished", result.out)
        self.assertIn("permutations 2: 2 ended", result.out)

    def test_two_ranks_give_the_same(self):
        shutil.copytree(self.place / "data", self.here / "data")
        shutil.copytree(self.place / "masks", self.here / "masks")
        result = self.train("-talos", GRID, "--ranks_per_trial", "1", ranks=2)
        self.assert_code(result, 0)
        folder = self.here / "out" / "x"
        self.assertEqual(summary_file(folder).read_bytes(), summary_file(self.folder).read_bytes())
        for pattern in ("talos_scan_history_*.csv", "modality_results_*.csv"):
            self.assertEqual(sorted(path.read_bytes() for path in folder.glob(pattern)),
                             sorted(path.read_bytes() for path in self.folder.glob(pattern)))
        self.assertEqual((folder / "best_model.hdf5").read_bytes(),
                         (self.folder / "best_model.hdf5").read_bytes())
        ranks = {event["rank"] for event in events(folder) if event["event"] == "trial_started"}
        self.assertEqual(ranks, {0, 1})

    def test_config_round_trip(self):
        printed = self.again("--print_config", "True", "-wf", "2.5")
        self.assert_code(printed, 0)
        (self.here / "c.yaml").write_text(printed.out)
        fed_back = run("--config", self.here / "c.yaml", "--print_config", "True", cwd=self.place)
        self.assert_code(fed_back, 0)
        self.assertEqual(fed_back.out, printed.out)
        self.assertIn("weight_factor: 2.5", printed.out)

    def test_written_config_goes_on(self):
        again = run("--config", self.folder / "config.yaml", cwd=self.place)
        self.assert_code(again, 0)
        self.assertIn("nothing left to do", again.out)

    def test_dry_run(self):
        shutil.copytree(self.place / "data", self.here / "data")
        shutil.copytree(self.place / "masks", self.here / "masks")
        result = self.train("-talos", GRID, "--dry_run", "True")
        self.assert_code(result, 0)
        for text in ("a1_anatomical_data.nii  a1_anatomical_mask.nii", "validation", "lr=0.0001",
                     "estimate", "nothing was trained"):
            self.assertIn(text, result.out)
        self.assertEqual({path.name for path in self.here.iterdir()}, {"data", "masks"})

    def test_resume_never_takes_a_new_folder(self):
        result = run("-tpath", "data", "-mpath", "masks", *FAST, "-talos",
                     "{'epochs': 1, 'batch_size': 16}", "--resume", "never", cwd=self.place)
        self.assert_code(result, 0)
        self.assertTrue((self.place / "out" / "x_2" / "best_model.hdf5").is_file())
        self.assertIn("read from the cache", result.out)


class HelpTest(ProgramTest):
    def test_help_and_version(self):
        for arguments, word in ((("--help",), "commands:"), (("train", "--help"), "-tpath"),
                                (("help", "report"), "journal"), (("--version",), "msunet "),
                                ((), "usage:"), (("--bash_completion",), "complete")):
            with self.subTest(" ".join(arguments)):
                result = run(*arguments, cwd=self.here)
                self.assert_code(result, 0)
                self.assertIn(word, result.out)
                self.assertEqual(result.err, "")
        self.assertEqual(list(self.here.iterdir()), [])

    def test_phantom_trains(self):
        made = run("phantom", ".", "--animals", "2", "--scale", "0.25", cwd=self.here)
        self.assert_code(made, 0)
        result = self.train("-v", "0.5", "-talos", "{'epochs': 1, 'batch_size': 64}",
                            "--enable_augmentation", "False")
        self.assert_code(result, 0)
        self.assertIn("anatomical", result.out)


class TrapsTest(ProgramTest):
    """facts.md, "Traps its users meet"."""

    TINY = ("-talos", "{'epochs': 1, 'batch_size': 16}")

    def setUp(self):
        super().setUp()
        self.scans()
        self.folder = self.here / "out" / "x"

    def settings(self):
        return {entry["name"]: entry["value"] for entry in events(self.folder)[0]["configuration"]}

    def test_false_is_false(self):
        result = self.train(*self.TINY, "-ia", "False", "-er", "False")
        self.assert_code(result, 0)
        self.assertEqual(self.settings()["in_place_augmentation"], "False")
        # The basic scheme without rotation: an affine copy of each of four training scans.
        self.assertEqual(events(self.folder)[0]["data"]["augmented_copies"], 4)

    def test_sizes_and_weights_are_heeded(self):
        result = run("-tpath", "data/", "-mpath", "masks/", *without(FAST, ("-ts", "-fp")), "-ts", "48", "-fp", "0.5",
                     "-fs", "0.5", "-mw", "dti", "-wf", "3", *self.TINY, "--enable_augmentation",
                     "False", cwd=self.here)
        self.assert_code(result, 0)
        row = records(summary_file(self.folder))[0]
        self.assertEqual((row["patch_dimensions"], row["weight_factor"], row["modality_weight"]),
                         ("32/32", "3", "dti"))
        # Patches of 24 at 0 and 24: four a slice, of 4 + 2 + 2 + 2 slices and 2 for validation.
        data = events(self.folder)[0]["data"]
        self.assertEqual((data["training_samples"], data["validation_samples"]), (40, 8))

    def test_weights_change_the_loss(self):
        losses = []
        for name, extra in (("a", ()), ("b", ("-mw", "dti", "-wf", "3"))):
            result = run("-tpath", "data", "-mpath", "masks", *FAST[:-1], name, *self.TINY, *extra,
                         "--enable_augmentation", "False", cwd=self.here)
            self.assert_code(result, 0)
            losses.append(float(records(summary_file(self.here / "out" / name))[0]["loss"]))
        self.assertGreater(losses[1], losses[0] + 1e-3)

    def test_no_sample_is_lost_and_no_scan_is_in_both_parts(self):
        result = self.train(*self.TINY, "-v", "0.5", "--enable_augmentation", "False")
        self.assert_code(result, 0)
        data = events(self.folder)[0]["data"]
        self.assertEqual([pair.get("validation", False) for pair in data["pairs"]],
                         [False, False, False, True, True])
        self.assertEqual(data["training_samples"] + data["validation_samples"], data["slices"])
        self.assertEqual(data["slices"], 4 + 2 + 2 + 2 + 2)

    def test_hidden_file_is_skipped_with_a_warning(self):
        (self.here / "data" / ".DS_Store").write_bytes(b"x")
        (self.here / "masks" / "notes.txt").write_bytes(b"x")
        result = self.train(*self.TINY)
        self.assert_code(result, 0)
        warnings = [line for line in result.err.splitlines() if line.startswith("warning: skipped")]
        self.assertEqual(len(warnings), 1, result.err)
        self.assertIn(".DS_Store", warnings[0])
        self.assertIn("notes.txt", warnings[0])

    def test_pca_does_not_end_the_scan(self):
        result = self.train("-talos", "{'pca_only': [True, False], 'epochs': 1, 'batch_size': 16}")
        self.assert_code(result, 0)
        table = records(summary_file(self.folder))
        self.assertEqual([row["pca_only"] for row in table], ["True", "False"] if
                         table[0]["pca_only"] == "True" else ["False", "True"])
        by_kind = {row["pca_only"]: row for row in table}
        self.assertEqual({by_kind["True"][name] for name in HISTORY}, {""})
        self.assertTrue(all(by_kind["False"][name] for name in HISTORY))
        self.assertEqual(len(list(self.folder.glob("trials/*/pca_cumsum.npy"))), 1)
        self.assertEqual(len(list(self.folder.glob("trials/*/pca_full_range.png"))), 1)
        self.assertTrue((self.folder / "best_model.hdf5").is_file())

    def test_pca_alone_leaves_no_model(self):
        result = self.train("-talos", "{'pca_only': True}")
        self.assert_code(result, 0)
        self.assertEqual(len(records(summary_file(self.folder))), 1)
        self.assertEqual(list(self.folder.glob("*.zip")) + list(self.folder.glob("*.hdf5")), [])

    def test_failed_permutation_keeps_its_row(self):
        result = self.train("-talos", "{'lr': [1e30, 0.001], 'epochs': 2, 'batch_size': 4}")
        self.assert_code(result, 4)
        good, bad = sorted(records(summary_file(self.folder)), key=lambda row: float(row["lr"]))
        self.assertEqual({bad[name] for name in HISTORY}, {""})
        self.assertTrue(all(math.isfinite(float(good[name])) for name in HISTORY))
        failures = records(self.folder / "failures.csv")
        self.assertEqual(len(failures), 1)
        self.assertEqual(failures[0]["lr"], "1e+30")
        self.assertIn("loss", failures[0]["reason"])
        self.assertTrue((self.folder / "best_model.hdf5").is_file())
        again = self.train("-talos", "{'lr': [1e30, 0.001], 'epochs': 2, 'batch_size': 4}")
        self.assert_code(again, 0)
        retried = self.train("-talos", "{'lr': [1e30, 0.001], 'epochs': 2, 'batch_size': 4}",
                             "--retry_failed", "True")
        self.assert_code(retried, 4)

    def test_all_failed_leaves_no_model(self):
        result = self.train("-talos", "{'lr': [1e30], 'epochs': 2, 'batch_size': 4}")
        self.assert_code(result, 4)
        self.assertEqual(list(self.folder.glob("*.zip")) + list(self.folder.glob("*.hdf5")), [])

    def test_no_validation_data_is_said(self):
        result = self.train(*self.TINY, "-v", "0.1")
        self.assert_code(result, 0)
        self.assertIn("no validation data", result.err)
        self.assertNotIn("val_loss", rows(summary_file(self.folder))[0])

    def test_augmented_input_is_not_augmented_again(self):
        write_pair(self.here, "a9_dti_augmented", 9)
        result = self.train(*self.TINY)
        self.assert_code(result, 0)
        self.assertEqual(events(self.folder)[0]["data"].get("augmented_copies", 0), 0)
        self.assertIn("augmented", result.text)

    def test_time_limit_and_going_on(self):
        limited = self.train("-talos", "{'lr': [0.1, 0.01, 0.001], 'epochs': 1, 'batch_size': 8}",
                             "--time_limit", "0.001 s")
        self.assert_code(limited, 0)
        self.assertTrue((self.folder / "results.partial.csv").is_file())
        report = run("report", "out/x", cwd=self.here)
        self.assert_code(report, 0)
        self.assertFalse(list(self.folder.glob("*.zip")))
        on = self.train("-talos", "{'lr': [0.1, 0.01, 0.001], 'epochs': 1, 'batch_size': 8}")
        self.assert_code(on, 0)
        self.assertEqual(len(records(summary_file(self.folder))), 3)
        self.assertFalse((self.folder / "results.partial.csv").exists())


if __name__ == "__main__":
    program.main()
