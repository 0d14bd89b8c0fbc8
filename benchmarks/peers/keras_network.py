# SPDX-License-Identifier: Apache-2.0
"""The network, its loss and its metrics in Keras, as in msUNET-RAM."""

import keras
import tensorflow as tf
from keras import layers

CONTRACTING = (32, 64, 96, 128, 256)
EXPANDING = (128, 96, 64, 32)


def set_threads(threads):
    tf.config.threading.set_intra_op_parallelism_threads(threads)
    tf.config.threading.set_inter_op_parallelism_threads(threads)


def dice_coef(truth, prediction):
    epsilon = keras.backend.epsilon()
    overlap = tf.reduce_sum(truth * prediction)
    return (2 * overlap + epsilon) / (tf.reduce_sum(truth) + tf.reduce_sum(prediction) + epsilon)


def jaccard_similarity(truth, prediction):
    epsilon = keras.backend.epsilon()
    overlap = tf.reduce_sum(truth * prediction)
    total = tf.reduce_sum(truth) + tf.reduce_sum(prediction)
    return (overlap + epsilon) / (total - overlap + epsilon)


def dice_coef_loss(truth, prediction):
    """One value per sample."""
    epsilon, axes = keras.backend.epsilon(), (1, 2, 3)
    overlap = tf.reduce_sum(truth * prediction, axes)
    total = tf.reduce_sum(truth, axes) + tf.reduce_sum(prediction, axes)
    return 1 - (2 * overlap + epsilon) / (total + epsilon)


def build(height, width, dropout):
    def convolution(x, filters, size=3, activation="relu"):
        draw = keras.initializers.VarianceScaling(scale=2.0)
        return layers.Conv2D(filters, size, padding="same", activation=activation,
                             kernel_initializer=draw)(x)

    def stage(x, filters, size=3):
        return layers.BatchNormalization()(convolution(x, filters, size))

    image = x = keras.Input((height, width, 1))
    skips = []
    for filters in CONTRACTING:
        x = stage(stage(x, filters), filters)
        if filters != CONTRACTING[-1]:
            skips.append(x)
            x = layers.MaxPooling2D()(x)
    for filters in EXPANDING:
        x = stage(layers.UpSampling2D()(x), filters, 2)
        x = layers.Dropout(dropout)(layers.Concatenate()([skips.pop(), x]))
        x = stage(stage(x, filters), filters)
    return keras.Model(image, convolution(convolution(x, 2), 1, 1, "sigmoid"))


def compiled(height, width, dropout, lr=1e-3):
    model = build(height, width, dropout)
    model.compile(optimizer=keras.optimizers.Adam(lr), loss=dice_coef_loss,
                  metrics=[dice_coef, jaccard_similarity])
    return model
