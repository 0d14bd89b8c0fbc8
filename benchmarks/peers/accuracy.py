#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Does bf16 learn as well as float32? Validation Dice after some epochs on the same scans, with
several seeds per precision. The mean of bf16 must lie within the range of float32."""

import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--epochs", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--precisions", default="float32,bf16")
    parser.add_argument("--scans", type=int, help="number of evenly chosen pairs; all by default")
    parser.add_argument("--validation", type=float, default=0.2)
    options = parser.parse_args()
    if options.quick:
        options.seeds, options.epochs, options.scans, options.validation = 2, 1, 4, 0.25
    return options


def train(options, scans, folder, precision, seed):
    """Metrics of the last epoch, by name."""
    name = f"{precision}_{seed}"
    width = 32 if options.quick else 64
    grid = f"{{'epochs': {options.epochs}, 'batch_size': 16, 'lr': 0.005, 'dropout': 0}}"
    measure.run([options.program, "-tpath", scans / "data", "-mpath", scans / "masks", "-path",
                 "random", "-ts", width, "-fp", 1, "-fs", 1, "-v", options.validation,
                 "--enable_augmentation", "False", "--threads", options.threads, "--precision",
                 precision, "--seed", seed, "-n", name, "-talos", grid], folder,
                measure.environment(options.threads))
    finished = [event for event in measure.journal(folder / name)
                if event["event"] == "trial_finished"]
    return finished[0]["result"]["history"][-1]["metrics"]


def main():
    options = arguments()
    measure.need(options.program)
    began, found = measure.load(), {}
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        scans, kind = measure.scans(options.program, folder)
        pairs = len(list((scans / "data").iterdir()))
        if options.scans:
            measure.link_scans(scans, folder / "chosen",
                               [i * pairs // options.scans for i in range(options.scans)])
            scans, pairs = folder / "chosen", options.scans
        for seed in range(1, options.seeds + 1):
            for precision in options.precisions.split(","):
                metrics = train(options, scans, folder, precision, seed)
                found.setdefault(precision, []).append(metrics["val_dice_coef"])
                print(f"{precision}, seed {seed}: {metrics['val_dice_coef']:.4f}", file=sys.stderr,
                      flush=True)
    text = measure.heading("Accuracy of bf16", began,
                           f"{pairs} {kind}, {options.epochs} epochs, batch 16, lr 0.005, no "
                           f"dropout, validation Dice of {options.seeds} seeds.")
    text += measure.table(
        ["precision", "mean", "smallest", "largest", "each seed"],
        [[precision, f"{statistics.mean(dice):.4f}", f"{min(dice):.4f}", f"{max(dice):.4f}",
          ", ".join(f"{one:.4f}" for one in dice)] for precision, dice in found.items()])
    measure.publish(text, options.output)


if __name__ == "__main__":
    main()
