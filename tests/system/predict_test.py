# SPDX-License-Identifier: Apache-2.0
"""msunet predict: folders, files, skipping, bad scans, ranks, stops."""

import csv
import gzip
import json
import os
import re
import shutil
import signal
import struct
import subprocess
import time
from pathlib import Path

import program
from program import ProgramTest, run, start, write_nifti, write_pair, write_scans

START_MODELS = os.environ.get("MSUNET_START_MODELS", "")
QUICK = ("-ts", "32", "-fp", "1", "-fs", "1", "--threads", "1")


def contents(folder):
    return {str(path.relative_to(folder)): path.read_bytes()
            for path in sorted(Path(folder).rglob("*")) if path.is_file()}


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


class PredictTest(ProgramTest):
    def setUp(self):
        super().setUp()
        result = run("init-model", "model.h5", cwd=self.here)
        self.assert_code(result, 0)

    def predict(self, *arguments, model="model.h5", **options):
        return run("predict", "-m", model, *QUICK, *arguments, cwd=self.here, **options)

    def mice(self):
        """The inference data set of msUNET-RAM."""
        self.scans()
        for mouse, (kind, name) in (("mouse_1", ("dti", "a2_dti")), ("mouse_1", ("fmri", "a3_fmri")),
                                    ("mouse_2", ("fmri", "b1_fmri"))):
            folder = self.here / "dataset" / mouse / kind
            folder.mkdir(parents=True)
            shutil.copy(self.here / "data" / f"{name}_data.nii", folder / "scan.nii")

    def names(self, folder):
        return sorted(contents(self.here / folder))


class Layouts(PredictTest):
    def test_results_have_the_tree_of_the_input(self):
        self.mice()
        (self.here / "dataset" / "mouse_1" / "notes.txt").write_text("fine animal")
        before = contents(self.here / "dataset")
        result = self.predict("dataset", "-o", "out", "--brain", "--format", "nii.gz")
        self.assert_code(result, 0)
        self.assertEqual(self.names("out"), sorted(
            f"{folder}/scan_{kind}.nii.gz"
            for folder in ("mouse_1/dti", "mouse_1/fmri", "mouse_2/fmri")
            for kind in ("brain", "likelihood", "mask")))
        self.assertIn("mouse_1/notes.txt", result.err)
        self.assertEqual(contents(self.here / "dataset"), before)
        self.assertIn("predicted    3 scans", result.out)

    def test_default_folder_and_format(self):
        self.scans()
        plain = self.here / "data" / "a2_dti_data.nii"
        (self.here / "packed.nii.gz").write_bytes(gzip.compress(plain.read_bytes()))
        self.assert_code(self.predict("packed.nii.gz", "data/a2_dti_data.nii"), 0)
        self.assertEqual(self.names("predictions"), [
            "a2_dti_data_likelihood.nii", "a2_dti_data_mask.nii", "packed_likelihood.nii.gz",
            "packed_mask.nii.gz"])
        self.assertEqual(gzip.decompress((self.here / "predictions/packed_mask.nii.gz").read_bytes()),
                         (self.here / "predictions/a2_dti_data_mask.nii").read_bytes())

    def test_a_result_beside_its_scan_on_request(self):
        self.scans()
        self.assert_code(self.predict("data/a2_dti_data.nii", "-o", "data"), 0)
        self.assertIn("data/a2_dti_data_mask.nii", self.names("."))
        result = self.predict("data", "-o", "all")
        self.assert_code(result, 0)
        self.assertIn("2 files of the INPUT folders are results of an earlier prediction and are "
                      "skipped: a2_dti_data_likelihood.nii, a2_dti_data_mask.nii", result.err)
        self.assertEqual(len(self.names("all")), 10)

    def test_input_folders_are_never_written_to(self):
        self.scans()
        for output in ("data", "data/results"):
            result = self.predict("data", "-o", output)
            self.assert_code(result, 2)
            self.assertIn("lies in the input folder 'data'", result.err)
        self.assertEqual(len(self.names("data")), 5)

    def test_a_4d_scan_gives_3d_results_of_one_frame(self):
        write_pair_4d(self.here / "noddi.nii", frames=9)
        self.assert_code(self.predict("noddi.nii", "-o", "eighth"), 0)
        result = self.predict("noddi.nii", "-o", "tenth", "--frame", "9")
        self.assert_code(result, 0)
        self.assertIn("no frame 9", result.err)
        mask = (self.here / "eighth" / "noddi_mask.nii").read_bytes()
        self.assertEqual(int.from_bytes(mask[40:42], "little"), 3)
        self.assertEqual(len(mask), 352 + 16 * 16 * 4)
        self.assert_code(self.predict("noddi.nii", "-o", "brain", "--brain", "--threshold",
                                      "1e-9"), 0)
        brain = (self.here / "brain" / "noddi_brain.nii").read_bytes()
        self.assertEqual(struct.unpack_from("<8h", brain, 40)[:5], (4, 16, 16, 4, 9))
        inside = (self.here / "brain" / "noddi_mask.nii").read_bytes()[-1024:]
        scan = struct.unpack("<9216f", (self.here / "noddi.nii").read_bytes()[-9216 * 4:])
        found = struct.unpack("<9216f", brain[-9216 * 4:])
        self.assertEqual(found, tuple(v if inside[i % 1024] else 0 for i, v in enumerate(scan)))
        self.assertNotEqual((self.here / "eighth" / "noddi_likelihood.nii").read_bytes(),
                            (self.here / "tenth" / "noddi_likelihood.nii").read_bytes())


