# SPDX-License-Identifier: Apache-2.0
"""Bad input of every kind: the right exit code, a clear line for each problem, and nothing left
behind. The tables say what is done to the scans, how the program is called and what it must say."""

import gzip
import json
import os
import resource
import shutil
import struct
import subprocess
import time
import unittest
from dataclasses import dataclass
from pathlib import Path

import program
from program import CRASH_MARKS, FAST, ProgramTest, run, without, write_nifti, write_pair

START_MODELS = os.environ.get("MSUNET_START_MODELS", "")
SECONDS = 5
A1 = "data/a1_anatomical_data.nii"
A2 = "data/a2_dti_data.nii"
MASK = "masks/a1_anatomical_mask.nii"


@dataclass
class Case:
    """`says`: for every problem a tuple of texts that its line holds. `ranks`: also under mpirun."""

    name: str
    code: int
    says: list
    arguments: tuple = ()
    change: object = None
    without: tuple = ()
    ranks: bool = False


def patch(file, offset, form, *values):
    """Overwrites a part of a file: how a header is damaged."""

    def change(here):
        data = bytearray((here / file).read_bytes())
        struct.pack_into("<" + form, data, offset, *values)
        (here / file).write_bytes(data)

    return change


def write(file, content):
    def change(here):
        (here / file).parent.mkdir(parents=True, exist_ok=True)
        (here / file).write_bytes(content)

    return change


def cut(file, length):
    return lambda here: os.truncate(here / file, length)


def voxels(file, values, kind="f", size=(16, 16, 4)):
    return lambda here: write_nifti(here / file, size, values(size[0] * size[1] * size[2]),
                                    kind=kind)


def rename(*names):
    def change(here):
        for old, new in names:
            (here / old).rename(here / new)

    return change


def all_of(*changes):
    def change(here):
        for one in changes:
            one(here)

    return change


def empty(folder):
    def change(here):
        shutil.rmtree(here / folder)
        (here / folder).mkdir()

    return change


def remove(folder):
    return lambda here: shutil.rmtree(here / folder)


def crossed(here):
    for folder in ("data", "masks"):
        empty(folder)(here)
    for name in ("fmri_m1", "fmri_m10"):
        write_pair(here, name, 1)
        (here / "data" / f"{name}_data.nii").rename(here / "data" / f"{name}.nii")


def thin(here):
    for folder in ("data", "masks"):
        empty(folder)(here)
    for name in ("a_fmri", "b_dti"):
        write_pair(here, name, 1, size=(16, 16, 2))


def ramp(count):
    return [float(i % 97) for i in range(count)]


def with_value(value):
    return lambda count: [*ramp(count)[:-3], value, 1.0, 2.0]


