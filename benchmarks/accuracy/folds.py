#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does augmentation give better masks, and do ensembles and mirrored slices? Trains the same folds
by subject with each kind of augmentation and compares whole masks, scan by scan.

  folds.py [--keras] [--folder WORK] [--scans-csv scans.csv] [--pictures FOLDER]

A fifth of the subjects is the test set: no model is trained on it. The other subjects are in five
folds. Each validation scan is predicted by the model of its own fold, each test scan by each model
and by the mean of all. The last epoch counts, so that no scan chooses the model that it judges.
With --folder the same command continues where it was stopped; other options need another folder."""

import csv
import json
import sys
import tempfile
from pathlib import Path

import pictures
import summary
import with_keras

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

AUGMENTATION = {
    "without": ["--enable_augmentation", "False"],
    "offline": ["--enable_augmentation", "True"],
    "light": ["--enable_augmentation", "False", "--online_augmentation", "light"],
    "strong": ["--enable_augmentation", "False", "--online_augmentation", "strong"],
}
FLIPS = {"": [], ", flip": ["--flip", "True"]}
QUICK = ("offline", "light")
KERAS = "offline, Keras"


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--folds", type=int, default=5, choices=range(2, 11))
    parser.add_argument("--epochs", type=int, default=40)
    parser.add_argument("--width", type=int, default=28, help="pixels of a resampled slice")
    parser.add_argument("--batch", type=int, default=16)
    parser.add_argument("--lr", type=float, default=0.005)
    parser.add_argument("--dropout", type=float, default=0.1)
    parser.add_argument("--precision", default="float32")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--keras", action="store_true",
                        help="train the folds with Keras, too, with the offline scheme")
    parser.add_argument("--folder", type=Path, help="keep the trainings and predictions there")
    parser.add_argument("--scans-csv", type=Path, help="write the Dice of every scan to this file")
    parser.add_argument("--pictures", type=Path, help="write scans.svg and worst.svg there")
    options = parser.parse_args()
    if options.quick:
        options.folds, options.epochs, options.width = 2, 1, 16
    options.augmentation = QUICK if options.quick else list(AUGMENTATION)
    return options


def check_test_set(pairs):
    """Ends if a subject of the test set is among the others, too. `pairs`: as in the journal."""
    test = {pair["subject"] for pair in pairs if pair.get("validation")}
    others = {pair["subject"] for pair in pairs if not pair.get("validation")}
    if test & others:
        sys.exit(f"subjects in the test set and outside of it: {sorted(test & others)}")


def check_leakage(pairs, test_scans):
    """Ends if a model has read what it is tested on. `pairs`: of the trainings, as in the journal."""
    folds_of = {}
    for pair in pairs:
        folds_of.setdefault(pair["subject"], set()).update(pair["folds"])
    mixed = sorted(subject for subject, folds in folds_of.items() if len(folds) != 1)
    seen = sorted({pair["data"] for pair in pairs}.intersection(test_scans))
    if mixed or seen:
        sys.exit(f"subjects in several folds: {mixed}; test scans among the training scans: {seen}")


def check_folder(options, folder):
    """Ends if the folder has trainings with other options."""
    names = ("folds", "epochs", "width", "batch", "lr", "dropout", "precision", "seed")
    current = {name: getattr(options, name) for name in names}
    file = folder / "options.json"
    if not file.exists():
        file.write_text(json.dumps(current))
    elif (earlier := json.loads(file.read_text())) != current:
        sys.exit(f"{folder} was made with {earlier}; give another --folder")


class Benchmark:
    """The trainings and predictions of one run, in its folder."""

    def __init__(self, options, folder):
        self.options, self.folder = options, folder
        self.env = measure.environment(options.threads)
        self.rows, self.seconds = [], {}

    def part(self, source, name, chosen):
        """A folder with links to the pairs with these indices."""
        if not (self.folder / name).is_dir():
            measure.link_scans(source, self.folder / name, chosen)
        return self.folder / name

    def divide(self, scans):
        """Folders with the pairs of the test subjects and of the others."""
        if (self.folder / "others").is_dir():
            return self.folder / "test", self.folder / "others"
        pairs = measure.prepare(
            self.options.program, scans, self.folder, "split",
            [*self.preprocessing(), "--split", "subjects", "-v", 0.2, *AUGMENTATION["without"]],
            self.env)["pairs"]
        check_test_set(pairs)
        test = [i for i, pair in enumerate(pairs) if pair.get("validation")]
        others = [i for i in range(len(pairs)) if i not in test]
        return self.part(scans, "test", test), self.part(scans, "others", others)

    def preprocessing(self):
        return ["-ts", self.options.width, "-fp", 1, "-fs", 1, "--threads", self.options.threads]

    def train(self, scans, name):
        """Trains the folds. Returns their models."""
        o = self.options
        grid = (f"{{'epochs': {o.epochs}, 'batch_size': {o.batch}, 'lr': {o.lr}, "
                f"'dropout': {o.dropout}}}")
        models = self.folder / name / "fold_models"
        if not models.is_dir():
            self.seconds[name] = measure.run(
                [o.program, "train", "-tpath", scans / "data", "-mpath", scans / "masks", "-path",
                 "random", "-n", name, "--folds", o.folds, "--refit", "False", "--lr_schedule",
                 "cosine", "--precision", o.precision, "--seed", o.seed,
                 *self.preprocessing(), *AUGMENTATION[name], "-talos", grid],
                self.folder, self.env)[0]
        self.pairs = measure.journal(self.folder / name)[0]["data"]["pairs"]
        check_leakage(self.pairs, [file.name for file in (self.folder / "test" / "data").iterdir()])
        return sorted(models.iterdir(), key=lambda file: (len(file.name), file.name))

    def train_keras(self, scans):
        """The same folds with Keras and the offline scheme. Returns their models."""
        self.pairs = measure.journal(self.folder / "offline")[0]["data"]["pairs"]
        models, self.seconds[KERAS] = with_keras.train(self, scans, self.pairs)
        return models

    def predict(self, model, scans, labels, *words):
        """Predicts these scans, and adds a row of Dice for each."""
        output = self.folder / "predictions" / summary.file_name(labels)
        if not output.with_suffix(".html").exists():
            measure.run([self.options.program, "predict", "-m", model, scans / "data", "-o", output,
                         "--reference", scans / "masks", "--qc", output.with_suffix(".html"),
                         "--threads", self.options.threads, *words], self.folder, self.env)
        with open(output / "dice.csv", newline="") as file:
            self.rows += [[*labels, scan, modality, *(number and f"{float(number):.5f}"
                                                      for number in numbers)]
                          for scan, modality, *numbers in list(csv.reader(file))[1:]]

    def predict_all(self, name, models, others, test, *words):
        """Predicts each fold's own scans and the test scans."""
        parts = [self.part(others, f"fold{fold + 1}",
                           [i for i, pair in enumerate(self.pairs) if pair["folds"] == [fold]])
                 for fold in range(self.options.folds)]
        for flip, flipped in FLIPS.items():
            for fold, (model, own) in enumerate(zip(models, parts, strict=True), 1):
                for kind, scans in (("validation", own), ("test", test)):
                    self.predict(model, scans, [kind, name, "one" + flip, str(fold)], *flipped,
                                 *words)
        for flip, flipped in FLIPS.items():
            self.predict(models[0].parent, test, ["test", name, "ensemble" + flip, "all"],
                         "--ensemble", "True", *flipped, *words)

    def run(self):
        """Trains and predicts everything. Returns a line about the scans."""
        scans, kind = measure.scans(self.options.program, self.folder,
                                    animals=3 if self.options.quick else 10,
                                    real=not self.options.quick)
        test, others = self.divide(scans)
        for name in self.options.augmentation:
            self.predict_all(name, self.train(others, name), others, test)
            self.report(name)
        if self.options.keras:
            self.predict_all(KERAS, self.train_keras(others), others, test,
                             *self.preprocessing()[:-2])
            self.report(KERAS)
        return (f"{len(list((others / 'data').iterdir()))} {kind} in {self.options.folds} folds, "
                f"{len(list((test / 'data').iterdir()))} in the test set.")

    def report(self, name):
        seconds = self.seconds.get(name)
        took = "trained before" if seconds is None else f"trained in {seconds:.0f} s"
        print(f"{name}: {took}", file=sys.stderr, flush=True)


