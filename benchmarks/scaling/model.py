#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How long a sweep would take on a cluster, computed from measurements on this machine. Nothing in
the tables was run on a cluster.

  makespan(n) = start + prepare / ranks(n) + bytes / bandwidth
                + ceil(trials / ranks(n)) * trial + trials * dispatch

ranks(n): the ranks of n nodes, which train one permutation each. Measured: a step (msunet bench,
one thread), the time of rank 0 per trial (dispatch_benchmark), all-reduce over two ranks
(micro_all_reduce). Assumed: the network between nodes and the size of the job. Groups lie inside
nodes, so the network only carries the slices once and messages of a few hundred bytes."""

import json
import math
import re
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

BIN = measure.PROJECT / "build" / "bin"
NODES = (1, 2, 4, 8, 16, 32, 64)


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--binaries", type=Path, default=BIN,
                        help="folder of dispatch_benchmark and micro_all_reduce")
    parser.add_argument("--ranks-per-node", type=int, default=32)
    parser.add_argument("--trials", type=int, default=10000)
    parser.add_argument("--epochs", type=int, default=20)
    parser.add_argument("--samples", type=int, default=3000, help="training samples")
    parser.add_argument("--batch", type=int, default=32)
    parser.add_argument("--megabytes", type=float, default=500, help="slices")
    parser.add_argument("--bandwidth", type=float, default=1250, help="MB/s between nodes, assumed")
    parser.add_argument("--prepare", type=float, default=60, help="s on one core, assumed")
    parser.add_argument("--start", type=float, default=5, help="s, assumed")
    return parser.parse_args()


def step_seconds(options, folder):
    size, batch, steps = ("32", 4, 2) if options.quick else ("64", options.batch, 8)
    measure.run([options.program, "bench", "--threads", 1, "--patch_size", size, "--batch_size",
                 batch, "--steps", steps], folder, measure.environment(1))
    rate = re.search(r"^  dummy +([\d.]+)", (Path(folder) / "log.txt").read_text(), re.MULTILINE)
    return options.batch / float(rate[1])


def dispatch_seconds(options, folder):
    """The processor time of rank 0 per trial."""
    trials = 400 if options.quick else 10000
    measure.run(["mpirun", "-n", 4, options.binaries / "dispatch_benchmark", trials, 0,
                 Path(folder) / "sweep"], folder, measure.environment(1))
    text = (Path(folder) / "log.txt").read_text()
    return float(re.search(r"rank 0: ([\d.]+) s of CPU", text)[1]) / trials


def reduction_seconds(options, folder):
    """All-reduce over two ranks: of the fewest values and of all gradients."""
    measure.run(["mpirun", "-n", 2, options.binaries / "micro_all_reduce",
                 "--benchmark_out=all_reduce.json", "--benchmark_out_format=json"], folder,
                measure.environment(1))
    runs = json.loads((Path(folder) / "all_reduce.json").read_text())["benchmarks"]
    return runs[0]["real_time"] * 1e-6, runs[-1]["real_time"] * 1e-6


def makespan(options, nodes, trial, dispatch):
    ranks = nodes * options.ranks_per_node
    exchange = options.megabytes / options.bandwidth if nodes > 1 else 0
    return (options.start + options.prepare / ranks + exchange
            + math.ceil(options.trials / ranks) * trial + options.trials * dispatch)


def report(options, began, step, dispatch, reductions):
    trial = options.epochs * math.ceil(options.samples / options.batch) * step
    text = measure.heading(
        "A sweep on a cluster (computed, not run)", began,
        f"Measured here: {1000 * step:.0f} ms per step on one thread (64×64, batch "
        f"{options.batch}), {1e6 * dispatch:.0f} µs of rank 0 per trial for dispatch; all-reduce "
        f"over two ranks: {1e6 * reductions[0]:.0f} µs for few values, "
        f"{1e3 * reductions[1]:.1f} ms for all gradients.",
        f"Assumed: {options.trials} permutations with {options.epochs} epochs of {options.samples} "
        f"samples ({trial:.0f} s each), {options.ranks_per_node} ranks per node, one permutation "
        f"per rank, {options.megabytes:.0f} MB of slices, {options.bandwidth:.0f} MB/s between "
        f"nodes, {options.prepare:.0f} s of preprocessing on one core, {options.start:.0f} s to start.")
    alone = makespan(options, 1, trial, dispatch)
    rows = []
    for nodes in NODES:
        ranks, seconds = nodes * options.ranks_per_node, makespan(options, nodes, trial, dispatch)
        rows.append([nodes, ranks, math.ceil(options.trials / ranks), f"{seconds / 3600:.2f}",
                     f"{alone / seconds:.1f}", f"{100 * alone / seconds / nodes:.1f} %"])
    text += measure.table(["nodes", "ranks", "trials in sequence", "hours", "speed-up",
                           "efficiency"], rows)
    measure.publish(text, options.output)


def main():
    options = arguments()
    measure.need(options.program, options.binaries / "dispatch_benchmark",
                 options.binaries / "micro_all_reduce")
    began = measure.load()
    with tempfile.TemporaryDirectory() as folder:
        report(options, began, step_seconds(options, folder), dispatch_seconds(options, folder),
               reduction_seconds(options, folder))


if __name__ == "__main__":
    main()
