#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Preprocessing compared with SimpleITK and NumPy, only this phase: two ranks against two processes
on the same volumes, without augmentation and with the same augmentations, in turn."""

import json
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

HERE = Path(__file__).resolve().parent


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--plan", type=Path,
                        default=measure.PROJECT / "build" / "bin" / "augmentation_plan")
    parser.add_argument("--ranks", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--spacing", type=float, default=0.04, help="mm, within slices")
    parser.add_argument("--pairs", type=int, help="number of evenly chosen pairs; all by default")
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.spacing, options.pairs = 1, 0.25, 4
    return options


def ours(options, scans, folder, name, augmented):
    data = measure.prepare(
        options.program, scans, folder, name,
        ["-hspace", options.spacing, "-vspace", 0.76, "-v", 0, "--cache", "none", "--threads", 1,
         "-fs", 1, "--enable_augmentation", augmented], measure.environment(1), options.ranks)
    return data["prepare_seconds"], data["slices"], data["bytes"]


def theirs(options, scans, plan):
    command = [options.keras_python, HERE / "pipeline.py", "slices", scans, str(options.spacing),
               str(options.ranks), *plan]
    answer = subprocess.run(command, capture_output=True, text=True, check=True,
                            env=measure.environment(1)).stdout
    figures = json.loads(answer)
    return figures["seconds"], figures["slices"], figures["bytes"]


def report(options, began, rows, pairs, kind):
    text = measure.heading(
        "Preprocessing compared with SimpleITK", began,
        f"{pairs} pairs of {kind}, resampled to {options.spacing} × {options.spacing} × 0.76 mm, "
        f"{options.ranks} ranks against {options.ranks} processes, one thread each, medians of "
        f"{options.rounds} rounds.")
    text += measure.table(["augmentation", "slices", "MB", "msunet s", "SimpleITK s",
                           "times as fast"], rows)
    measure.publish(text, options.output)


def main():
    options = arguments()
    measure.need(options.program, options.plan, options.keras_python)
    began, rows = measure.load(), []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans, kind = measure.scans(options.program, folder)
        pairs = len(list((scans / "data").iterdir()))
        if options.pairs:
            measure.link_scans(scans, folder / "chosen",
                               [i * pairs // options.pairs for i in range(options.pairs)])
            scans, pairs = folder / "chosen", options.pairs
        plan = folder / "plan.json"
        plan.write_text(subprocess.run([options.plan, str(pairs), "0.5", "1"], check=True,
                                       capture_output=True, text=True).stdout)
        for augmented in ("False", "True"):
            pairs_of_runs = []
            for number in range(options.rounds):
                pairs_of_runs.append((
                    ours(options, scans, folder, f"x{augmented}{number}", augmented),
                    theirs(options, scans, [plan] if augmented == "True" else [])))
                print(f"augmentation {augmented}: {pairs_of_runs[-1]}", file=sys.stderr, flush=True)
            mine, other = zip(*pairs_of_runs)
            # The times are comparable only if both sides keep the same slices.
            if mine[0][1] != other[0][1] and augmented == "False":
                sys.exit(f"msunet keeps {mine[0][1]} slices, SimpleITK's pipeline {other[0][1]}")
            rows.append(["on" if augmented == "True" else "off", mine[0][1],
                         f"{mine[0][2] / 1e6:.0f}", measure.median([one[0] for one in mine], 2),
                         measure.median([one[0] for one in other], 2),
                         measure.ratios([one[0] for one in other], [one[0] for one in mine])])
    report(options, began, rows, pairs, kind)


if __name__ == "__main__":
    main()
