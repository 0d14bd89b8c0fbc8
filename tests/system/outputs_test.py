# SPDX-License-Identifier: Apache-2.0
"""The files of a finished sweep."""

import json
import re
import shutil
import unittest
import zipfile
from pathlib import Path

import program
from program import FAST, ProgramTest, run, without
from results import HISTORY, contents, events, one, page, records, rows, summary_file

GRID = "{'lr': [0.001, 0.0001], 'epochs': 2, 'batch_size': 8}"
PARAMETERS = (
    "batch_size,contractingBatchNormTrainable,dropout,epochs,expandingBatchNormTrainable,"
    "experiment_name,finalActivation,losses,lr,modality_weight,num_gpus,optimizer,"
    "patch_dimensions,patch_stride,pca_only,scoreTrainable,upsamplingBatchNormTrainable,"
    "upsamplingTrainable,weight_factor,which_layer").split(",")
MODALITIES = ("anatomical", "dti", "noddi", "regwarp", "fmri")
MEMBERS = ("details.txt", "params.npy", "results.csv", "model.json", "model.h5", "x.csv", "y.csv")


class OutputsTest(ProgramTest):
    """One sweep of two permutations and all its outputs."""

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
                    "config.yaml", "environment.json", "report.html", "permutations.csv",
                    summary_file(self.folder).name}
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

    def test_a_result_starts_other_sweeps(self):
        losses = set()
        for name, model in (("folder", "out/x"), ("archive", "out/x/model_deployx.zip"),
                            ("file", "out/x/best_model.hdf5")):
            result = run("-tpath", "data", "-mpath", "masks", *without(FAST, {"-path", "-n"}),
                         "-path", model, "-n", name, "--cache", "cache",
                         "-talos", "{'epochs': 1, 'batch_size': 8}", cwd=self.place)
            self.assert_code(result, 0)
            losses.add(records(summary_file(self.place / "out" / name))[0]["loss"])
        self.assertEqual(len(losses), 1, losses)

    def test_permutations_name_their_files(self):
        head, *table = rows(self.folder / "permutations.csv")
        self.assertEqual(head, ["id", *sorted(PARAMETERS), "state", "history_file",
                                "modality_file", "model_file"])
        self.assertEqual([row[0] for row in table], ["0", "1"])
        models = []
        for row in map(lambda cells: dict(zip(head, cells)), table):
            self.assertEqual(row["state"], "done")
            for name in ("history_file", "modality_file"):
                self.assertTrue((self.folder / row[name]).is_file(), row[name])
            models += [row["model_file"]] if row["model_file"] else []
        self.assertEqual([self.folder / name for name in models],
                         list(self.folder.glob("trials/*/weights.h5")))

    def test_other_trials_are_deployed_and_ranked(self):
        folder = self.here / "kept"
        shutil.copytree(self.folder, folder)
        best = (folder / "best_model.hdf5").read_bytes()
        kept = next(folder.glob("trials/*/weights.h5"))
        other = str(1 - int(kept.parent.name))
        refused = run("report", folder, "--deploy", other, cwd=self.here)
        self.assert_code(refused, 2)
        self.assertIn("--keep_models all", refused.err)
        self.assert_code(run("report", folder, "--deploy", "7", cwd=self.here), 2)
        self.assert_code(run("report", folder, "--metric", "val_dise", cwd=self.here), 2)
        (folder / "trials" / other).mkdir(exist_ok=True)
        shutil.copy(kept, folder / "trials" / other / "weights.h5")
        deployed = run("report", folder, "--deploy", other, cwd=self.here)
        self.assert_code(deployed, 0)
        self.assertIn(f"trial {other} for talos.Restore", deployed.out)
        with zipfile.ZipFile(folder / "model_deployx.zip") as archive:
            self.assertIn(f"best_permutation,{other}",
                          archive.read("model_deployx_details.txt").decode())
        ranked = run("report", folder, "--metric", "loss", cwd=self.here)
        self.assert_code(ranked, 0)
        self.assertIn(" with loss ", ranked.out)
        self.assertIn('"loss"', (folder / "report.html").read_text())
        self.assert_code(run("report", folder, cwd=self.here), 0)
        self.assertEqual((folder / "best_model.hdf5").read_bytes(), best)

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
            self.assertEqual(model["class_name"], "Model")
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
        versions = environment["versions"]
        of_gpus = {"cuda", "cudnn", "nccl", "driver"}
        self.assertTrue(of_gpus <= set(versions))
        self.assertEqual(len({versions[name] is None for name in of_gpus}), 1)

    def test_page_shows_validation_slices_of_the_best(self):
        kept = list(self.folder.glob("trials/*/pictures.json"))
        self.assertEqual([path.parent for path in kept],
                         [path.parent for path in self.folder.glob("trials/*/weights.h5")])
        shown = page(self.folder)
        self.assertEqual(list(shown["whole_masks"]["scans"]), ["b1_fmri_data.nii"])
        self.assertRegex(shown["whole_masks"]["means"], r"^fmri 0\.\d+ \(1 scan\)")
        self.assertEqual(int(kept[0].parent.name), shown["best"])
        self.assertEqual({picture["scan"] for picture in shown["pictures"]}, {"b1_fmri_data.nii"})
        for picture in shown["pictures"]:
            self.assertEqual((picture["w"], picture["h"]), (32, 32))
            self.assertTrue(0 <= picture["dice"] <= 1)
            self.assertTrue(picture["mask"].startswith("M"))
        dice = [picture["dice"] for picture in shown["pictures"]]
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
        shown = page(self.here / "out" / "x")
        self.assertFalse(shown["validation"])
        self.assertEqual({picture["modality"] for picture in shown["pictures"]},
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
        self.assertIn("trials       2: 2 ended", result.out)

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

    def test_written_config_resumes(self):
        again = run("--config", self.folder / "config.yaml", cwd=self.place)
        self.assert_code(again, 0)
        self.assertIn("nothing left to do", again.out)

    def test_dry_run(self):
        shutil.copytree(self.place / "data", self.here / "data")
        shutil.copytree(self.place / "masks", self.here / "masks")
        result = self.train("-talos", GRID, "--dry_run", "True")
        self.assert_code(result, 0)
        for text in ("a1_anatomical_data.nii  a1_anatomical_mask.nii  a1 ", "validation", "lr=0.0001",
                     "slices left out: 8 with mask at the ends of 4 scans (--end_slices "
                     "keep keeps them)\n", "estimate: about ", "nothing was trained"):
            self.assertIn(text, result.out)
        kept = self.train("-talos", GRID, "--dry_run", "True", "--end_slices", "auto",
                          "--subject_pattern", "^[ab]", "--split", "subjects")
        self.assertIn("slices left out: none with mask\n", kept.out)
        split = re.findall(r"([ab])\d_\w+_mask.nii +([ab]) +\w+ +(training|validation)", kept.out)
        self.assertEqual(split, [("a", "a", "training")] * 4 + [("b", "b", "validation")])
        divided = self.train("-talos", GRID, "--dry_run", "True", "--subject_pattern", "_(.)", "-v", "0.4")
        self.assertIn("'f' (1 and 1)", divided.err)
        wrong = self.train("-talos", GRID, "--dry_run", "True", "--subject_pattern", "a[0-9]")
        self.assert_code(wrong, 3)
        self.assertIn("finds no subject in 1 name: 'b1_fmri_data.nii'", wrong.err)
        self.assert_code(self.train("-talos", GRID, "--dry_run", "True", "--subject_pattern", "("), 2)
        self.assertEqual({path.name for path in self.here.iterdir()}, {"data", "masks"})

    def test_resume_never_uses_a_new_folder(self):
        result = run("-tpath", "data", "-mpath", "masks", *FAST, "-talos",
                     "{'epochs': 1, 'batch_size': 16}", "--resume", "never", cwd=self.place)
        self.assert_code(result, 0)
        self.assertTrue((self.place / "out" / "x_2" / "best_model.hdf5").is_file())
        self.assertIn("read from the cache", result.out)


class PhantomTest(ProgramTest):
    def test_phantom_trains(self):
        made = run("phantom", ".", "--animals", "2", "--scale", "0.25", cwd=self.here)
        self.assert_code(made, 0)
        result = self.train("-v", "0.5", "-talos", "{'epochs': 1, 'batch_size': 64}",
                            "--enable_augmentation", "False")
        self.assert_code(result, 0)
        self.assertIn("anatomical", result.out)


if __name__ == "__main__":
    program.main()