def write_pair_4d(path, frames):
    """Writes a 4-D scan with different frames."""
    size = (16, 16, 4)
    values = [100.0 + (i * (frame + 3)) % 97 for frame in range(frames) for i in range(16 * 16 * 4)]
    write_nifti(path, (*size, frames), values)


class Skipping(PredictTest):
    def test_existing_results_are_skipped_without_overwrite(self):
        self.scans()
        self.assert_code(self.predict("data", "-o", "out"), 0)
        first = contents(self.here / "out")
        (self.here / "out" / "a2_dti_data_mask.nii").unlink()
        times = {name: (self.here / "out" / name).stat().st_mtime_ns for name in self.names("out")}
        result = self.predict("data", "-o", "out")
        self.assert_code(result, 0)
        self.assertIn("4 skipped, `--overwrite` redoes them", result.out)
        self.assertIn("predicted    1 scan ", result.out)
        self.assertEqual(contents(self.here / "out"), first)
        for name, before in times.items():
            changed = (self.here / "out" / name).stat().st_mtime_ns != before
            self.assertEqual(changed, name.startswith("a2_dti"), name)
        result = self.predict("data", "-o", "out", "--overwrite")
        self.assertIn("predicted    5 scans", result.out)
        self.assertEqual(contents(self.here / "out"), first)

    def test_stopped_by_signals_and_resumed(self):
        write_scans(self.here, names=[f"s{i:02}_dti" for i in range(14)])
        arguments = ("predict", "-m", "model.h5", "-ts", "64", "-fs", "0.25", "--threads", "1",
                     "data", "-o", "out")
        for number in (signal.SIGTERM, signal.SIGINT):
            process = start(*arguments, cwd=self.here)
            self.addCleanup(self.end, process)
            had = len(list(self.here.glob("out/*_mask.nii")))
            deadline = time.monotonic() + 120
            while len(list(self.here.glob("out/*_mask.nii"))) < had + 2:
                self.assertLess(time.monotonic(), deadline, self.log())
                time.sleep(0.02)
            process.send_signal(number)
            self.assertEqual(process.wait(120), 75, self.log())
            self.assertIn("the same command continues", self.log())
            self.assertEqual(list(self.here.glob("out/.*")), [])
        result = run(*arguments, cwd=self.here)
        self.assert_code(result, 0)
        self.assertRegex(result.out, r"\d+ skipped")
        self.assertEqual(len(list(self.here.glob("out/*_mask.nii"))), 14)


