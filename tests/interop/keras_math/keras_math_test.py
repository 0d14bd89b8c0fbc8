# SPDX-License-Identifier: Apache-2.0
"""Our losses, activations, optimisers, schedules and PCA against Keras and scikit-learn.
usage: keras_math_test.py MATH_TOOL"""
import os
import subprocess
import sys
import tempfile
import unittest

import numpy as np
import tensorflow as tf
from sklearn.decomposition import PCA
from tensorflow import keras

TOOL = sys.argv[1]
tf.get_logger().setLevel('ERROR')
LOSSES = ('binary_crossentropy', 'mean_squared_error', 'mean_absolute_error',
          'mean_squared_logarithmic_error', 'mean_absolute_percentage_error', 'hinge',
          'squared_hinge', 'huber', 'log_cosh', 'poisson', 'kl_divergence', 'cosine_similarity',
          'binary_focal_crossentropy')
ACTIVATIONS = ('linear', 'sigmoid', 'hard_sigmoid', 'tanh', 'relu', 'softplus', 'softsign', 'elu',
               'selu', 'gelu', 'swish', 'mish', 'exponential', 'softmax')
OPTIMIZERS = ('SGD', 'RMSprop', 'Adam', 'AdamW', 'Adadelta', 'Adafactor', 'Adagrad', 'Adamax',
              'Nadam', 'Ftrl', 'Lion')
ALIASES = {'bce': 'binary_crossentropy', 'mse': 'mean_squared_error', 'mae': 'mean_absolute_error',
           'mape': 'mean_absolute_percentage_error', 'msle': 'mean_squared_logarithmic_error',
           'kld': 'kl_divergence', 'logcosh': 'log_cosh', 'silu': 'swish'}


def ours(*arguments, **arrays):
    """The output of math_tool for the arrays."""
    with tempfile.TemporaryDirectory() as folder:
        source, target = os.path.join(folder, 'in.npz'), os.path.join(folder, 'out.npz')
        np.savez(source, **arrays)
        subprocess.run([TOOL, *map(str, arguments), source, target], check=True)
        with np.load(target) as made:
            return {name: made[name] for name in made.files}


def dice_coef_loss(t, p):
    """docs/behaviour.md, section 5: one value per sample."""
    t, p = (tf.reshape(a, [tf.shape(a)[0], -1]) for a in (t, p))
    e = keras.backend.epsilon()
    return 1 - (2 * tf.reduce_sum(t * p, 1) + e) / (tf.reduce_sum(t, 1) + tf.reduce_sum(p, 1) + e)


def theirs(loss, activation, x, t, w):
    """Predictions, loss by sample and gradient, in a graph as in a compiled model."""
    by_pixel = dice_coef_loss if loss == 'dice_coef_loss' else getattr(keras.losses, loss)
    act = keras.activations.get(activation)

    @tf.function
    def compute(x):
        with tf.GradientTape() as tape:
            tape.watch(x)
            p = act(x)
            losses = by_pixel(t[..., None], p)
            if losses.shape.rank > 1:
                losses = tf.reduce_mean(losses, [1, 2])
            total = tf.reduce_sum(w * losses) / x.shape[0]
        return p, losses, tape.gradient(total, x)
    p, losses, gradient = compute(tf.constant(x[..., None]))
    gradient = np.zeros_like(x) if gradient is None else gradient.numpy()[..., 0]
    return p.numpy()[..., 0], losses.numpy(), gradient


class Objectives(unittest.TestCase):
    def close(self, got, expected, what):
        # NaN (the logarithm of a negative prediction) must be NaN in both.
        np.testing.assert_array_equal(np.isnan(got), np.isnan(expected), err_msg=what)
        finite = np.isfinite(expected)
        scale = max(np.abs(expected[finite]).max(initial=0), 1e-12)
        self.assertLessEqual(np.abs(got[finite] - expected[finite]).max(initial=0), 1e-5 * scale,
                             what)

    def check(self, losses, activations):
        random = np.random.RandomState(3)
        x = random.normal(0, 1.5, (3, 8, 6))
        t = (random.rand(3, 8, 6) > 0.5).astype('f8')
        w = np.array([1., 3., .5])
        for activation in activations:
            for loss in losses:
                if (loss, activation) == ('binary_crossentropy', 'softmax'):
                    continue  # Keras uses softmax's logits as if they were sigmoid's; ours is 1 everywhere
                with self.subTest(loss=loss, activation=activation):
                    p, l, g = theirs(ALIASES.get(loss, loss), ALIASES.get(activation, activation),
                                     x, t, w)
                    o = ours('objective', loss, activation, 'float64', x=x, t=t, w=w)
                    self.close(o['predictions'], p, 'predictions')
                    self.close(o['losses'], l, 'losses')
                    self.close(o['gradient'], g, 'gradient')

    def test_every_loss_on_sigmoid(self):
        self.check(('dice_coef_loss',) + LOSSES, ('sigmoid',))

    def test_every_activation(self):
        self.check(('dice_coef_loss', 'mean_squared_error', 'binary_crossentropy'), ACTIVATIONS)

    def test_losses_on_unbounded_predictions(self):
        self.check(('binary_focal_crossentropy', 'kl_divergence', 'hinge', 'huber',
                    'mean_squared_logarithmic_error', 'poisson'), ('linear', 'relu', 'tanh'))

    def test_aliases(self):
        self.check(('bce', 'mse', 'mae', 'mape', 'msle', 'kld', 'logcosh'), ('silu',))

    def test_float32(self):
        random = np.random.RandomState(4)
        x = random.normal(0, 1.5, (2, 8, 8)).astype('f4')
        t = (random.rand(2, 8, 8) > 0.5).astype('f4')
        w = np.ones(2, 'f4')
        for loss in ('dice_coef_loss', 'binary_crossentropy', 'binary_focal_crossentropy'):
            p, l, g = theirs(loss, 'sigmoid', x, t, w)
            o = ours('objective', loss, 'sigmoid', 'float32', x=x, t=t, w=w)
            self.close(o['losses'], l, loss)
            self.close(o['gradient'], g, loss)


