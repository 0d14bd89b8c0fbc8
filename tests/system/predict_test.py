# SPDX-License-Identifier: Apache-2.0
"""msunet predict: folders, files, skipping, bad scans, ranks, stops."""

import gzip
import os
import signal
import struct
import subprocess
import time

import program
from predicting import RECORD, PredictTest, contents
from program import run, start, write_nifti, write_scans

START_MODELS = os.environ.get("MSUNET_START_MODELS", "")


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
        self.assertIn("4 scans are skipped because their results exist; --overwrite True predicts "
                      "them again", result.out)
        self.assertIn("predicted    1 scan ", result.out)
        self.assertEqual(contents(self.here / "out"), first)
        for name, before in times.items():
            changed = (self.here / "out" / name).stat().st_mtime_ns != before
            self.assertEqual(changed, name.startswith("a2_dti"), name)
        result = self.predict("data", "-o", "out", "--overwrite")
        self.assertIn("predicted    5 scans", result.out)
        self.assertEqual(contents(self.here / "out"), first)

    def test_a_folder_of_other_files_gives_a_short_warning(self):
        self.scans()
        for i in range(30):
            (self.here / "data" / f"notes{i:02}.txt").write_text("")
        result = self.predict("data", "-o", "out")
        self.assert_code(result, 0)
        self.assertRegex(" ".join(result.err.split()), "notes19.txt and 10 more")
        self.assertNotIn("notes20.txt", result.err)

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
        self.assertRegex(result.out, r"\d+ scans are skipped because")
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

    def test_a_lack_of_memory_names_the_scan_and_what_helps(self):
        self.scans()
        result = self.predict("data", "-o", "out", MSUNET_FAULT="predict.scan:0:out_of_memory")
        self.assert_code(result, 1)
        self.assertRegex(result.err, r"'data/[^']+': out of memory, give the job more, or use a "
                                     r"smaller --batch_size or fewer ranks")

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
            results[ranks]["record"] = (self.here / output / RECORD).read_bytes()
        self.assertEqual(len(results[None]), 5 * 3 + 3)
        for ranks in (1, 2, 3):
            self.assertEqual(results[ranks], results[None], ranks)


if __name__ == "__main__":
    program.main()
