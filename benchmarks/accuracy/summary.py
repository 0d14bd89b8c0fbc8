#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Tables in Markdown of what folds.py measured.

  summary.py scans.csv [MODALITY]      only the scans of this modality"""

import csv
import statistics
import sys
from collections import defaultdict
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

COLUMNS = ["set", "augmentation", "prediction", "fold", "scan", "modality", "dice",
           "hausdorff95_mm", "surface_dice", "tolerance_mm"]
# The 97.5th percentile of Student's t by degrees of freedom.
STUDENT = {1: 12.706, 2: 4.303, 3: 3.182, 4: 2.776, 5: 2.571, 6: 2.447, 7: 2.365, 8: 2.306,
           9: 2.262}
REFERENCE = "offline"


def file_name(labels):
    """The name of the files of a prediction with these labels: set, augmentation, prediction and
    fold."""
    return "_".join(labels).replace(", ", "_")


class Score:
    """The Dice of one scan: the mean over the models that predicted it."""

    def __init__(self, scan, modality):
        self.scan, self.modality, self.each = scan, modality, {}

    @property
    def dice(self):
        return statistics.mean(self.each.values())


def scores(rows):
    """Scores by (set, augmentation, prediction), in the order of the rows."""
    found = defaultdict(dict)
    for row in rows:
        cells = dict(zip(COLUMNS, row))
        scans = found[cells["set"], cells["augmentation"], cells["prediction"]]
        score = scans.setdefault(cells["scan"], Score(cells["scan"], cells["modality"]))
        score.each[cells["fold"]] = float(cells["dice"])
    return {key: list(scans.values()) for key, scans in found.items()}


def mean_and_spread(values):
    spread = f" ± {statistics.stdev(values):.4f}" if len(values) > 1 else ""
    return f"{statistics.mean(values):.4f}{spread}" if values else "–"


def of_folds(each):
    """The mean Dice of each fold's scans."""
    folds = defaultdict(list)
    for score in each:
        for fold, dice in score.each.items():
            folds[fold].append(dice)
    return {fold: statistics.mean(dice) for fold, dice in folds.items()}


def difference_of_folds(each, reference):
    """Mean over the folds of the difference to the reference, with the 95 % interval of the corrected
    resampled t-test (Nadeau and Bengio 2003): a fold is 1/(K - 1) of the scans that it is not in,
    and these are nearly the same for all folds."""
    ours, theirs = of_folds(each), of_folds(reference)
    gaps = [ours[fold] - theirs[fold] for fold in ours]
    k = len(gaps)
    half = STUDENT[k - 1] * statistics.stdev(gaps) * (1 / k + 1 / (k - 1)) ** 0.5
    mean = statistics.mean(gaps)
    return f"{mean:+.4f} ({mean - half:+.4f} to {mean + half:+.4f})"


def difference_of_scans(each, reference):
    """Mean, smallest and largest difference to the reference, scan by scan."""
    theirs = {score.scan: score.dice for score in reference}
    gaps = [score.dice - theirs[score.scan] for score in each]
    return f"{statistics.mean(gaps):+.4f} ({min(gaps):+.4f} to {max(gaps):+.4f})"


def line(augmentation, prediction, each, modalities, difference):
    dice = [score.dice for score in each]
    by = [mean_and_spread([score.dice for score in each if score.modality == modality])
          for modality in modalities]
    return [augmentation, prediction, mean_and_spread(dice), f"{min(dice):.4f}", *by, difference]


def part(found, wanted, compared, difference_to):
    """The table of the validation scans or of the test scans, with a heading."""
    chosen = {key: each for key, each in found.items() if key[0] == wanted}
    some = next(iter(chosen.values()))
    modalities = sorted({score.modality for score in some})
    counts = [sum(score.modality == modality for score in some) for modality in modalities]
    rows = [line(key[1], key[2], each, modalities, difference_to(chosen, key))
            for key, each in chosen.items()]
    heads = [f"{modality} ({n})" for modality, n in zip(modalities, counts)]
    header = ["augmentation", "model", f"Dice of {len(some)} scans", "worst", *heads, compared]
    return f"\n{wanted.capitalize()} scans\n\n" + measure.table(header, rows)


def against_offline(chosen, key):
    reference = key[0], REFERENCE, key[2]
    return "" if key == reference else difference_of_folds(chosen[key], chosen[reference])


def against_one(chosen, key):
    """An ensemble is compared with one model with the same flip, a flip with one model without."""
    kind, name, prediction = key
    reference = prediction.replace("ensemble", "one") if "ensemble" in prediction else "one"
    if prediction == reference:
        return ""
    return difference_of_scans(chosen[key], chosen[kind, name, reference])


def tables(found):
    """Both tables: Dice as mean ± standard deviation over scans."""
    return (part(found, "validation", "− offline (95 % over folds)", against_offline)
            + part(found, "test", "difference (range over scans)", against_one))


def main():
    with open(sys.argv[1], newline="") as file:
        rows = list(csv.reader(file))[1:]
    wanted = sys.argv[2:]
    column = COLUMNS.index("modality")
    print(tables(scores(row for row in rows if not wanted or row[column] in wanted)))


if __name__ == "__main__":
    main()
