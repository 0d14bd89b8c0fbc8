#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Seconds of an epoch with its validation compared with Keras, in turn: what a grid of so many epochs
costs is computed from them. All layers are trained; the samples are whole slices."""

import json
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

HERE = Path(__file__).resolve().parent


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--threads", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=6, help="of a round; the first is left out")
    parser.add_argument("--width", type=int, default=16, help="pixels of a resampled slice")
    parser.add_argument("--batches", default="128,256")
    parser.add_argument("--dropout", type=float, default=0.5)
    options = parser.parse_args()
    if options.quick:
        options.rounds, options.epochs, options.batches = 1, 2, "8"
    return options


def msunet(options, scans, batch, folder, env):
    """Seconds of the epochs but the first, and the numbers of samples."""
    grid = {"epochs": options.epochs, "batch_size": batch, "dropout": options.dropout}
    measure.run([options.program, "train", "-tpath", scans / "data", "-mpath", scans / "masks",
                 "-path", "random", "-ts", options.width, "-fp", 1, "-fs", 1, "-v", 0.2,
                 "--enable_augmentation", "False", "--cache", "none", "--checkpoint_minutes", 1000,
                 "--threads", options.threads, "-n", "epochs", "-talos", json.dumps(grid)],
                folder, env)
    events = measure.journal(folder / "epochs")
    result = next(event["result"] for event in events if event["event"] == "trial_finished")
    data = events[0]["data"]
    return ([epoch["seconds"] for epoch in result["history"]][1:],
            (data["training_samples"], data["validation_samples"]))


def keras(options, scans, batch, _folder, env):
    task = {"width": options.width, "fraction": 1, "stride": 1, "epochs": options.epochs,
            "batch": batch, "dropout": options.dropout, "validation_split": 0.2,
            "threads": options.threads}
    ended = subprocess.run([options.keras_python, HERE / "keras_epochs.py", scans, json.dumps(task)],
                           env=env, stdout=subprocess.PIPE, check=True, text=True)
    figures = json.loads(ended.stdout.splitlines()[-1])
    return figures["seconds"][1:], tuple(figures["samples"])


def measured(options, scans, batch, folder, env):
    """The median of each round and the numbers of samples, by program."""
    rounds, samples = {}, {}
    for number in range(options.rounds):
        for name, way in (("msunet", msunet), ("Keras", keras)):
            here = folder / f"{name}{batch}_{number}"
            here.mkdir()
            seconds, samples[name] = way(options, scans, batch, here, env)
            rounds.setdefault(name, []).append(statistics.median(seconds))
            print(f"{name}, batch {batch}: {rounds[name][-1]:.2f} s", file=sys.stderr, flush=True)
    return rounds, samples


def main():
    options = arguments()
    measure.need(options.program, options.keras_python)
    began, env = measure.load(), measure.environment(options.threads)
    rows = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans, kind = measure.scans(options.program, folder)
        for batch in map(int, options.batches.split(",")):
            rounds, samples = measured(options, scans, batch, folder, env)
            rows.append([batch, *("+".join(map(str, samples[one])) for one in ("msunet", "Keras")),
                         measure.median(rounds["msunet"], 2), measure.median(rounds["Keras"], 2),
                         measure.ratios(rounds["Keras"], rounds["msunet"])])
    text = measure.heading(
        "Seconds of an epoch compared with Keras", began,
        f"{kind}, slices {options.width} pixels wide, dropout {options.dropout}, threads "
        f"{options.threads}, float32; medians of {options.rounds} rounds of {options.epochs - 1} epochs.")
    text += measure.table(["batch", "samples (training+validation)", "of Keras", "msunet s",
                           "Keras s", "times as fast"], rows)
    measure.publish(text, options.output)


if __name__ == "__main__":
    main()
