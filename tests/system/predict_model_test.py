# SPDX-License-Identifier: Apache-2.0
"""msunet predict: what the model's file decides, comparison with manual masks, axis of the slices."""

import csv
import json
import os
import re
import shutil
import struct

import program
from predicting import PredictTest, contents
from program import run, write_nifti, write_scans


def put_sform(path, rows):
    """Gives a file of `write_nifti` the sform `rows` (3x4)."""
    data = bytearray(path.read_bytes())
    data[254:256] = struct.pack("<h", 1)
    data[280:328] = struct.pack("<12f", *(value for row in rows for value in row))
    path.write_bytes(data)


def mirror_in_z(scan, mask, slices=4):
    """Stores a mask's slices backwards, as the mask's header says."""
    plane = [(1, 0, 0, 0), (0, 1, 0, 0)]
    put_sform(scan, [*plane, (0, 0, 1, 0)])
    data = mask.read_bytes()
    size = (len(data) - 352) // slices
    voxels = [data[352 + n * size:352 + (n + 1) * size] for n in range(slices)]
    mask.write_bytes(data[:352] + b"".join(reversed(voxels)))
    put_sform(mask, [*plane, (0, 0, -1, slices - 1)])


class Models(PredictTest):
    def test_settings_come_from_the_model(self):
        self.scans()
        mirror_in_z(self.here / "data" / "b1_fmri_data.nii", self.here / "masks" / "b1_fmri_mask.nii")
        self.assert_code(self.train("-talos", "{'epochs': [1], 'batch_size': [8]}", "-fs", "1",
                                    "--mask_geometry", "header"), 0)
        experiment = self.here / "out" / "x"
        archive = next(experiment.glob("model_deploy*.zip"))
        texts = []
        for number, model in enumerate((experiment, experiment / "best_model.hdf5", archive)):
            result = run("predict", "-m", model, "data", "-o", f"p{number}", "--threads", "1",
                         cwd=self.here)
            self.assert_code(result, 0)
            self.assertIn("-ts 32, windows of 1.0 of the slice every 1.0, frame 7 of 4-D scans, "
                          "sigmoid", result.out)
            texts.append(contents(self.here / f"p{number}"))
        self.assertEqual(texts[0], texts[1])
        self.assertEqual(texts[0], texts[2])
        result = run("predict", "-m", experiment, "data", "-o", "fixed", "-hspace", "0.8",
                     "-vspace", "1", "--patch_dimensions", "32", "--threads", "1", cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("-hspace 0.8 -vspace 1.0, windows of 32 pixels every 32", result.out)
        # The model's file says what its training scans were like.
        write_nifti(self.here / "coarse_dti.nii", (16, 24, 4), [float(i % 97) for i in range(1536)],
                    spacing=(4.0, 4.0, 1.0))
        result = run("predict", "-m", archive, "coarse_dti.nii", "-o", "coarse", "--threads", "1",
                     cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn("1 of 1 mask is flagged, check them (--qc shows them):\n  'coarse_dti.nii': ", result.err)
        self.assertIn("pixels of 2.000 mm, in training 0.500", result.err)
        self.assertIn("the same size is -ts 48 in msUNET-RAM's inference", result.out)

        self.check_ensembles_of_trained_models(experiment, texts[0])
        self.check_validation(experiment)

    def check_ensembles_of_trained_models(self, experiment, alone):
        """An experiment's ensemble is that of its fold_models; models must agree in the input."""
        ensemble = ("data", "-o", "folds", "--ensemble", "True", "--threads", "1")
        refused = run("predict", "-m", experiment, *ensemble, cwd=self.here)
        self.assert_code(refused, 2)
        self.assertIn("holds only 'best_model.hdf5' (and no folder fold_models), give", refused.err)
        folds = experiment / "fold_models"
        folds.mkdir()
        for name in ("a.hdf5", "b.hdf5"):
            shutil.copy(experiment / "best_model.hdf5", folds / name)
        result = run("predict", "-m", experiment, *ensemble, cwd=self.here)
        self.assert_code(result, 0)
        self.assertIn(f"mean of 2 models in {folds}: -ts 32, windows", result.out)
        self.assertEqual(contents(self.here / "folds"), alone)
        shutil.copy(self.here / "model.h5", folds / "c.h5")
        refused = run("predict", "-m", folds, *ensemble, cwd=self.here)
        self.assert_code(refused, 2)
        self.assertIn(f"'{folds}/a.hdf5' and '{folds}/c.h5' differ in the resampling (-ts 32; "
                      "-ts 128)", refused.err)

    def check_validation(self, experiment):
        """The experiment knows its validation scans and their masks, in any working directory."""
        elsewhere = self.here / "elsewhere"
        elsewhere.mkdir()
        checked = run("predict", "--validation", self.here / experiment, "-o", "../checked",
                      "--threads", "1", cwd=elsewhere)
        self.assert_code(checked, 0)
        with open(self.here / "checked" / "dice.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([(row["scan"], row["modality"]) for row in rows],
                         [("b1_fmri_data.nii", "fmri")])
        self.assertIn("mean Dice    fmri", checked.out)
        # The end of the sweep has measured the same, by the same rule for the mirrored mask.
        measured = [json.loads(path.read_text())
                    for path in (self.here / experiment).glob("trials/*/scan_dice.json")]
        self.assertEqual([[(one["scan"], one["modality"], one["dice"]) for one in scans]
                          for scans in measured],
                         [[(row["scan"], row["modality"], float(row["dice"])) for row in rows]])
        for words, text in ((("data",), "can't be combined"), (("-o", "data/x"), "input folder")):
            refused = run("predict", "--validation", experiment, *words, cwd=self.here)
            self.assert_code(refused, 2)
            self.assertIn(text, refused.err)
        (self.here / "data" / "b1_fmri_data.nii").rename(self.here / "b1.nii")
        gone = run("predict", "--validation", experiment, cwd=self.here)
        self.assert_code(gone, 3)
        self.assertIn("b1_fmri_data.nii' where training read the scans: missing", gone.err)

    def test_a_model_without_settings_is_reported(self):
        self.scans()
        result = self.predict("data/a2_dti_data.nii")
        self.assertIn("does not say how scans were prepared", result.out)

    def test_help_has_examples_and_completion_knows_the_command(self):
        text = run("predict", "--help", cwd=self.here).out
        self.assertIn("  msunet predict -m first new_scans -o masks\n", text)
        self.assertIn("--overwrite", text)
        script = run("--bash_completion", cwd=self.here).out
        self.assertIn("--reference", script)


class Ensembles(PredictTest):
    def setUp(self):
        super().setUp()
        write_scans(self.here, names=("a2_dti",))
        (self.here / "models").mkdir()
        for name, seed in (("a", "1"), ("b", "2")):
            made = run("init-model", f"models/{name}.h5", "--seed", seed, cwd=self.here)
            self.assert_code(made, 0)

    def likelihood(self, model, *options, scan="data/a2_dti_data.nii", **extra):
        result = self.predict(scan, "-o", "out", "--overwrite", *options, model=model, **extra)
        self.assert_code(result, 0)
        name = os.path.basename(scan).replace(".nii", "_likelihood.nii")
        values = struct.unpack("<1024f", (self.here / "out" / name).read_bytes()[352:])
        return values, result

    def test_the_mean_of_two_models(self):
        first, _ = self.likelihood("models/a.h5")
        second, _ = self.likelihood("models/b.h5")
        mean, result = self.likelihood("models", "--ensemble", "True", "--qc", "qc.html")
        for one, other, value in zip(first, second, mean):
            self.assertAlmostEqual(value, (one + other) / 2, delta=1e-6)
        self.assertIn("mean of 2 models in models: -ts 32", result.out)
        self.assertIn("mean of 2 models in models", (self.here / "qc.html").read_text())
        self.assertEqual(self.likelihood("models", "--ensemble", "True", ranks=2)[0], mean)
        (self.here / "models" / "a.h5").rename(self.here / "a.h5")
        for model, message in (("models", "'models' holds only 'b.h5' (and no folder fold_models)"),
                               ("a.h5", "-m 'a.h5' is no folder"),
                               ("gone", "-m 'gone' does not exist")):
            refused = self.predict("data", "--ensemble", "True", model=model)
            self.assert_code(refused, 2)
            self.assertIn(message, refused.err)

    def test_mirrored_slices(self):
        scan = self.here / "data" / "a2_dti_data.nii"
        values = struct.unpack("<1024f", scan.read_bytes()[352:])
        write_nifti(self.here / "mirror.nii", (16, 16, 4), columns_reversed(values))
        plain, _ = self.likelihood("model.h5", "--qc", "qc.html")
        self.assertNotIn("also mirrored", (self.here / "qc.html").read_text())
        other, _ = self.likelihood("model.h5", scan="mirror.nii")
        flipped, result = self.likelihood("model.h5", "--flip", "True", "--qc", "qc.html")
        self.assertIn(", each slice also mirrored", result.out)
        self.assertIn("model model.h5, each slice also mirrored",
                      (self.here / "qc.html").read_text())
        self.assertNotEqual(flipped, plain)
        for one, mirrored, value in zip(plain, columns_reversed(other), flipped):
            self.assertAlmostEqual(value, (one + mirrored) / 2, delta=1e-4)
        both, _ = self.likelihood("model.h5", "--flip", "True", scan="mirror.nii")
        for value, mirrored in zip(flipped, columns_reversed(both)):
            self.assertAlmostEqual(value, mirrored, delta=1e-4)
        sagittal, _ = self.likelihood("model.h5", "--slice_axis", "1")
        same, result = self.likelihood("model.h5", "--slice_axis", "1", "--flip", "True")
        self.assertEqual(same, sagittal)
        self.assertIn("--flip changes nothing: with slices along axis 1", result.err)


def columns_reversed(values, width=16):
    """Values (x fastest) of a volume with its columns in reversed order."""
    rows = [values[i:i + width] for i in range(0, len(values), width)]
    return [value for row in rows for value in reversed(row)]


class Reference(PredictTest):
    def test_dice_by_scan_and_modality(self):
        self.scans()
        result = self.predict("data", "-o", "out", "--reference", "masks")
        self.assert_code(result, 0)
        with open(self.here / "out" / "dice.csv", newline="") as file:
            rows = list(csv.DictReader(file))
        self.assertEqual([row["scan"] for row in rows], sorted(os.listdir(self.here / "data")))
        self.assertEqual(sorted({row["modality"] for row in rows}),
                         ["anatomical", "dti", "fmri", "noddi"])
        found = re.search(r"fmri ([\d.]+) ± [\d.]+ \(2 scans\)", result.out)
        dices = [float(row["dice"]) for row in rows if row["modality"] == "fmri"]
        for row in rows:
            self.assertTrue(float(row["hausdorff95_mm"]) > 0 and 0 <= float(row["surface_dice"]) < 1)
            self.assertEqual(row["tolerance_mm"], "1.0")
        self.assertIn("Hausdorff 95 anatomical", result.out)
        self.assertAlmostEqual(float(found[1]), sum(dices) / 2, delta=1e-4)
        # Existing results are read.
        again = self.predict("data", "-o", "out", "--reference", "masks")
        self.assertIn("5 scans are skipped because", again.out)
        self.assertIn(found[0], again.out)
        # Weights that are not trained give masks to check, with or without a page.
        self.assertRegex(result.err, r"5 of 5 masks are flagged, check them \(--qc shows them\):\n"
                                     r"  'a1_anatomical_data.nii': .*Dice 0\.\d{3}.*\n  'a2_dti")
        self.assertIn("5 of 5 masks are flagged", again.err)
        write_nifti(self.here / "masks" / "a2_dti_mask.nii", (16, 16, 4), [0] * 1024, kind="B")
        result = self.predict("data", "-o", "out", "--reference", "masks", "--threshold", "1e-9",
                              "--overwrite", "--clean", "largest", "--qc", "check.html",
                              "--surface_tolerance", "2.5")
        self.assert_code(result, 0)
        self.assertIn("a2_dti_mask.nii' is empty", result.err)
        self.assertIn("'a1_anatomical_data.nii': covers the whole volume", result.err)
        rows = {row["scan"]: row for row in csv.DictReader(
            (self.here / "out" / "dice.csv").read_text().splitlines())}
        self.assertEqual(rows["a2_dti_data.nii"]["hausdorff95_mm"], "")
        self.assertEqual(rows["a2_dti_data.nii"]["surface_dice"], "0.0")
        self.assertEqual(rows["b1_fmri_data.nii"]["tolerance_mm"], "2.5")
        page = (self.here / "check.html").read_text()
        self.assertIn("cleaning changed nothing", page)
        self.assertIn("within 2.50 mm", page)

    def test_references_need_no_modality(self):
        write_scans(self.here, names=("m1", "m2"))
        for options, modality in (((), ""), (("--modality", "noddi"), "noddi")):
            result = self.predict("data", "-o", "out", "--reference", "masks", *options)
            self.assert_code(result, 0)
            rows = list(csv.DictReader((self.here / "out" / "dice.csv").read_text().splitlines()))
            self.assertEqual([row["modality"] for row in rows], [modality] * 2)

    def test_masks_that_do_not_fit(self):
        self.scans()
        (self.here / "masks" / "b1_fmri_mask.nii").unlink()
        result = self.predict("data", "-o", "out", "--reference", "masks")
        self.assert_code(result, 3)
        self.assertIn("INPUT holds 5 volumes but --reference 'masks' 4 masks", result.err)
        write_nifti(self.here / "masks" / "b1_fmri_mask.nii", (8, 8, 4), [1] * 256, kind="B")
        result = self.predict("data", "-o", "out", "--reference", "masks")
        self.assert_code(result, 3)
        self.assertIn("differ in size", result.err)
        self.assertEqual(len((self.here / "out" / "dice.csv").read_text().splitlines()), 5)


def first_axis_last(values, size):
    """Values (x fastest) of a volume whose last axis becomes the first."""
    width, height, depth = size
    return [values[(z * height + y) * width + x]
            for y in range(height) for x in range(width) for z in range(depth)]


class SliceAxis(PredictTest):
    """Scans with slices along their first axis, whose model knows that."""

    SIZE, SPACING = (16, 16, 4), (1, 1, 2)

    def setUp(self):
        super().setUp()
        self.scans()
        for file in (*self.here.glob("data/*"), *self.here.glob("masks/*")):
            kind = "f" if file.parent.name == "data" else "B"
            values = struct.unpack(f"<1024{kind}", file.read_bytes()[352:])
            turned = self.here / "turned" / file.parent.name / file.name
            turned.parent.mkdir(parents=True, exist_ok=True)
            write_nifti(file, self.SIZE, values, self.SPACING, kind)
            write_nifti(turned, (4, 16, 16), first_axis_last(values, self.SIZE), (2, 1, 1), kind)

    def trained(self, folder, name, *options):
        result = run("-tpath", f"{folder}/data", "-mpath", f"{folder}/masks", "-ts", "32", "-fp",
                     "1", "-fs", "1", "--threads", "1", "-path", "random", "-n", name, "-talos",
                     "{'epochs': 1, 'batch_size': 8}", *options, cwd=self.here)
        self.assert_code(result, 0)
        return result

    def results(self, folder, model, *options):
        output = f"of_{model}_" + "_".join(options)
        result = run("predict", "-m", model, f"{folder}/data", "-o", output, "--threads", "1",
                     "--brain", *options, cwd=self.here)
        self.assert_code(result, 0)
        return {name: bytes[352:] for name, bytes in contents(self.here / output).items()}, result

    def check_all_frames_of_a_brain(self):
        frames = [[100.0 + (i * (frame + 3)) % 97 for i in range(1024)] for frame in range(2)]
        write_nifti(self.here / "frames.nii", (4, 16, 16, 2), sum(frames, []), (2, 1, 1))
        predict = ("predict", "-m", "model", "frames.nii", "-o", "frames", "--brain")
        self.assert_code(run(*predict, cwd=self.here), 0)
        folder = self.here / "frames"
        likelihood = struct.unpack("<1024f", (folder / "frames_likelihood.nii").read_bytes()[352:])
        median = sorted(likelihood)[512]
        self.assert_code(run(*predict, "--overwrite", "--threshold", median, cwd=self.here), 0)
        mask = (folder / "frames_mask.nii").read_bytes()[352:]
        self.assertTrue(0 < sum(mask) < 1024)
        brain = struct.unpack("<2048f", (folder / "frames_brain.nii").read_bytes()[352:])
        self.assertEqual(brain, tuple(value * inside for frame in frames
                                      for value, inside in zip(frame, mask)))

    def test_of_the_model_is_that_of_its_scans(self):
        self.assertNotIn("axis", self.trained(".", "plain").text)
        trained = self.trained("turned", "model", "--slice_axis", "1")
        self.assertIn("slices along axis 1", trained.out)
        self.assertNotIn("longest", trained.err)
        expected, said = self.results(".", "plain")
        self.assertNotIn("axis", said.text)
        found, said = self.results("turned", "model")
        self.assertIn("slices along axis 1", said.out)
        self.assertNotIn("longest", said.err)
        self.assertEqual(len(found), 15)
        for name, voxels in expected.items():
            kind = "B" if name.endswith("mask.nii") else "f"
            values = struct.unpack(f"<1024{kind}", voxels)
            turned = struct.pack(f"<1024{kind}", *first_axis_last(values, self.SIZE))
            self.assertEqual(found[name], turned, name)
        self.assertEqual(self.results("turned", "model", "--slice_axis", "auto")[0], found)
        self.check_all_frames_of_a_brain()
        other, said = self.results("turned", "model", "--slice_axis", "3")
        self.assertNotEqual(other, found)
        self.assertEqual(said.err.count("voxels are longest along axis 1, but slices are cut along "
                                        "axis 3 (--slice_axis 1"), 1, said.err)


if __name__ == "__main__":
    program.main()
