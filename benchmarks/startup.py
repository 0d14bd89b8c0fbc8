#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a start costs: `--help`, and a small job with little training, from the start of the process
to the archive. Wall time and processor time, on one rank and on two."""

import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import measure  # noqa: E402


def cost(words, cwd):
    """Wall and processor seconds of a command and its child processes."""
    before, began = os.times(), time.monotonic()
    subprocess.run([str(word) for word in words], cwd=cwd, env=measure.environment(1), check=True,
                   stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    after = os.times()
    return (time.monotonic() - began, after.children_user + after.children_system
            - before.children_user - before.children_system)


def small_job(program, scans, name):
    """One trial of one epoch, with two or three steps."""
    return [program, "-tpath", scans / "data", "-mpath", scans / "masks", "-path", "random", "-ts",
            "32", "-fp", "1", "-fs", "1", "--enable_augmentation", "False", "--threads", "1", "-n",
            name, "-talos", "{'epochs': 1, 'batch_size': 32}"]


def main():
    options = measure.parser(__doc__)
    options.add_argument("--rounds", type=int, default=10)
    options = options.parse_args()
    measure.need(options.program)
    rounds, began, figures = 2 if options.quick else options.rounds, measure.load(), {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, kind = measure.scans(options.program, folder, animals=5)
        scans = folder / "scans"
        names = [file.name for file in sorted((source / "masks").iterdir())]
        measure.link_scans(source, scans, [i for i, one in enumerate(names) if "fmri" in one][:5])
        for number in range(rounds):
            for way, words in {
                    "--help": [options.program, "train", "--help"],
                    "small job": small_job(options.program, scans, f"a{number}"),
                    "small job, data set from the cache":
                        small_job(options.program, scans, f"b{number}"),
                    "small job, 2 ranks": ["mpirun", "-n", "2", *small_job(options.program, scans,
                                                                           f"c{number}")]}.items():
                cache = ["--cache", folder / f"cache{number}"] if "job" in way else []
                figures.setdefault(way, []).append(cost([*words, *cache], folder))
    rows = [[way, measure.median([one[0] for one in rounds_of], 3), f"{max(rounds_of)[0]:.3f}",
             measure.median([one[1] for one in rounds_of], 3)] for way, rounds_of in figures.items()]
    text = measure.heading("What a start costs", began,
                           f"5 {kind} (fMRI), 32 pixels wide, one epoch, medians of {rounds} "
                           "rounds.")
    text += measure.table(["start", "wall s", "slowest", "processor s"], rows)
    measure.publish(text, options.output)


if __name__ == "__main__":
    main()
