# SPDX-License-Identifier: Apache-2.0
"""The published network, its loss and its metrics in Keras 2.15, from which every reference of the
network is made."""

import os

os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")

import seeded
import tensorflow as tf
from tensorflow import keras
from tensorflow.keras import backend as K
from tensorflow.keras import layers as L

tf.config.threading.set_intra_op_parallelism_threads(2)

CONTRACTING = {1: 32, 2: 64, 3: 96, 4: 128, 5: 256}
EXPANDING = {6: 128, 7: 96, 8: 64, 9: 32}
# The one layer whose name breaks the pattern.
NAMES = {(3, 2): "conv_3_2"}


def dice_coef(y_true, y_pred):
    t, p = K.flatten(y_true), K.flatten(y_pred)
    return (2.0 * K.sum(t * p) + K.epsilon()) / (K.sum(t) + K.sum(p) + K.epsilon())


def jaccard_similarity(y_true, y_pred):
    t, p = K.flatten(y_true), K.flatten(y_pred)
    both = K.sum(t * p)
    return (both + K.epsilon()) / (K.sum(t) + K.sum(p) - both + K.epsilon())


def dice_coef_loss(y_true, y_pred):
    """One value per sample."""
    t, p = (tf.reshape(tf.cast(a, y_pred.dtype), [tf.shape(a)[0], -1]) for a in (y_true, y_pred))
    both = tf.reduce_sum(t * p, 1)
    sums = tf.reduce_sum(t, 1) + tf.reduce_sum(p, 1)
    return 1.0 - (2.0 * both + K.epsilon()) / (sums + K.epsilon())


def build(height, width, dropout=0.5, name="mouseSegUNET"):
    """The network of the msUNET publication, with random weights."""

    def convolution(x, filters, kernel, layer, activation="relu"):
        return L.Conv2D(
            filters,
            (kernel, kernel),
            padding="same",
            activation=activation,
            name=layer,
            kernel_initializer=keras.initializers.VarianceScaling(
                scale=2.0, mode="fan_in", distribution="truncated_normal"
            ),
            bias_initializer="zeros",
        )(x)

    def normalised(x, layer):
        return L.BatchNormalization(name=layer)(x)

    image = keras.Input((height, width, 1), name="input_1")
    x, skips = image, {}
    for block, filters in CONTRACTING.items():
        for number in (1, 2):
            layer = NAMES.get((block, number), f"conv{block}_{number}")
            x = normalised(convolution(x, filters, 3, layer), f"conv{block}_{number}_bn")
        if block < 5:
            skips[block] = x
            x = L.MaxPooling2D((2, 2), strides=(2, 2), name=f"pool{block}")(x)
    for block, filters in EXPANDING.items():
        up = L.UpSampling2D((2, 2), interpolation="nearest", name=f"up{block}_c")(x)
        up = normalised(convolution(up, filters, 2, f"up{block}"), f"up{block}_bn")
        x = L.Concatenate(axis=-1, name=f"merge{block}")([skips[10 - block], up])
        x = L.Dropout(dropout, name=f"drop{block}")(x)
        for number in (1, 2):
            layer = f"conv{block}_{number}"
            x = normalised(convolution(x, filters, 3, layer), f"{layer}_bn")
    x = convolution(x, 2, 3, "conv9_3")
    x = convolution(x, 1, 1, "score", "sigmoid")
    return keras.Model(image, x, name=name)


def named_shapes(model):
    return [(weight.name, tuple(weight.shape)) for layer in model.layers for weight in layer.weights]


def seeded_network(height, width, dropout=0.0):
    """The network with the weights of `seeded.weights`."""
    model = build(height, width, dropout)
    model.set_weights(seeded.weights(named_shapes(model)))
    return model
