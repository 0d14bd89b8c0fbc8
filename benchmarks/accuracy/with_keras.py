# SPDX-License-Identifier: Apache-2.0
"""The folds of folds.py through Keras: the same pairs and the same augmented copies on disk,
preprocessed with SimpleITK, the same options of training. Keras's models are read by `msunet
predict`, so that all masks are made in the same way."""

import json
import re
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402


def copies(benchmark, scans):
    """The augmented copies of the offline scheme: data and mask, by the name of their scan."""
    folder = benchmark.folder / "copies"
    if not (benchmark.folder / "copies_made" / "journal.jsonl").exists():
        measure.prepare(benchmark.options.program, scans, benchmark.folder, "copies_made",
                        [*benchmark.preprocessing(), "--folds", benchmark.options.folds,
                         "--seed", benchmark.options.seed, "--cache", "none",
                         "--write_augmented", folder], benchmark.env)
    found = {}
    for data, mask in zip(*(sorted((folder / kind).iterdir()) for kind in ("data", "masks"))):
        found.setdefault(re.sub(r"_augmented\d+", "", data.name), []).append((data, mask))
    return found


def training_pairs(scans, pairs, copied):
    """Scans and copies as (data, mask), and the fold of each."""
    found, folds = [], []
    for pair in pairs:
        own = (scans / "data" / pair["data"], scans / "masks" / pair["mask"])
        each = [own, *copied.pop(pair["data"], [])]
        found += each
        folds += pair["folds"] * len(each)
    assert not copied, f"copies of no scan: {sorted(copied)}"
    return found, folds


def train(benchmark, scans, pairs):
    """Trains a model for each fold. Returns their files and the wall seconds, None if all were
    there."""
    o, folder = benchmark.options, benchmark.folder / "keras"
    files = [folder / f"fold{fold + 1}.hdf5" for fold in range(o.folds)]
    if all(file.exists() for file in files):
        return files, None
    folder.mkdir(exist_ok=True)
    found, folds = training_pairs(scans, pairs, copies(benchmark, scans))
    task = {"pairs": [list(map(str, pair)) for pair in found], "seed": o.seed, "lr": o.lr,
            "models": {str(file): [i for i, own in enumerate(folds) if own != fold]
                       for fold, file in enumerate(files)},
            "width": o.width, "epochs": o.epochs, "batch": o.batch, "dropout": o.dropout,
            "threads": o.threads}
    (benchmark.folder / "task.json").write_text(json.dumps(task))
    script = Path(__file__).with_name("keras_folds.py")
    seconds, _ = measure.run([o.keras_python, script, benchmark.folder / "task.json"],
                             benchmark.folder, benchmark.env)
    return files, seconds