def packed(here):
    """A truncated .nii.gz in the place of a .nii."""
    data = gzip.compress((here / A1).read_bytes())
    (here / A1).unlink()
    (here / (A1 + ".gz")).write_bytes(data[: len(data) // 2])


def as_directory(here):
    (here / A1).unlink()
    (here / A1).mkdir()


FOLDERS = [
    Case("no data folder", 3, [("-tpath", "data", "exist")], change=remove("data"), ranks=True),
    Case("both folders missing", 3, [("-tpath", "data"), ("-mpath", "masks")],
         change=all_of(remove("data"), remove("masks"))),
    Case("data folder is a file", 3, [("-tpath", "data", "folder")],
         change=all_of(remove("data"), write("data", b"x"))),
    Case("empty data folder", 3, [("-tpath", "data", "empty")], change=empty("data")),
    Case("folder without NIfTI files", 3, [("-mpath", "masks", "no .nii")],
         change=all_of(empty("masks"), write("masks/notes.txt", b"x"))),
    Case("counts differ", 3, [("5 volumes", "4 masks", "a1_anatomical")],
         change=lambda here: (here / MASK).unlink(), ranks=True),
    Case("pairs crossed by byte order", 3, [("fmri_m1.nii", "fmri_m10_mask.nii", "cross")],
         change=crossed),
    Case("modalities of a pair differ", 3, [("a2_dti_data.nii", "a2_noddi_mask.nii", "modalit")],
         change=rename(("masks/a2_dti_mask.nii", "masks/a2_noddi_mask.nii"))),
    Case("unknown modality", 3, [("a2_pet_mask.nii", "modality", "regwarp")],
         change=rename((A2, "data/a2_pet_data.nii"),
                       ("masks/a2_dti_mask.nii", "masks/a2_pet_mask.nii"))),
    Case("volumes that yield no slice", 3, [("data/a_fmri_data.nii", "slice"),
                                            ("data/b_dti_data.nii", "slice")], change=thin),
]

SCANS = [
    Case("truncated", 3, [(A1, "cut off", "copy it again")], change=cut(A1, 2000), ranks=True),
    Case("shorter than a header", 3, [(A1, "too short")], change=cut(A1, 100)),
    Case("zero bytes", 3, [(A1, "empty")], change=cut(A1, 0)),
    Case("wrong magic", 3, [(A1, "magic")], change=patch(A1, 344, "4s", b"bad")),
    Case("half of a pair", 3, [(A1, ".hdr")], change=patch(A1, 344, "4s", b"ni1")),
    Case("text", 3, [(A1, "no NIfTI file")], change=write(A1, b"not a scan at all\n" * 40)),
    Case("NIfTI-2", 3, [(A1, "NIfTI-2")], change=patch(A1, 0, "i", 540)),
    Case("two dimensions", 3, [(A1, "3 or 4")], change=patch(A1, 40, "h", 2)),
    Case("five dimensions", 3, [(A1, "3 or 4")], change=patch(A1, 40, "8h", 5, 4, 4, 4, 4, 4, 1, 1)),
    Case("negative size", 3, [(A1, "at least 1")], change=patch(A1, 42, "h", -16)),
    Case("complex voxels", 3, [(A1, "complex64")], change=patch(A1, 70, "2h", 32, 64)),
    Case("unknown data type", 3, [(A1, "data type", "4711")], change=patch(A1, 70, "h", 4711)),
    Case("voxels inside the header", 3, [(A1, "start at byte 40")], change=patch(A1, 108, "f", 40)),
    Case("spacing that is no number", 3, [(A1, "spacing")],
         change=patch(A1, 80, "f", float("nan"))),
    Case("NaN", 3, [(A1, "NaN")], change=voxels(A1, with_value(float("nan"))), ranks=True),
    Case("infinity", 3, [(A1, "infin")], change=voxels(A1, with_value(float("-inf")))),
    Case("constant volume", 3, [(A1, "all its voxels are 7")], change=voxels(A1, lambda n: [7.0] * n)),
    Case("mask that is no mask", 3, [(MASK, "binary", "2")],
         change=voxels(MASK, lambda n: [i % 3 for i in range(n)], kind="B")),
    Case("sizes of volume and mask differ", 3, [(MASK, "16x16x3", "16x16x4")],
         change=voxels(MASK, lambda n: [i % 2 for i in range(n)], kind="B", size=(16, 16, 3))),
    Case("truncated gzip", 3, [(A1 + ".gz", "gz")], change=packed),
    Case("gzip in name alone", 3, [(A1 + ".gz", "isn't compressed")],
         change=rename((A1, A1 + ".gz"))),
    Case("gzip without the name", 3, [(A1, "compressed", ".nii.gz")],
         change=lambda here: (here / A1).write_bytes(gzip.compress((here / A1).read_bytes()))),
    Case("folder named like a scan", 3, [("4 volumes", "5 masks", "a1_anatomical_mask.nii")],
         change=as_directory),
    Case("two bad scans at once", 3, [(A1, "cut off"), (A2, "empty")],
         change=all_of(cut(A1, 2000), cut(A2, 0)), ranks=True),
    Case("spacing too fine", 3, [(name, "2048", "-ts") for name in program.NAMES],
         ("-hspace", "0.001"), without=("-ts",)),
    Case("smaller than a fixed patch", 3, [(name, "patch_dimensions 32") for name in program.NAMES],
         ("-ufp", "False", "-talos", "{'patch_dimensions': 32}", "-ts", "24"), without=("-ts",)),
]

MODELS = [
    Case("start model missing", 3, [("nowhere.h5",)], ("-path", "nowhere.h5"), ranks=True),
    Case("start model that is no HDF5", 3, [("m.h5", "HDF5")], ("-path", "m.h5"),
         write("m.h5", b"rubbish " * 100)),
    Case("empty start model", 3, [("m.h5",)], ("-path", "m.h5"), write("m.h5", b"")),
    Case("start model of another network", 3, [("other_network.h5", "layers")],
         ("-path", "other_network.h5")),
    Case("start model that lacks a layer", 3, [("missing_layer.h5", "45", "46")],
         ("-path", "missing_layer.h5")),
    Case("start model of another shape", 3,
         [("wrong_shape.h5", "conv1_1", "3, 3, 1, 32", "5, 5, 1, 32")],
         ("-path", "wrong_shape.h5")),
    Case("start model with NaN", 3, [("nan_weights.h5", "conv2_1", "NaN")],
         ("-path", "nan_weights.h5")),
    Case("truncated start model", 3, [("cut.h5",)], ("-path", "cut.h5")),
    Case("damaged start model", 3, [("damaged.h5",)], ("-path", "damaged.h5"), ranks=True),
]

OPTIONS = [
    Case("unknown option, one letter off", 2, [("'--target_sise'", "--target_size")],
         ("--target_sise", "32"), ranks=True),
    Case("unknown option", 2, [("'--frobnicate'",)], ("--frobnicate", "1")),
    Case("two unknown options", 2, [("'--frobnicate'",), ("'--validate'",)],
         ("--frobnicate", "1", "--validate", "1")),
    Case("two bad values", 2, [("--validation_split", "'abc'"), ("--weight_factor", "-3")],
         ("-v", "abc", "-wf", "-3")),
    Case("share out of range", 2, [("--validation_split", "'1.0'", "[0,1)")], ("-v", "1")),
    Case("negative share", 2, [("--validation_split", "'-0.1'", "[0,1)")], ("-v", "-0.1")),
    Case("text for a number", 2, [("--weight_factor", "'much'", "number")], ("-wf", "much")),
    Case("fraction for an integer", 2, [("--target_size", "'31.5'", "integer")], ("-ts", "31.5"), without=("-ts",)),
    Case("width of nothing", 2, [("--target_size", "'0'", ">= 1")], ("-ts", "0"), without=("-ts",)),
    Case("patch of nothing", 2, [("--frac_patch", "'0.0'", "(0,1]")], ("-fp", "0"), without=("-fp",)),
    Case("no boolean", 2, [("--in_place_augmentation", "'maybe'", "True")], ("-ia", "maybe")),
    Case("NaN for a number", 2, [("--augmentation_threshold", "'nan'", "[0,1)")], ("-at", "nan")),
    Case("unknown choice", 2, [("--modality_weight", "'mri'", "did you mean 'fmri'")], ("-mw", "mri")),
    Case("negative seed", 2, [("--seed", "'-1'")], ("--seed", "-1")),
    Case("huge number", 2, [("--seed", "99999999999999999999")],
         ("--seed", "99999999999999999999")),
    Case("value missing", 2, [("-mw", "value")], ("-mw",)),
    Case("width and spacing together", 2, [("-ts", "-hspace")], ("-hspace", "0.5")),
    Case("no sampler", 2, [("--random_method", "quantum")], ("--random_method", "quantum")),
    Case("unknown metric", 2, [("--metric", "val_dise_coef", "val_dice_coef")],
         ("--metric", "val_dise_coef")),
    Case("unreadable time", 2, [("--time_limit", "tomorrow")], ("--time_limit", "tomorrow")),
    Case("unreadable target", 2, [("--performance_target", "val_dice_coef")],
         ("--performance_target", "val_dice_coef")),
    Case("shard beyond the last", 2, [("--shard", "3/2")], ("--shard", "3/2")),
    Case("more ranks than there are", 2, [("--ranks_per_trial", "7")], ("--ranks_per_trial", "7"),
         ranks=True),
    Case("ranks of a trial in words", 2, [("--ranks_per_trial", "many")],
         ("--ranks_per_trial", "many")),
    Case("format of GPUs", 2, [("--precision tf32", "CPU")], ("--precision", "tf32")),
    Case("copies into the input", 2, [("--write_augmented", "data/copies")],
         ("--write_augmented", "data/copies")),
    Case("key of the grid as an option", 2, [("-lr", "-talos")], ("-lr", "0.01")),
    Case("resume of nothing", 2, [("--resume", "nowhere")], ("--resume", "nowhere")),
    Case("name that is a path", 2, [("--experiment_name", "'../y'", "folder")], ("-n", "../y"), without=("-n",)),
    Case("unreadable fault", 2, [("MSUNET_FAULT", "nonsense")]),
    Case("tasks of Slurm that don't know each other", 2, [("Slurm", "--mpi=pmix")]),
]

GRID = [
    Case("unknown key", 2, [("'droput'", "dropout")], ("-talos", "{'droput': [0.1]}"), ranks=True),
    Case("loss of several classes", 2, [("categorical_crossentropy", "channel")],
         ("-talos", "{'losses': ['categorical_crossentropy']}")),
    Case("unknown loss", 2, [("'dice_coef_lost'", "dice_coef_loss")],
         ("-talos", "{'losses': ['dice_coef_lost']}")),
    Case("unknown optimiser", 2, [("'Adan'", "Adam")], ("-talos", "{'optimizer': ['Adan']}")),
    Case("learning rate below 0", 2, [("lr", "-0.1")], ("-talos", "{'lr': [0.1, -0.1]}")),
    Case("dropout of all", 2, [("dropout", "[0,1)")], ("-talos", "{'dropout': [1.0]}")),
    Case("layer 20", 2, [("which_layer", "[0,19]")], ("-talos", "{'which_layer': [20]}")),
    Case("patches of 33", 2, [("patch_dimensions", "32")],
         ("-ufp", "False", "-talos", "{'patch_dimensions': [33]}")),
    Case("epochs that are no integer", 2, [("epochs", "1.5")], ("-talos", "{'epochs': [1.5]}")),
    Case("list of nothing", 2, [("lr",)], ("-talos", "{'lr': []}")),
    Case("range without steps", 2, [("lr",)], ("-talos", "{'lr': (0.1, 0.2, 0)}")),
    Case("bracket left open", 2, [("grid", "line 1", "column")], ("-talos", "{'lr': [0.1, 'epochs': 3")),
    Case("two problems of a grid", 2, [("dropout", "1.5"), ("lr", "-1")],
         ("-talos", "{'dropout': [1.5], 'lr': [-1]}")),
    Case("grid file missing", 2, [("grid.txt",)], ("-talos", "grid.txt")),
    Case("too many permutations", 2, [("1,000,000", "--round_limit")],
         ("-talos", "{'lr': (0.0001, 1, 2000), 'dropout': (0, 0.9, 900)}")),
    Case("expression with a syntax error", 2, [("--boolean_limit", "lr <")],
         ("--boolean_limit", "lr < ")),
    Case("expression with an unknown name", 2, [("--boolean_limit", "batchsize", "batch_size")],
         ("--boolean_limit", "batchsize < 4")),
    Case("expression that nothing meets", 2, [("--boolean_limit",)],
         ("--boolean_limit", "lr > 5")),
    Case("batches smaller than the group", 2, [("batch_size", "2")],
         ("--ranks_per_trial", "3", "-talos", "{'batch_size': [2]}")),
]

CONFIGS = [
    Case("config missing", 2, [("c.yaml",)], ("--config", "c.yaml")),
    Case("unknown key of a config", 2, [("c.yaml, line 2", "'target_sise'", "target_size")],
         ("--config", "c.yaml"), write("c.yaml", b"seed: 2\ntarget_sise: 3\n")),
    Case("wrong type in a config", 2, [("c.yaml, line 3", "seed", "'many'")],
         ("--config", "c.yaml"), write("c.yaml", b"# mine\nenable_noise: false\nseed: many\n")),
    Case("out of range in a config", 2, [("c.yaml, line 1", "validation_split", "[0,1)")],
         ("--config", "c.yaml"), write("c.yaml", b"validation_split: 1.5\n")),
    Case("YAML that is none", 2, [("c.yaml, line 2", "YAML")],
         ("--config", "c.yaml"), write("c.yaml", b"seed: 1\n  frame: [3\n")),
    Case("several problems of a config", 2, [("c.yaml, line 1", "sede"), ("c.yaml, line 2", "framme")],
         ("--config", "c.yaml"), write("c.yaml", b"sede: 2\nframme: 3\n")),
]

FOLDER_OUT = [
    Case("output folder is a file", 2, [("'out'",)], change=write("out", b"x"), ranks=True),
    Case("output folder can't be made", 2, [("/proc/nothing",)],
         ("--output_directory", "/proc/nothing"), without=("--output_directory",)),
    Case("experiment's folder holds something else", 2, [("out/x", "journal.jsonl", "-n")],
         change=write("out/x/thesis.txt", b"x")),
]

COMMANDS = [
    (("trian",), 2, ("trian", "train")),
    (("report", "nowhere"), 2, ("nowhere", "journal.jsonl")),
    (("report",), 2, ("folder",)),
    (("status", "."), 2, ("journal.jsonl",)),
    (("init-model", "/proc/m.h5"), 2, ("/proc/m.h5",)),
    (("phantom", "out", "--scale", "9"), 2, ("--scale", "[0.25,8]")),
    (("phantom", "."), 2, ("mine.nii",)),
    (("-mpath", "masks"), 2, ("-tpath", "missing")),
]

SPECIAL_ENVIRONMENT = {
    "unreadable fault": {"MSUNET_FAULT": "nonsense"},
    "tasks of Slurm that don't know each other": {"SLURM_NTASKS": "4"},
}


class BadInputTest(ProgramTest):
    def run_case(self, case, ranks=None):
        shutil.rmtree(self.here)
        self.here.mkdir()
        self.scans()
        if case.change:
            case.change(self.here)
        if case in MODELS and START_MODELS:
            prepare_models(self.here)
        before = snapshot(self.here)
        names = set(case.without) | {name for name in case.arguments if name == "-path"}
        used = resource.getrusage(resource.RUSAGE_CHILDREN)
        result = run("-tpath", "data", "-mpath", "masks", *without(FAST, names), *case.arguments,
                     cwd=self.here, ranks=ranks, timeout=120,
                     **SPECIAL_ENVIRONMENT.get(case.name, {}))
        now = resource.getrusage(resource.RUSAGE_CHILDREN)
        # Processor time: other tests may have the cores meanwhile.
        seconds = now.ru_utime + now.ru_stime - used.ru_utime - used.ru_stime
        self.check(case, result)
        self.assertLess(seconds, SECONDS * (ranks or 1))
        self.assertEqual(snapshot(self.here), before, "files of the user changed")

    def check(self, case, result):
        self.assert_code(result, case.code)
        errors = result.errors()
        self.assertEqual(len(errors), len(case.says), result.text)
        for line, words in zip(errors, case.says):
            for word in words:
                self.assertIn(word, line)
        for mark in CRASH_MARKS:
            self.assertNotIn(mark, result.text)
        left = [str(path.relative_to(self.here)) for path in self.here.glob("out/**/*")
                if path.is_file() and ".msunet_cache" not in path.parts
                and path.name != "thesis.txt"]
        self.assertEqual(left, [], "files were left behind")

    def run_table(self, table):
        for case in table:
            with self.subTest(case.name):
                self.run_case(case)
            if case.ranks:
                with self.subTest(case.name, ranks=3):
                    self.run_case(case, ranks=3)

    def test_folders(self):
        self.run_table(FOLDERS)

    def test_scans(self):
        self.run_table(SCANS)

    @unittest.skipUnless(START_MODELS, "there is no start_models program")
    def test_start_models(self):
        self.run_table(MODELS)

    def test_options(self):
        self.run_table(OPTIONS)

    def test_grids(self):
        self.run_table(GRID)

    def test_configs(self):
        self.run_table(CONFIGS)

    def test_output_folders(self):
        self.run_table(FOLDER_OUT)

    def test_other_commands(self):
        (self.here / "data").mkdir()
        (self.here / "data" / "mine.nii").write_text("mine")
        for arguments, code, words in COMMANDS:
            with self.subTest(" ".join(arguments)):
                result = run(*arguments, cwd=self.here)
                self.assert_code(result, code)
                self.assertEqual(len(result.errors()), 1, result.text)
                for word in words:
                    self.assertIn(word, result.errors()[0])


def prepare_models(here):
    """The models of START_MODELS, one cut in half and one with a damaged header."""
    subprocess.run([START_MODELS, here], check=True)
    good = (here / "missing_layer.h5").read_bytes()
    (here / "cut.h5").write_bytes(good[: len(good) // 2])
    damaged = bytearray(good)
    damaged[40:4096] = bytes((i * 37) % 256 for i in range(4096 - 40))
    (here / "damaged.h5").write_bytes(damaged)


def snapshot(here):
    """Content and times of all that the user owns."""
    return {str(path): (path.stat().st_mtime_ns, path.read_bytes() if path.is_file() else None)
            for folder in ("data", "masks") for path in sorted((here / folder).glob("*"))}


class RefusedResumeTest(ProgramTest):
    """An experiment that exists: what may not change, and who works on it."""

    @classmethod
    def setUpClass(cls):
        cls.addClassCleanup(lambda: shutil.rmtree(cls.template, ignore_errors=True))
        cls.template = Path(program.tempfile.mkdtemp(prefix="msunet_system_"))
        program.write_scans(cls.template)
        done = run("-tpath", "data", "-mpath", "masks", *FAST, "-talos",
                   "{'epochs': [1, 2], 'batch_size': 16}", "--enable_augmentation", "False",
                   "--time_limit", "1 s", cwd=cls.template)
        assert done.code == 0, done.text

    def setUp(self):
        super().setUp()
        shutil.rmtree(self.here)
        shutil.copytree(self.template, self.here)
        self.journal = self.here / "out" / "x" / "journal.jsonl"
        self.drop_end()

    def drop_end(self):
        """Takes the journal back to where the sweep ran."""
        lines = [line for line in self.journal.read_text().splitlines()
                 if json.loads(line)["event"] in ("sweep_started", "trial_started")]
        self.journal.write_text("\n".join(lines) + "\n")

    def refused(self, words, *arguments, grid="{'epochs': [1, 2], 'batch_size': 16}", lines=None):
        before = {path: path.read_bytes() for path in (self.here / "out" / "x").rglob("*")
                  if path.is_file()}
        result = self.train("-talos", grid, "--enable_augmentation", "False", *arguments)
        self.assert_code(result, 2)
        if lines:
            self.assertEqual(len(result.errors()), lines, result.text)
        for word in words:
            self.assertIn(word, result.err)
        after = {path: path.read_bytes() for path in (self.here / "out" / "x").rglob("*")
                 if path.is_file()}
        self.assertEqual(after, before)

    def test_option_changed(self):
        self.refused(["out/x", "--resume never", "weight_factor", "1.0", "2.0"], "-wf", "2",
                     lines=2)

    def test_grid_changed(self):
        self.refused(["out/x", "epochs", "1, 2", "1, 3"],
                     grid="{'epochs': [1, 3], 'batch_size': 16}")

    def test_data_changed(self):
        write_pair(self.here, "a2_dti", 99)
        self.refused(["out/x", "a2_dti_data.nii"])

    def test_start_weights_changed(self):
        made = run("init-model", "m.h5", "--seed", "7", cwd=self.here)
        self.assert_code(made, 0)
        options = without(FAST, ("-path",))
        result = run("-tpath", "data", "-mpath", "masks", *options, "-path", "m.h5", "-talos",
                     "{'epochs': [1, 2], 'batch_size': 16}", "--enable_augmentation", "False",
                     cwd=self.here)
        self.assert_code(result, 2)
        self.assertIn("start_weights", result.err)

    def test_in_use_elsewhere(self):
        owner = {"host": "node17", "pid": 4711, "slurm_job": "1234"}
        first, *others = self.journal.read_text().splitlines()
        alive = {"event": "heartbeat", "at": time.time(), "owner": owner}
        lines = [{**json.loads(first), "owner": owner}, *map(json.loads, others), alive]
        self.journal.write_text("".join(json.dumps(line) + "\n" for line in lines))
        self.refused(["in use", "node17", "4711", "1234"], lines=1)

    def test_journal_damaged_in_the_middle(self):
        lines = self.journal.read_text().splitlines()
        self.journal.write_text("\n".join([lines[0], "{ rubbish", *lines[1:]]) + "\n")
        self.refused(["journal.jsonl", "line 2"], lines=1)

    def test_journal_of_another_version(self):
        text = self.journal.read_text().replace('"version":1', '"version":99', 1)
        self.journal.write_text(text)
        self.refused(["journal.jsonl", "version", "99"], lines=1)


if __name__ == "__main__":
    program.main()
