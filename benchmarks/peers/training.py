#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training throughput and memory compared with Keras, PyTorch eager and compiled, and JAX: the same
network, samples, batches, threads and precision.

Each peer trains beside msunet in turn, both in the same precision, so that a ratio compares two
neighbouring turns and only two programs are in memory."""

import itertools
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402
import trainer  # noqa: E402


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--torch-python", type=Path, default=measure.TORCH_PYTHON)
    parser.add_argument("--jax-python", type=Path, default=measure.JAX_PYTHON,
                        help="Python of scripts/jax-env.sh")
    parser.add_argument("--benchmark", type=Path,
                        default=measure.PROJECT / "build" / "bin" / "step_benchmark")
    parser.add_argument("--earlier", type=Path, help="bin/step_benchmark of another build, for "
                        "the peer 'earlier'")
    parser.add_argument("--peers", default="keras,torch,compiled,jax",
                        help="which ones; what a peer needs and does not find is told below the "
                             "tables")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="64,96", help="pixels a side")
    parser.add_argument("--batches", default="32,128")
    parser.add_argument("--dropouts", default="0.5,0")
    parser.add_argument("--precisions", default="auto",
                        help="float32, or float32,bf16; auto: bf16 where the processor has it")
    parser.add_argument("--samples", type=int, default=128, help="samples per turn")
    options = parser.parse_args()
    unknown = set(options.peers.split(",")) - set(trainer.peers(options))
    if unknown:
        parser.error(f"no such peer: {', '.join(sorted(unknown))}")
    if options.quick:
        options.sizes, options.batches, options.dropouts = "32", "4", "0.5"
        options.rounds, options.samples = 2, 8
    if options.precisions == "auto":
        options.precisions = "float32,bf16" if measure.cpu_has_bf16() else "float32"
    return options


def chosen_peers(options):
    """The peers that can be measured, and why the others cannot."""
    known = trainer.peers(options)
    chosen = [known[word] for word in options.peers.split(",")]
    return ([peer for peer in chosen if not peer.missing()],
            [f"{peer.name} was not measured: {peer.missing()}." for peer in chosen
             if peer.missing()])


def samples_of(options, folder, size):
    """Files of voxels and masks with the samples of four turns, and their number."""
    count = 4 * options.samples
    files = folder / f"x{size}", folder / f"y{size}"
    if not files[0].exists():
        scans, kind = measure.scans(options.program, folder)
        subprocess.run([options.keras_python, trainer.HERE / "pipeline.py", "samples", scans,
                        str(size), str(count), *files], check=True)
        print(f"samples of {size}×{size} from {kind}", file=sys.stderr)
    return *files, count


# --------------------------------------------------------------------------------------- the rounds

def beside(options, words, peer, precision):
    """Rates and peak memory of msunet and of a peer, which take turns. `words`: x, y, samples, size,
    batch, dropout."""
    env = measure.environment(options.threads)
    batch = int(words[4])
    batches = max(1, options.samples // batch)
    running = []
    try:
        for command in ([options.benchmark], peer.command):
            running.append(trainer.Trainer([*command, *words, precision, options.threads], env))
        for one in running:
            one.train(max(2, batches))
        for _ in range(options.rounds):
            for one in running:
                one.rates.append(batches * batch / one.train(batches))
        return [(one.rates, one.peak_megabytes()) for one in running]
    finally:
        for one in running:
            one.end()


def measure_one(options, words, peers, precision, notes):
    """For each peer that trained: its pair of `beside`."""
    found = {}
    for peer in peers:
        try:
            found[peer.name] = beside(options, words, peer, precision)
        except trainer.TrainerFailed as error:
            case = f"{peer.name} {precision}, {words[3]}×{words[3]}, batch {words[4]}"
            notes.append(f"{case} failed: {str(error).splitlines()[-1] if str(error) else '?'}")
            print(f"{case} failed:\n{error}", file=sys.stderr, flush=True)
            continue
        ours, theirs = (measure.median(rates) for rates, _ in found[peer.name])
        print(f"{peer.name} {precision}: {theirs}, msunet {ours}", file=sys.stderr, flush=True)
    return found


# ---------------------------------------------------------------------------------------- the tables

def median_ratio(pair):
    (ours, _), (theirs, _) = pair
    return statistics.median(one / other for one, other in zip(ours, theirs))


def speed_row(found, names):
    """Rates of msunet, of its strongest peer and of all peers."""
    strongest = min(found, key=lambda name: median_ratio(found[name]))
    (ours, _), (theirs, _) = found[strongest]
    everywhere = [rate for (rates, _), _ in found.values() for rate in rates]
    return [measure.median(everywhere), f"{strongest} {measure.median(theirs)}",
            measure.ratios(ours, theirs),
            *(measure.median(found[name][1][0]) if name in found else "" for name in names)]


def memory_row(found, names):
    ours = max(memory for (_, memory), _ in found.values())
    theirs = {name: memory for name, (_, (_, memory)) in found.items()}
    least = min(theirs, key=theirs.get)
    return [f"{ours:.0f}", f"{least} {theirs[least]:.0f}", f"{ours / theirs[least]:.2f}",
            *(f"{theirs[name]:.0f}" if name in theirs else "" for name in names)]


def facts(options, peers):
    """The versions of the peers, and how the figures were measured."""
    versions = ", ".join(peer.described() for peer in peers)
    return (f"{versions}; {options.threads} threads each, medians of {options.rounds} rounds of "
            f"{options.samples} samples per trainer. A ratio is taken within a round (smallest–"
            "largest), between msunet and a peer in the same precision; the strongest peer is that "
            "with the smallest median. Compilation is not counted.")


def report(options, began, peers, rows, notes):
    case, names = ["patch", "batch", "dropout", "precision"], [peer.name for peer in peers]
    text = measure.heading("Training compared with Keras, PyTorch and JAX", began,
                           facts(options, peers))
    text += "Samples per second:\n\n" + measure.table(
        [*case, "msunet", "strongest peer", "times the strongest", *names],
        [[*at, *speed_row(found, names)] for at, found in rows])
    text += "\nPeak memory of the process, MB:\n\n" + measure.table(
        [*case, "msunet", "smallest peer", "msunet / smallest", *names],
        [[*at, *memory_row(found, names)] for at, found in rows])
    if "bf16" not in options.precisions:
        notes.append("bf16 was not measured: this processor has no bfloat16 arithmetic "
                     "(`--precisions float32,bf16` measures its emulation).")
    text += "".join(f"\n{note}\n" for note in notes)
    measure.publish(text, options.output)


def main():
    options = arguments()
    # Keras's Python also cuts the samples.
    measure.need(options.program, options.benchmark, options.keras_python)
    peers, notes = chosen_peers(options)
    if not peers:
        print("SKIPPED: " + " ".join(notes))
        return 77
    began, rows, complaints = measure.load(), [], len(notes)
    with tempfile.TemporaryDirectory() as name:
        for size, dropout, batch in itertools.product(options.sizes.split(","),
                                                      options.dropouts.split(","),
                                                      options.batches.split(",")):
            words = (*samples_of(options, Path(name), int(size)), size, batch, dropout)
            for precision in options.precisions.split(","):
                found = measure_one(options, words, peers, precision, notes)
                if found:
                    rows.append(([f"{size}×{size}", batch, dropout, precision], found))
            print(f"done: {size}×{size}, batch {batch}, dropout {dropout}", file=sys.stderr,
                  flush=True)
    failures = len(notes) - complaints
    report(options, began, peers, rows, notes)
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