def write_results(options, benchmark):
    if options.scans_csv:
        with open(options.scans_csv, "w", newline="") as file:
            csv.writer(file, lineterminator="\n").writerows([summary.COLUMNS, *benchmark.rows])
    if options.pictures:
        options.pictures.mkdir(parents=True, exist_ok=True)
        scores = summary.scores(benchmark.rows)
        (options.pictures / "scans.svg").write_text(pictures.all_scans(scores))
        pages = benchmark.folder / "predictions"
        (options.pictures / "worst.svg").write_text(pictures.worst(scores, pages))


def main():
    options = arguments()
    measure.need(options.program, *[options.keras_python] if options.keras else [])
    began = measure.load()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        check_folder(options, folder)
        benchmark = Benchmark(options, folder.resolve())
        counts = benchmark.run()
        write_results(options, benchmark)
    text = measure.heading(
        "Augmentation, ensembles and mirrored slices", began, counts,
        f"Width of slices {options.width}, epochs {options.epochs}, batch {options.batch}, lr "
        f"{options.lr} falling to 0, dropout {options.dropout}, {options.precision}, seed "
        f"{options.seed}, threads {options.threads}.")
    measure.publish(text + summary.tables(summary.scores(benchmark.rows)), options.output)


if __name__ == "__main__":
    main()
