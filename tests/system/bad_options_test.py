# SPDX-License-Identifier: Apache-2.0
"""Bad options of train and bad command lines of the other commands."""

import program
from bad_input import BadInputTest, Case, write
from program import ProgramTest, run

OPTIONS = [
    Case("unknown option, one letter off", 2, [("'--target_sise'", "--target_size")],
         ("--target_sise", "32")),
    Case("unknown option", 2, [("'--frobnicate'",)], ("--frobnicate", "1")),
    Case("two unknown options", 2, [("'--frobnicate'",), ("'--validate'",)],
         ("--frobnicate", "1", "--validate", "1")),
    Case("two bad values", 2, [("--validation_split", "'abc'"), ("--weight_factor", "-3")],
         ("-v", "abc", "-wf", "-3")),
    Case("share out of range", 2, [("--validation_split", "'1.0'", "[0,1)")], ("-v", "1")),
    Case("negative share", 2, [("--validation_split", "'-0.1'", "[0,1)")], ("-v", "-0.1")),
    Case("text for a number", 2, [("--weight_factor", "'much'", "number")], ("-wf", "much")),
    Case("fraction for an integer", 2, [("--target_size", "'31.5'", "integer")], ("-ts", "31.5"),
         without=("-ts",)),
    Case("width of nothing", 2, [("--target_size", "'0'", "[1,2048]")], ("-ts", "0"),
         without=("-ts",)),
    Case("width beyond any scanner's", 2, [("--target_size", "'100000'", "[1,2048]")],
         ("-ts", "100000"), without=("-ts",)),
    Case("patch of nothing", 2, [("--frac_patch", "'0.0'", "(0,1]")], ("-fp", "0"),
         without=("-fp",)),
    Case("no boolean", 2, [("--in_place_augmentation", "'maybe'", "True")], ("-ia", "maybe")),
    Case("NaN for a number", 2, [("--augmentation_threshold", "'nan'", "[0,1)")], ("-at", "nan")),
    Case("unknown choice", 2, [("--modality_weight", "'mri'", "did you mean 'fmri'")],
         ("-mw", "mri")),
    Case("negative seed", 2, [("--seed", "'-1'")], ("--seed", "-1")),
    Case("huge number", 2, [("--seed", "99999999999999999999")],
         ("--seed", "99999999999999999999")),
    Case("value missing", 2, [("-mw", "value")], ("-mw",)),
    Case("width and spacing together", 2, [("-ts", "-hspace")], ("-hspace", "0.5")),
    Case("scans and masks in one folder", 2, [("-tpath and -mpath are the same folder, give",)],
         ("-mpath", "./data/")),
    Case("no sampler", 2, [("--random_method", "quantum")], ("--random_method", "quantum")),
    Case("two samplers", 2, [("--sampler 'sobol'", "--random_method 'halton'", "can't be combined")],
         ("--sampler", "sobol", "--random_method", "halton", "--round_limit", "3")),
    Case("unknown metric", 2, [("--metric", "val_dise_coef", "val_dice_coef")],
         ("--metric", "val_dise_coef")),
    Case("metric of an absent modality", 2,
         [("--metric", "'anatomical_val_dice'", "anatomical", "validation data")],
         ("--metric", "anatomical_val_dice")),
    Case("target of an absent modality", 2, [("--performance_target", "regwarp_train_dice")],
         ("--performance_target", "regwarp_train_dice,0.9")),
    Case("PCA without validation data", 2, [("pca_only", "--validation_split")],
         ("-v", "0", "-talos", "{'pca_only': [False, True]}")),
    Case("two experiments", 2, [("--resume", "'x'", "-n", "can't be combined")],
         ("--resume", "out", "-n", "x"), without=("-n",)),
    Case("no output folder", 2, [("thesis.txt", "directory")],
         ("--output_directory", "out/thesis.txt"), without=("--output_directory",),
         change=write("out/thesis.txt", b"text")),
    Case("unreadable time", 2, [("--time_limit", "tomorrow")], ("--time_limit", "tomorrow")),
    Case("unreadable target", 2, [("--performance_target", "val_dice_coef")],
         ("--performance_target", "val_dice_coef")),
    Case("more ranks than there are", 2, [("--ranks_per_trial", "7")], ("--ranks_per_trial", "7")),
    Case("ranks of a trial in words", 2, [("--ranks_per_trial", "many")],
         ("--ranks_per_trial", "many")),
    Case("format of GPUs", 2, [("'--precision' is 'tf32'", "CPU")], ("--precision", "tf32")),
    Case("copies into the input", 2, [("--write_augmented", "data/copies/data"),
                                      ("--write_augmented", "data/copies/masks")],
         ("--write_augmented", "data/copies")),
    Case("copies into the input by their folders", 2, [("--write_augmented", "./data"),
                                                       ("--write_augmented", "./masks")],
         ("--write_augmented", ".")),
    Case("experiments in the input", 2, [("--output_directory", "data")],
         ("--output_directory", "data/results")),
    Case("the experiment is the input", 2, [("--experiment_name", "masks")],
         ("--output_directory", ".", "-n", "masks"), without=("--output_directory", "-n")),
    Case("cache in the input", 2, [("--cache", "data")], ("--cache", "data/cache")),
    Case("key of the grid as an option", 2, [("-lr", "-talos")], ("-lr", "0.01")),
    Case("name that is a path", 2, [("--experiment_name", "'../y'", "folder")], ("-n", "../y"),
         without=("-n",)),
    Case("name that stands for no value", 2, [("--experiment_name", "'none'", "leave -n out")],
         ("-n", "none"), without=("-n",)),
    Case("unreadable fault", 2, [("MSUNET_FAULT", "nonsense")],
         environment=(("MSUNET_FAULT", "nonsense"),)),
    Case("unknown kernels", 2, [("'MSUNET_CPU_KERNELS' is 'sse4'", "avx512_bf16, amx")],
         environment=(("MSUNET_CPU_KERNELS", "sse4"),)),
]

