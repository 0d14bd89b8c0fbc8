# SPDX-License-Identifier: Apache-2.0
"""Trains a model for each fold with Keras, on the pairs that it is given.

  keras_folds.py TASK      TASK: a JSON file, see with_keras.py"""

import json
import sys
from pathlib import Path

import keras
import numpy as np

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "peers"))
import keras_network  # noqa: E402
import pipeline  # noqa: E402


def patches(pair, width):
    """Slices of a pair and their masks, padded at the bottom and on the right."""
    data, mask = map(Path, pair)
    kept = pipeline.slices(*pipeline.read(data, mask), pipeline.modality(mask), width=width)
    return [[array[0] for array in patch] for patch in pipeline.patches(*kept, 1, 1)]


def padded(images, shape, dtype):
    """The images (height x width) as one array (images x height x width x 1)."""
    return np.stack([np.pad(image, [(0, n - m) for n, m in zip(shape, image.shape)])
                     for image in images])[..., None].astype(dtype)


def train(samples, shape, task):
    x = padded([image for image, _ in samples], shape, "f4")
    y = padded([mask for _, mask in samples], shape, "f4")
    steps = task["epochs"] * -(-len(x) // task["batch"])
    rate = keras.optimizers.schedules.CosineDecay(task["lr"], steps)
    model = keras_network.compiled(*shape, task["dropout"], rate)
    model.fit(x, y, batch_size=task["batch"], epochs=task["epochs"], shuffle=True, verbose=0)
    return model


def main():
    task = json.loads(Path(sys.argv[1]).read_text())
    keras_network.set_threads(task["threads"])
    made = [patches(pair, task["width"]) for pair in task["pairs"]]
    shape = [max(image.shape[axis] for each in made for image, _ in each) for axis in (0, 1)]
    for file, chosen in task["models"].items():
        if not Path(file).exists():
            keras.utils.set_random_seed(task["seed"])
            model = train([sample for i in chosen for sample in made[i]], shape, task)
            model.save(f"{file}.partial", save_format="h5")
            Path(f"{file}.partial").rename(file)


if __name__ == "__main__":
    main()
