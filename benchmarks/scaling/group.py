#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""What ranks lose that train one permutation together: `msunet bench` on 1, 2, … ranks with one
thread each, and on one rank with as many threads, in turn."""

import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--ranks", default="1,2", help="numbers of ranks, at most the cores")
    parser.add_argument("--sizes", default="64", help="pixels a side")
    parser.add_argument("--batches", default="32,128")
    parser.add_argument("--steps", type=int, default=8)
    parser.add_argument("--rounds", type=int, default=3)
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.batches, options.steps, options.rounds = "32", "4", 2, 1
    return options


def bench(options, folder, ranks, threads, size, batch):
    """Samples per second, and the share of all-reduce in percent."""
    launcher = ["mpirun", "-n", ranks] if ranks > 1 else []
    measure.run([*launcher, options.program, "bench", "--threads", threads, "--patch_size", size,
                 "--batch_size", batch, "--steps", options.steps], folder,
                measure.environment(threads))
    text = (Path(folder) / "log.txt").read_text()
    rate = re.search(r"^  dummy +([\d.]+)", text, re.MULTILINE)
    share = re.search(r"all-reduce over the ranks.* ([\d.]+) %", text)
    return float(rate[1]), float(share[1])


def main():
    options = arguments()
    measure.need(options.program)
    began, rows = measure.load(), []
    ways = [(ranks, 1) for ranks in map(int, options.ranks.split(","))]
    ways += [(1, ranks) for ranks, _ in ways if ranks > 1]
    with tempfile.TemporaryDirectory() as folder:
        for size in options.sizes.split(","):
            for batch in options.batches.split(","):
                figures = {way: [] for way in ways}
                for _ in range(options.rounds):
                    for way, found in figures.items():
                        found.append(bench(options, folder, *way, size, batch))
                alone = [rate for rate, _ in figures[ways[0]]]
                for (ranks, threads), found in figures.items():
                    rates = [rate for rate, _ in found]
                    rows.append([f"{size}×{size}", batch, ranks, threads, measure.median(rates),
                                 measure.ratios(rates, alone),
                                 measure.median([share for _, share in found]) + " %"])
    text = measure.heading("Ranks that train one permutation together", began,
                           f"Dummy samples, float32, medians of {options.rounds} rounds of "
                           f"{options.steps} steps.")
    text += measure.table(["patch", "batch", "ranks", "threads per rank", "samples/s",
                           "× one rank with one thread", "all-reduce"], rows)
    measure.publish(text, options.output)


if __name__ == "__main__":
    main()
