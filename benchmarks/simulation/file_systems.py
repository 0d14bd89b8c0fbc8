#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Where a simulated sweep falls below 95 % on slow file systems: efficiency against the number of
groups, as a CSV file and a picture.

  file_systems.py SIMULATE_CLUSTER      needs: pip install matplotlib

Writes file_systems.csv and file_systems.svg beside this script. Cases that are in the CSV file
already are not simulated again."""

import csv
import subprocess
import sys
from pathlib import Path

HERE = Path(__file__).resolve().parent
GROUPS = (64, 256, 1024, 4096)
TRIALS_OF_A_GROUP = 20
COLUMNS = ("case,groups,mtbf,bandwidth,sync,sync_each_line,patience,starts,efficiency,training,end,"
           "unserved,files,undone,starting,rank0,longest_wait").split(",")
# The program before it let checkpoints wait for a slow disk, and since.
WAITING, BESIDE = "patience=0", "patience=10"
BANDWIDTHS = (("100 GB/s", "bandwidth=100"), ("10 GB/s", "bandwidth=10"),
              ("1 GB/s", "bandwidth=1"), ("0.3 GB/s", "bandwidth=0.3"))
SYNCS = (("1 ms of each line", "sync=1", "sync_each_line=yes"),
         ("10 ms of each line", "sync=10", "sync_each_line=yes"),
         ("10 ms once a second", "sync=10", "sync_each_line=no"),
         ("100 ms once a second", "sync=100", "sync_each_line=no"))
FAILURES = (("50,000 h", "mtbf=50000"), ("5,000 h", "mtbf=5000"), ("500 h", "mtbf=500"))


def cases():
    """Name and words of each curve."""
    for name, bandwidth in BANDWIDTHS:
        yield f"{name}, training waits", (bandwidth, WAITING)
        yield f"{name}, beside training", (bandwidth, BESIDE)
    for name, *words in SYNCS:
        yield f"fsync {name}", words
    for name, failures in FAILURES:
        for bandwidth in BANDWIDTHS[1:3]:
            yield f"node MTBF {name}, {bandwidth[0]}", (failures, bandwidth[1], BESIDE)


def simulate(program, name, words, groups):
    done = subprocess.run([program, f"groups={groups}", f"trials={groups * TRIALS_OF_A_GROUP}",
                           "known=yes", "csv=yes", *words], capture_output=True, text=True,
                          check=True)
    return [name, *done.stdout.strip().split(",")]


def read(file):
    if not file.exists():
        return {}
    with open(file, newline="") as stream:
        return {(row["case"], int(row["groups"])): row for row in csv.DictReader(stream)}


def complete(program, file):
    """Simulates what the file does not have yet. Returns all rows by case and groups."""
    known = read(file)
    with open(file, "a", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        if not known:
            writer.writerow(COLUMNS)
        for name, words in cases():
            for groups in GROUPS:
                if (name, groups) not in known:
                    writer.writerow(simulate(program, name, words, groups))
                    stream.flush()
                    print(f"{name}, {groups} groups", file=sys.stderr)
    return read(file)


def draw(rows, file):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "msunet", "font.size": 9})
    import matplotlib.pyplot as plt

    figure, panels = plt.subplots(1, 3, figsize=(11, 4), sharey=True)

    def curve(axes, name, label, style, colour):
        efficiency = [float(rows[name, groups]["efficiency"]) for groups in GROUPS]
        axes.plot(GROUPS, efficiency, style, color=colour, label=label, marker="o", markersize=3)

    for number, (name, _) in enumerate(BANDWIDTHS):
        curve(panels[0], f"{name}, training waits", None, "--", f"C{number}")
        curve(panels[0], f"{name}, beside training", name, "-", f"C{number}")
    for number, (name, _, each_line) in enumerate(SYNCS):
        style = "--" if each_line.endswith("yes") else "-"
        curve(panels[1], f"fsync {name}", name, style, f"C{number}")
    for number, (name, _) in enumerate(FAILURES):
        curve(panels[2], f"node MTBF {name}, 1 GB/s", None, "--", f"C{number}")
        curve(panels[2], f"node MTBF {name}, 10 GB/s", name, "-", f"C{number}")
    titles = ("Checkpoints every minute\n(dashed: training waits for them)",
              "fsync of the journal\n(dashed: of each line)",
              "Failures of nodes\n(dashed: 1 GB/s, else 10 GB/s)")
    for axes, title in zip(panels, titles):
        axes.axhline(95, color="0.7", linewidth=0.8)
        axes.set_xscale("log", base=2)
        axes.set_xticks(GROUPS, [f"{groups:,}" for groups in GROUPS])
        axes.set(xlabel="groups", title=title, ylim=(0, 102))
        axes.title.set_fontsize(9)
        axes.legend(fontsize=7, frameon=False, loc="lower left")
        for side in ("top", "right"):
            axes.spines[side].set_visible(False)
    panels[0].set_ylabel("groups' time in training that counts, %\n(without the end of the sweep)")
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


if __name__ == "__main__":
    if len(sys.argv) != 2:
        sys.exit(__doc__)
    draw(complete(sys.argv[1], HERE / "file_systems.csv"), HERE / "file_systems.svg")
