# SPDX-License-Identifier: Apache-2.0
"""Forward passes, losses, gradients and training steps of Keras."""

import os

import network  # before TensorFlow computes anything
import numpy as np
import seeded
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K

STEPS = 12
BATCH = 8
SIDE = 48  # pixels of the patches that are trained on
GRADIENTS = [
    "conv1_1/kernel:0",
    "conv5_1/bias:0",
    "up9/kernel:0",
    "conv9_1_bn/gamma:0",
    "score/kernel:0",
    "score/bias:0",
]


def patches(count, side, first):
    """Noisy bright ellipses and their masks: x (N,side,side,1) in steps of 1/255, y of 0 and 1. The
    last fifth of the columns is 0, as where a patch is padded."""
    draw = seeded.uniform(first, count * (4 + side * side), seed=7).reshape(count, -1)
    rows, columns = np.mgrid[:side, :side] / side
    x, y = (np.zeros((count, side, side, 1)) for _ in range(2))
    for n, values in enumerate(draw):
        centre = 0.3 + 0.4 * values[:2]
        radii = 0.1 + 0.25 * values[2:4]
        inside = ((rows - centre[0]) / radii[0]) ** 2 + ((columns - centre[1]) / radii[1]) ** 2 < 1
        noise = values[4:].reshape(side, side)
        x[n, ..., 0] = np.round(255 * (0.55 * inside + 0.4 * noise)) / 255
        y[n, ..., 0] = inside
    edge = side - side // 5
    x[:, :, edge:] = 0
    y[:, :, edge:] = 0
    return x.astype("f4"), y.astype("u1")


def mean_loss(model, x, y, training):
    return tf.reduce_mean(network.dice_coef_loss(y, model(x, training=training)))


def precise(kind, *arrays):
    return [tf.constant(array.astype(kind)) for array in arrays]


def forward():
    x, y = patches(4, 64, 0)
    truth = np.roll(y, 1, 0)  # masks that the predictions do not fit
    model = network.seeded_network(64, 64)
    bottleneck = keras.Model(model.input, model.get_layer("conv5_2_bn").output)
    inference = model(x, training=False).numpy()
    loss = network.dice_coef_loss(tf.constant(truth, tf.float32), inference).numpy()
    values = {
        "x": x,
        "y": truth,
        "inference": inference,
        # The first sample and eight channels.
        "bottleneck": bottleneck(x, training=False).numpy()[0, ..., :8],
        "loss_by_sample": loss,
        "loss": loss.mean(),
        "loss_weighted_1_3_1_2": (loss * [1, 3, 1, 2]).mean(),
    }
    for metric in (network.dice_coef, network.jaccard_similarity):
        values[metric.__name__] = metric(truth.astype("f4"), inference).numpy()
    K.set_floatx("float64")
    model = network.seeded_network(64, 64)
    (precise_x,) = precise("f8", x)
    values["inference_float64"] = model(precise_x, training=False).numpy()
    values["training_float64"] = model(precise_x, training=True).numpy()
    K.set_floatx("float32")
    return values


def norms(gradients):
    return np.array([np.sqrt(np.sum(np.square(g.numpy().astype("f8")))) for g in gradients])


def gradients(model, kind, x, y, training):
    x, y = precise(kind, x, y)
    with tf.GradientTape() as tape:
        loss = mean_loss(model, x, y, training)
    return loss.numpy(), tape.gradient(loss, model.trainable_weights)


def gradient():
    x, y = patches(4, 32, 100_000)
    values = {"x": x, "y": y}
    for kind in ("float32", "float64"):
        K.set_floatx(kind)
        for mode in ("inference", "training"):
            model = network.seeded_network(32, 32)
            loss, all_gradients = gradients(model, kind, x, y, mode == "training")
            values[f"{mode}_{kind}_loss"] = loss
            values[f"{mode}_{kind}_norms"] = norms(all_gradients)
            values["names"] = np.array([weight.name for weight in model.trainable_weights])
    K.set_floatx("float32")
    return values


def head_frozen(side):
    model = network.seeded_network(side, side)
    model.get_layer("conv9_3").trainable = False
    return model


def losses(model, optimizer, x, y, steps):
    """Step s takes patches [BATCH (s mod 3), + BATCH); the loss is that before the step."""
    model.compile(loss=network.dice_coef_loss, optimizer=optimizer)
    return np.array(
        [
            model.train_on_batch(x[first : first + BATCH], y[first : first + BATCH])
            for first in (BATCH * (step % 3) for step in range(steps))
        ]
    )


def trajectory():
    x, y = patches(3 * BATCH, SIDE, 200_000)
    adam = keras.optimizers.Adam
    values = {
        "x": x,
        "y": y,
        "adam_frozen": losses(head_frozen(SIDE), adam(1e-3), x, y, STEPS),
        "adam_all": losses(network.seeded_network(SIDE, SIDE), adam(1e-3), x, y, STEPS),
    }
    K.set_floatx("float64")
    model = head_frozen(SIDE)
    _, all_gradients = gradients(model, "float64", x[:BATCH], y[:BATCH], True)
    names = [weight.name for weight in model.trainable_weights]
    values["names"] = np.array(names)
    values["norms"] = norms(all_gradients)
    for name in GRADIENTS:
        values[f"gradient {name}"] = all_gradients[names.index(name)].numpy()
    precise_x, precise_y = x.astype("f8"), y.astype("f8")
    values["adam_float64"] = losses(head_frozen(SIDE), adam(1e-3), precise_x, precise_y, 5)
    sgd = keras.optimizers.SGD(0.1)
    values["sgd_float64"] = losses(head_frozen(SIDE), sgd, precise_x, precise_y, 5)
    K.set_floatx("float32")
    return values


def make(part, folder):
    """The file of "forward", "gradient" or "trajectory"."""
    os.makedirs(folder, exist_ok=True)
    values = {"forward": forward, "gradient": gradient, "trajectory": trajectory}[part]()
    np.savez_compressed(os.path.join(folder, part + ".npz"), **values)
