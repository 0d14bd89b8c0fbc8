#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What a sweep on two ranks, with one trial each, loses compared with two separate processes, each
pinned to a core, that train half of the permutations each.

  throughput.py PROGRAM SCANS [ROUNDS]

SCANS holds the folders data and masks, as `msunet phantom SCANS` makes them. Both are timed in
turn, ROUNDS times (3), from the start of the first trial to the end of the last."""

import json
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

GRID = "{'lr': [0.001, 0.002, 0.003, 0.004], 'epochs': 5, 'batch_size': 8}"
OPTIONS = ["-path", "random", "-ts", "64", "-fs", "1", "--enable_augmentation", "False",
           "--threads", "1", "-talos", GRID]


def command(program, scans, folder, name):
    return [program, "-tpath", scans / "data", "-mpath", scans / "masks", "--output_directory",
            folder, "--cache", folder / "cache", "-n", name, *OPTIONS]


def finish(processes):
    for process in processes:
        if process.wait() != 0:
            sys.exit(f"{process.args} ended with {process.returncode}")


def start(words):
    return subprocess.Popen(words, stdout=subprocess.DEVNULL)


def span(*folders):
    """Seconds from the start of the first trial to the end of the last."""
    times = [json.loads(line) for folder in folders
             for line in (folder / "journal.jsonl").read_text().splitlines()]
    return (max(line["at"] for line in times if line["event"] == "trial_finished")
            - min(line["at"] for line in times if line["event"] == "trial_started"))


def together(program, scans, folder, number):
    name = f"together{number}"
    finish([start(["mpirun", "-n", "2", *command(program, scans, folder, name)])])
    return span(folder / name)


def apart(program, scans, folder, number):
    name = f"apart{number}"
    finish([start(["taskset", "-c", str(core), *command(program, scans, folder, name), "--shard",
                   f"{core + 1}/2"]) for core in (0, 1)])
    return span(*(folder / f"{name}_shard{i}of2" for i in (1, 2)))


def main():
    program, scans = sys.argv[1], Path(sys.argv[2]).resolve()
    rounds = int(sys.argv[3]) if len(sys.argv) > 3 else 3
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        together(program, scans, folder, "_warm_up")
        pairs = []
        for number in range(rounds):
            pairs.append((together(program, scans, folder, number),
                          apart(program, scans, folder, number)))
            print(f"two ranks {pairs[-1][0]:.2f} s, two processes {pairs[-1][1]:.2f} s, "
                  f"throughput {pairs[-1][1] / pairs[-1][0]:.3f}, load {os.getloadavg()[0]:.1f}",
                  flush=True)
    print(f"median {statistics.median(alone / both for both, alone in pairs):.3f}")


if __name__ == "__main__":
    main()
