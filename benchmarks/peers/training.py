#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Training throughput and memory compared with Keras and PyTorch eager: the same network, samples,
batches and threads, in turn."""

import itertools
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402

HERE = Path(__file__).resolve().parent


class Trainer:
    """A process that trains on a number of batches on request and sleeps otherwise."""

    def __init__(self, name, command, env):
        self.name = name
        self.process = subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                                        stderr=subprocess.PIPE, text=True, env=env)
        self.answer("ready")
        self.rates = []

    def answer(self, expected=None):
        line = self.process.stdout.readline()
        if not line or (expected and line.strip() != expected):
            self.process.kill()
            sys.exit(f"{self.name} ended:\n{line}{self.process.communicate()[1][-2000:]}")
        return line

    def train(self, batches):
        """The seconds that training on `batches` batches takes."""
        self.process.stdin.write(f"{batches}\n")
        self.process.stdin.flush()
        return float(self.answer())

    def peak_megabytes(self):
        return measure.peak_megabytes(self.process.pid)

    def end(self):
        self.process.communicate()


def arguments():
    parser = measure.parser(__doc__)
    parser.add_argument("--torch-python", type=Path, default=measure.TORCH_PYTHON)
    parser.add_argument("--benchmark", type=Path,
                        default=measure.PROJECT / "build" / "bin" / "step_benchmark")
    parser.add_argument("--threads", type=int, default=2)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", default="64,96", help="pixels a side")
    parser.add_argument("--batches", default="32,128")
    parser.add_argument("--dropouts", default="0.5,0")
    parser.add_argument("--precisions", default="auto",
                        help="float32, or float32,bf16; auto: bf16 where the processor has it")
    parser.add_argument("--samples", type=int, default=128, help="samples per turn")
    options = parser.parse_args()
    if options.quick:
        options.sizes, options.batches, options.dropouts = "32", "4", "0.5"
        options.rounds, options.samples = 2, 8
    if options.precisions == "auto":
        options.precisions = "float32,bf16" if measure.cpu_has_bf16() else "float32"
    return options


def trainers(options, words):
    """The command of each trainer. `words`: x, y, samples, size, batch, dropout."""
    programs = {"msunet": [options.benchmark],
                "PyTorch": [options.torch_python, HERE / "torch_steps.py"],
                "Keras": [options.keras_python, HERE / "keras_steps.py"]}
    kinds = [("msunet", "float32"), ("PyTorch", "float32"), ("Keras", "float32"),
             ("msunet", "bf16"), ("PyTorch", "bf16")]
    return {kind: [str(word) for word in (*programs[kind[0]], *words, kind[1], options.threads)]
            for kind in kinds if kind[1] in options.precisions.split(",")}


def samples_of(options, folder, size):
    """Files of voxels and masks with the samples of four turns, and their number."""
    count = 4 * options.samples
    files = folder / f"x{size}", folder / f"y{size}"
    if not files[0].exists():
        scans, kind = measure.scans(options.program, folder)
        subprocess.run([options.keras_python, HERE / "pipeline.py", "samples", scans, str(size),
                        str(count), *files], check=True)
        print(f"samples of {size}×{size} from {kind}", file=sys.stderr)
    return *files, count


def measure_one(options, words):
    """Rates and peak memory of all trainers, which take turns in each round."""
    env = measure.environment(options.threads)
    batch = int(words[4])
    batches = max(1, options.samples // batch)
    running = {kind: Trainer(" ".join(kind), command, env)
               for kind, command in trainers(options, words).items()}
    for trainer in running.values():
        trainer.train(max(2, batches))
    for _ in range(options.rounds):
        for trainer in running.values():
            trainer.rates.append(batches * batch / trainer.train(batches))
    figures = {kind: (trainer.rates, trainer.peak_megabytes())
               for kind, trainer in running.items()}
    for trainer in running.values():
        trainer.end()
    return figures


def speed_rows(case, figures):
    """A row for each precision of msunet, compared with Keras and PyTorch in float32 and with
    PyTorch in the same precision."""
    keras, eager = figures["Keras", "float32"], figures["PyTorch", "float32"]
    for precision in ("float32", "bf16"):
        if ("msunet", precision) not in figures:
            continue
        ours, alike = figures["msunet", precision], figures["PyTorch", precision]
        yield [*case, precision, measure.median(ours[0]), measure.median(keras[0]),
               measure.median(eager[0]), measure.median(alike[0]),
               measure.ratios(ours[0], keras[0]), measure.ratios(ours[0], eager[0]),
               measure.ratios(ours[0], alike[0])]


def memory_rows(case, figures):
    for precision in ("float32", "bf16"):
        if ("msunet", precision) not in figures:
            continue
        ours, alike = figures["msunet", precision][1], figures["PyTorch", precision][1]
        yield [*case, precision, f"{ours:.0f}", f"{alike:.0f}",
               f"{figures['Keras', 'float32'][1]:.0f}", f"{ours / alike:.2f}"]


def versions(options):
    """The versions of PyTorch and Keras, and how the figures were measured."""
    def ask(python, module):
        return subprocess.run([python, "-c", "from importlib.metadata import version as v;"
                               f"print(v('{module}'))"], capture_output=True, text=True,
                              check=True).stdout.strip()
    return (f"PyTorch {ask(options.torch_python, 'torch')} eager, tensorflow-cpu "
            f"{ask(options.keras_python, 'tensorflow-cpu')}, {options.threads} threads each, "
            f"medians of {options.rounds} rounds of {options.samples} samples per trainer; ratios "
            "are taken within a round (smallest–largest).")


def report(options, began, speeds, memories):
    size = ["patch", "batch", "dropout", "precision"]
    text = measure.heading("Training compared with Keras and PyTorch", began, versions(options))
    text += "Samples per second:\n\n" + measure.table(
        [*size, "msunet", "Keras", "PyTorch", "PyTorch same", "× Keras", "× PyTorch float32",
         "× PyTorch same"], speeds)
    text += "\nPeak memory of the process, MB:\n\n" + measure.table(
        [*size, "msunet", "PyTorch same", "Keras", "msunet / PyTorch"], memories)
    if "bf16" not in options.precisions:
        text += ("\nbf16 was not measured: this processor has no bfloat16 arithmetic "
                 "(`--precisions float32,bf16` measures its emulation).\n")
    measure.publish(text, options.output)


def main():
    options = arguments()
    measure.need(options.program, options.benchmark, options.torch_python, options.keras_python)
    began, speeds, memories = measure.load(), [], []
    with tempfile.TemporaryDirectory() as name:
        for size, dropout, batch in itertools.product(options.sizes.split(","),
                                                      options.dropouts.split(","),
                                                      options.batches.split(",")):
            words = (*samples_of(options, Path(name), int(size)), size, batch, dropout)
            figures = measure_one(options, words)
            case = [f"{size}×{size}", batch, dropout]
            speeds += speed_rows(case, figures)
            memories += memory_rows(case, figures)
            print(f"done: {' '.join(case)}", file=sys.stderr, flush=True)
    report(options, began, speeds, memories)


if __name__ == "__main__":
    main()
