# SPDX-License-Identifier: Apache-2.0
"""The whole job as a user of Keras would write it: patches of all scans in memory, model.fit for
each permutation, metrics by modality, histories, summary and the best model in an archive.

  keras_job.py SCANS OUT OPTIONS      OPTIONS: JSON, see job.py"""

import csv
import json
import sys
import zipfile
from pathlib import Path

import keras
import keras_network
import numpy as np
import pipeline


def load(scans, options):
    """Patches, masks and modalities of the training pairs and of the validation pairs."""
    found = pipeline.pairs(scans)
    validation = int(len(found) * options["validation_split"])
    parts = []
    for part in (found[:len(found) - validation], found[len(found) - validation:]):
        x, y, kinds = [], [], []
        for data, mask in part:
            kind = pipeline.modality(mask)
            kept = pipeline.slices(*pipeline.read(data, mask), kind, width=options["width"])
            cut = pipeline.patches(*kept, options["fraction"], options["stride"])
            x += [patch[0] for patch in cut]
            y += [patch[1] for patch in cut]
            kinds += [kind] * len(cut)
        parts.append((np.concatenate(x)[..., None], np.concatenate(y)[..., None].astype("f4"),
                      np.array(kinds)))
    return parts


def dice(model, part, kind, batch):
    chosen = part[2] == kind
    if not chosen.any():
        return ""
    scores = model.evaluate(part[0][chosen], part[1][chosen], batch_size=batch, verbose=0)
    return scores[1]


def write_rows(file, header, rows):
    with open(file, "w", newline="") as out:
        csv.writer(out).writerows([header, *rows])


def train(number, lr, training, validation, options, out):
    """Trains one permutation and writes its files. Returns the model and its row of the summary."""
    batch = options["batch"]
    model = keras_network.compiled(*training[0].shape[1:3], options["dropout"], lr)
    history = model.fit(training[0], training[1], batch_size=batch, epochs=options["epochs"],
                        shuffle=True, validation_data=validation[:2], verbose=0).history
    write_rows(out / f"history_{number}.csv", ["", *history],
               [[epoch, *row] for epoch, row in enumerate(zip(*history.values()))])
    names = [(part, kind) for part in ("val", "train") for kind in pipeline.MODALITIES]
    parts = {"val": validation, "train": training}
    write_rows(out / f"modality_{number}.csv", ["", *(f"{kind}_{part}_dice" for part, kind in names)],
               [[options["epochs"] - 1, *(dice(model, parts[part], kind, batch)
                                          for part, kind in names)]])
    return model, {"round_epochs": options["epochs"],
                   **{name: values[-1] for name, values in history.items()}, "lr": lr}


def archive(model, rows, out):
    model.save_weights(out / "model.h5")
    (out / "model.json").write_text(model.to_json())
    write_rows(out / "results.csv", list(rows[0]), [row.values() for row in rows])
    with zipfile.ZipFile(out / "model_deploy.zip", "w") as file:
        for name in ("model.h5", "model.json", "results.csv"):
            file.write(out / name, name)


def main():
    scans, out, options = sys.argv[1], Path(sys.argv[2]), json.loads(sys.argv[3])
    keras_network.set_threads(options["threads"])
    out.mkdir()
    training, validation = load(scans, options)
    print(f"samples: {len(training[0])} {len(validation[0])}")
    rows, best, best_score = [], None, -1
    for number, lr in enumerate(options["lr"]):
        model, row = train(number, lr, training, validation, options, out)
        rows.append(row)
        if row["val_dice_coef"] > best_score:
            best, best_score = model, row["val_dice_coef"]
    archive(best, rows, out)
    best.save(out / "best_model.hdf5")


if __name__ == "__main__":
    main()
