#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Writes the table of a sweep that was trained to its end: a line for each permutation with its
values, then the metric after each epoch.

  make_table.py EXPERIMENT [METRIC] >table.csv
"""
import csv
import json
import pathlib
import sys


def rows(experiment, metric):
    files = experiment.glob("trials/*/result.json")
    for file in sorted(files, key=lambda file: int(file.parent.name)):
        result = json.loads(file.read_text())
        yield result["permutation"], [epoch["metrics"][metric] for epoch in result["history"]]


def main():
    experiment = pathlib.Path(sys.argv[1])
    metric = sys.argv[2] if len(sys.argv) > 2 else "val_dice_coef"
    table = list(rows(experiment, metric))
    names = [name for name in table[0][0] if len({str(values[name]) for values, _ in table}) > 1]
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(["permutation"] + names + list(range(1, len(table[0][1]) + 1)))
    for number, (values, curve) in enumerate(table):
        writer.writerow([number] + [values[name] for name in names] + [f"{v:.5f}" for v in curve])


if __name__ == "__main__":
    main()