class Optimizers(unittest.TestCase):
    """5 steps on the weights of a small model: kernels, a matrix-like kernel and biases."""
    SHAPES = ((3, 3, 2, 4), (4,), (1, 1, 4, 1), (1,))

    def steps(self, name, dtype, lr):
        random = np.random.RandomState(5)
        w = [random.normal(0, .3, s).astype(dtype) for s in self.SHAPES]
        g = [[random.normal(0, .1 * (1 + i), s).astype(dtype) for s in self.SHAPES]
             for i in range(5)]
        keras.backend.set_floatx(dtype)
        try:
            optimizer = getattr(keras.optimizers, name)(learning_rate=lr)
            variables = [tf.Variable(x) for x in w]
            optimizer.build(variables)
            for gradients in g:
                optimizer.apply_gradients(zip(map(tf.constant, gradients), variables))
        finally:
            keras.backend.set_floatx('float32')
        arrays = {f'w{i}': x for i, x in enumerate(w)}
        arrays.update({f'g{s}_{i}': x for s, part in enumerate(g) for i, x in enumerate(part)})
        made = ours('optimizer', name, repr(lr), dtype, **arrays)
        return w, [v.numpy() for v in variables], [made[f'w{i}'] for i in range(len(w))]

    def test_weights_after_five_steps(self):
        for name in OPTIMIZERS:
            for dtype in ('float32', 'float64'):
                for lr in (1e-3, 0.05):
                    with self.subTest(optimizer=name, dtype=dtype, lr=lr):
                        start, expected, got = self.steps(name, dtype, lr)
                        for s, e, o in zip(start, expected, got):
                            self.assertLessEqual(np.abs(o - e).max(), 1e-5 * np.abs(e).max())
                            # The change itself, if the type can represent it.
                            tolerance = 1e-6 if dtype == 'float64' else 1e-3
                            self.assertLessEqual(np.abs(o - e).max(),
                                                 tolerance * np.abs(e - s).max())
                            self.assertGreater(np.abs(e - s).max(), 0)


class Schedules(unittest.TestCase):
    LR = 0.02
    STEPS = 4

    def sequences(self):
        random = np.random.RandomState(6)
        for _ in range(10):
            epochs = random.randint(12, 40)
            fall = np.minimum.accumulate(random.rand(epochs))
            yield np.where(random.rand(epochs) < .3, random.rand(epochs), fall), random.rand(epochs)

    def test_cosine_is_keras_cosine_decay(self):
        for loss, metric in self.sequences():
            o = ours('callbacks', 'cosine', len(loss), loss=loss, metric=metric, lr=[self.LR])
            decay = keras.optimizers.schedules.CosineDecay(self.LR, len(loss) * self.STEPS)
            expected = [float(decay(s)) for s in range(len(o['rates']))]
            np.testing.assert_allclose(o['rates'], expected, atol=1e-7 * self.LR, rtol=1e-5)

    def test_plateau_is_keras_reduce_lr_on_plateau(self):
        for loss, metric in self.sequences():
            o = ours('callbacks', 'plateau', 10 ** 6, loss=loss, metric=metric, lr=[self.LR])
            model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
            model.compile(keras.optimizers.SGD(self.LR), 'mse')
            callback = keras.callbacks.ReduceLROnPlateau(monitor='val_loss')
            callback.set_model(model)
            callback.on_train_begin()
            expected = []
            for epoch, value in enumerate(loss):
                expected += [float(model.optimizer.learning_rate.numpy())] * self.STEPS
                callback.on_epoch_end(epoch, {'val_loss': value})
            np.testing.assert_allclose(o['rates'], expected, rtol=1e-6)

    def test_early_stopping_is_keras_early_stopping(self):
        for patience in (1, 3, 6):
            for loss, metric in self.sequences():
                o = ours('callbacks', 'constant', patience, loss=loss, metric=metric, lr=[self.LR])
                model = keras.Sequential([keras.layers.Dense(1, input_shape=(1,))])
                callback = keras.callbacks.EarlyStopping('dice', patience=patience, mode='max')
                callback.set_model(model)
                callback.on_train_begin()
                epochs = 0
                for epoch, value in enumerate(metric):
                    callback.on_epoch_end(epoch, {'dice': value})
                    epochs += 1
                    if model.stop_training:
                        break
                self.assertEqual(len(o['improved']), epochs)
                self.assertEqual(np.flatnonzero(o['improved'])[-1], callback.best_epoch)


class Components(unittest.TestCase):
    def test_equals_scikit_learn(self):
        random = np.random.RandomState(7)
        for samples, width in ((40, 300), (400, 90), (320, 1000)):
            x = (random.normal(size=(samples, 20)) @ random.normal(size=(20, width)) + 3
                 + .1 * random.normal(size=(samples, width))).astype('f4')
            n = min(300, samples - 1, width)
            expected = np.cumsum(
                PCA(n, svd_solver='full').fit(x.astype('f8')).explained_variance_ratio_)
            np.testing.assert_allclose(ours('pca', x=x)['cumulative'], expected, atol=1e-6)


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