class BadInput(PredictTest):
    def test_all_bad_scans_are_listed_and_the_others_processed(self):
        self.scans()
        data = self.here / "data"
        good = (data / "a2_dti_data.nii").read_bytes()
        (data / "b2_short.nii").write_bytes(good[:1000])
        (data / "b3_text.nii").write_text("no scan")
        write_nifti(data / "b4_constant.nii", (16, 16, 4), [7.0] * 1024)
        write_nifti(data / "b5_nan.nii", (16, 16, 4), [float("nan"), *range(1023)])
        result = self.predict("data", "-o", "out", ranks=2)
        self.assert_code(result, 3)
        errors = result.errors()
        self.assertEqual(len(errors), 4, result.text)
        for name in ("b2_short", "b3_text", "b4_constant", "b5_nan"):
            self.assertEqual(sum(name in line for line in errors), 1, result.text)
        self.assertEqual(len(self.names("out")), 10)
        for mark in program.CRASH_MARKS:
            self.assertNotIn(mark, result.err)

    def test_missing_inputs_are_found_before_anything_is_processed(self):
        self.scans()
        result = self.predict("data", "gone", "model.h5", "-o", "out")
        self.assert_code(result, 3)
        self.assertEqual(len(result.errors()), 2, result.text)
        self.assertFalse((self.here / "out").exists())

    def test_bad_models(self):
        self.scans()
        subprocess.run([START_MODELS, self.here], check=True)
        (self.here / "half.h5").write_bytes((self.here / "model.h5").read_bytes()[:100000])
        (self.here / "bad.zip").write_bytes(b"PK\3\4 and no more")
        (self.here / "empty").mkdir()
        for model, message in (("wrong_shape.h5", "conv1_1"), ("missing_layer.h5", "layers"),
                               ("elu.hdf5", "layer 'conv1_1': activation is elu"),
                               ("half.h5", "half.h5"), ("bad.zip", "bad.zip"),
                               ("empty", "has no best_model.hdf5"), ("gone.h5", "gone.h5")):
            result = self.predict("data", "-o", "out", model=model)
            self.assert_code(result, 3)
            self.assertIn(message, result.err)
            for mark in program.CRASH_MARKS:
                self.assertNotIn(mark, result.err)

    def test_bad_options(self):
        self.scans()
        for options, message in (
                (("-hspace", "0.5"), "exclude each other"),
                (("--patch_dimensions", "32"), "give options of one kind"),
                (("--patch_dimensions", "33"), "multiple of 32"),
                (("--batch_size", "0"), "--batch_size"),
                (("--final_activation", "squash"), "squash"),
                (("--overwite",), "overwrite")):
            result = self.predict("data", "-o", "out", *options)
            self.assert_code(result, 2)
            self.assertIn(message, result.err)
        self.assert_code(run("predict", "data", cwd=self.here), 2)
        self.assert_code(run("predict", "-m", "model.h5", cwd=self.here), 2)

    def test_an_unwritable_result_ends_all_ranks(self):
        self.scans()
        for kind, rank in (("full_disk", "1"), ("exception", "*"), ("exception", "0")):
            result = self.predict("data", "-o", "out", "--overwrite", ranks=2,
                                  MSUNET_FAULT=f"predict.write:{rank}:{kind}")
            self.assert_code(result, 1)
            self.assertTrue(result.errors(), result.text)

    def test_a_rank_that_dies_ends_the_others(self):
        self.scans()
        result = self.predict("data", "-o", "out", ranks=2, timeout=60,
                              MSUNET_FAULT="predict.scan:1:crash")
        self.assertNotEqual(result.code, 0)
        self.assert_code(self.predict("data", "-o", "out"), 0)
        self.assertEqual(len(self.names("out")), 10)


class Ranks(PredictTest):
    def test_results_are_the_same_on_any_number_of_ranks(self):
        self.scans()
        extra = ("--brain", "--reference", "masks")
        results = {}
        for ranks in (None, 1, 2, 3):
            output = f"out{ranks}"
            result = run("predict", "-m", "model.h5", "-ts", "32", "data", "-o", output, *extra,
                         "--qc", f"{output}.html", cwd=self.here, ranks=ranks)
            self.assert_code(result, 0)
            results[ranks] = contents(self.here / output)
            page = (self.here / f"{output}.html").read_text().replace(output, "out")
            results[ranks]["page"] = page.encode()
        self.assertEqual(len(results[None]), 5 * 3 + 2)
        for ranks in (1, 2, 3):
            self.assertEqual(results[ranks], results[None], ranks)


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
        self.assertIn("1 of 1 mask is flagged, check them: 'coarse_dti.nii' (", result.err)
        self.assertIn("pixels of 2.000 mm, in training 0.500", result.err)
        self.assertIn("the same size is -ts 48 in msUNET-RAM's inference", result.out)

        self.check_validation(experiment)

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
        self.assertAlmostEqual(float(found[1]), sum(dices) / 2, delta=1e-4)
        # Existing results are read.
        again = self.predict("data", "-o", "out", "--reference", "masks")
        self.assertIn("5 skipped", again.out)
        self.assertIn(found[0], again.out)
        # Weights that are not trained give masks to check, with or without a page.
        self.assertRegex(result.err, r"5 of 5 masks are flagged, check them: 'a1_anatomical_data.nii' "
                                     r"\(.*Dice 0\.\d{3}")
        self.assertIn("5 of 5 masks are flagged", again.err)
        write_nifti(self.here / "masks" / "a2_dti_mask.nii", (16, 16, 4), [0] * 1024, kind="B")
        result = self.predict("data", "-o", "out", "--reference", "masks", "--threshold", "1e-9",
                              "--overwrite")
        self.assert_code(result, 0)
        self.assertIn("a2_dti_mask.nii' is empty", result.err)
        self.assertIn("'a1_anatomical_data.nii' (covers the whole volume", result.err)

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