# Not an error under mpirun.
ONE_RANK = Case("tasks of Slurm that don't know each other", 2, [("Slurm", "--mpi=pmix")],
                environment=(("SLURM_NTASKS", "4"),))

COMMANDS = [
    (("trian",), 2, ("trian", "train")),
    (("report", "nowhere"), 2, ("nowhere", "journal.jsonl")),
    (("report",), 2, ("folder",)),
    (("status", "."), 2, ("journal.jsonl",)),
    (("init-model", "/proc/m.h5"), 2, ("/proc/m.h5",)),
    (("init-model", "data/mine.nii"), 2, ("'data/mine.nii' exists already", "another name")),
    (("phantom", "out", "--scale", "9"), 2, ("--scale", "[0.25,8]")),
    (("phantom", "."), 2, ("data' holds other files", "mine.nii")),
    (("phantom", "data"), 2, ("'data' holds scans ('mine.nii', 1 in all), choose another folder",)),
    (("phantom", "first"), 2, ("'first' is an experiment", "journal.jsonl")),
    (("-mpath", "masks"), 2, ("-tpath", "missing")),
]


class BadOptionsTest(BadInputTest):
    def test_options(self):
        self.run_table(OPTIONS)
        self.run_both(ONE_RANK)


class BadCommandsTest(ProgramTest):
    def test_each(self):
        (self.here / "data").mkdir()
        (self.here / "data" / "mine.nii").write_text("mine")
        (self.here / "first").mkdir()
        (self.here / "first" / "journal.jsonl").write_text("")
        for arguments, code, words in COMMANDS:
            with self.subTest(" ".join(arguments)):
                result = run(*arguments, cwd=self.here)
                self.assert_code(result, code)
                self.assertEqual(len(result.errors()), 1, result.text)
                for word in words:
                    self.assertIn(word, result.errors()[0])
                self.assertEqual(sorted(path.name for path in self.here.rglob("*")),
                                 ["data", "first", "journal.jsonl", "mine.nii"])


if __name__ == "__main__":
    program.main()
