#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The whole job compared with Keras, from the start of the process to the archive: two permutations
of two epochs, wall time and peak memory of all processes, in turn."""

import json
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

HERE = Path(__file__).resolve().parent
SCANS = 8, 5
JOB = {"width": 84, "fraction": 0.75, "stride": 0.25, "epochs": 2, "batch": 32, "dropout": 0.5,
       "lr": [0.001, 0.002], "validation_split": 0.385}


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--precisions", default="auto",
                        help="float32, or float32,bf16; auto: bf16 where the processor has it")
    options = parser.parse_args()
    if options.precisions == "auto":
        options.precisions = "float32,bf16" if measure.cpu_has_bf16() else "float32"
    if options.quick:
        options.rounds = 1
    return options


def choose_scans(source, folder, training, validation):
    """Chooses fMRI pairs, which have about equally many slices: 8 and 5 pairs give about 450
    training and 270 validation patches."""
    names = [file.name for file in sorted((source / "masks").iterdir())]
    fmri = [i for i, name in enumerate(names) if "fmri" in name]
    if len(fmri) < training + validation:
        sys.exit(f"'{source}' holds {len(fmri)} fMRI pairs, {training + validation} are needed")
    measure.link_scans(source, folder, fmri[:training] + fmri[-validation:])


def msunet(options, scans, job, precision, ranks):
    """Our command, as a user with two cores would type it."""
    grid = {"lr": job["lr"], "epochs": job["epochs"], "batch_size": job["batch"],
            "dropout": job["dropout"]}
    launcher = ["mpirun", "-n", ranks] if ranks > 1 else []
    return [*launcher, options.program, "-tpath", scans / "data", "-mpath", scans / "masks", "-path",
            "random", "-ts", job["width"], "-fp", job["fraction"], "-fs", job["stride"], "-v",
            job["validation_split"], "--enable_augmentation", "False", "--precision", precision,
            "--threads", max(1, options.threads // ranks), "-n", "job", "-talos", json.dumps(grid)]


def ways(options, scans, job):
    """The commands that do the job, by name."""
    found = {"Keras": lambda: [options.keras_python, HERE / "keras_job.py", scans, "job",
                               json.dumps({**job, "threads": options.threads})]}
    for precision in options.precisions.split(","):
        for ranks in (1, 2):
            name = f"msunet {precision}, {ranks} rank{'s' if ranks > 1 else ''}"
            found[name] = lambda p=precision, r=ranks: msunet(options, scans, job, p, r)
    return found


def samples(folder):
    """Training and validation samples of our job and their size, from its journal."""
    events = measure.journal(folder / "job")
    result = next(event["result"] for event in events if event["event"] == "trial_finished")
    return (events[0]["data"]["training_samples"], events[0]["data"]["validation_samples"],
            result["patch_size"].replace("/", "×"))


def report(options, job, began, figures, counts, kind):
    keras = figures["Keras"]
    rows = []
    for name, rounds in figures.items():
        seconds, peaks = zip(*rounds)
        rows.append([name, measure.median(seconds, 2), measure.median(peaks, 0)])
        rows[-1] += ["1", "1"] if rounds is keras else [
            measure.ratios([one for one, _ in keras], seconds),
            f"{float(rows[-1][2]) / float(measure.median([peak for _, peak in keras], 0)):.2f}"]
    text = measure.heading(
        "The whole job compared with Keras", began,
        f"2 permutations × {job['epochs']} epochs, {counts[0]} training and {counts[1]} validation "
        f"patches of {counts[2]} from {kind}, batch {job['batch']}, dropout {job['dropout']}, "
        f"{options.threads} threads together, medians of {options.rounds} rounds. Memory is the "
        "peak of all processes together; pages that ranks share are counted once.")
    text += measure.table(
        ["program", "wall s", "peak MB", "times as fast as Keras", "memory / Keras"], rows)
    measure.publish(text, options.output)


def main():
    options = arguments()
    measure.need(options.program, options.keras_python)
    began, env = measure.load(), measure.environment(options.threads)
    job = {**JOB, "epochs": 1, "width": 42} if options.quick else JOB
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, kind = measure.scans(options.program, folder, animals=13)
        choose_scans(source, folder / "scans", *((2, 1) if options.quick else SCANS))
        figures, counts = {}, ()
        for number in range(options.rounds):
            for way, command in ways(options, folder / "scans", job).items():
                here = folder / f"{way}{number}"
                here.mkdir()
                figures.setdefault(way, []).append(measure.run(command(), here, env))
                if way != "Keras":
                    counts = samples(here)
                print(f"{way}: {figures[way][-1][0]:.1f} s", file=sys.stderr, flush=True)
    report(options, job, began, figures, counts, kind)


if __name__ == "__main__":
    main()
