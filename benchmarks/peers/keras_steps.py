# SPDX-License-Identifier: Apache-2.0
"""Keras's side of the training benchmark: model.fit on NumPy arrays with shuffling, halted between
batches; with PRECISION bf16 under the policy mixed_bfloat16. Same arguments and protocol as
step_benchmark.cpp."""

import sys
import time

import keras_network
import numpy as np
from keras import callbacks


class Halting(callbacks.Callback):
    """Makes fit train on the number of batches in a line of input, then prints the seconds."""

    def __init__(self):
        super().__init__()
        self.left = 0
        self.began = 0

    def on_train_batch_begin(self, batch, logs=None):
        if self.left == 0:
            line = sys.stdin.readline()
            if not line:
                sys.exit(0)
            self.left = int(line)
            self.began = time.perf_counter()

    def on_train_batch_end(self, batch, logs=None):
        self.left -= 1
        if self.left == 0:
            print(time.perf_counter() - self.began, flush=True)


def main():
    x_file, y_file, samples, size, batch, dropout, precision, threads = sys.argv[1:]
    size = int(size)
    keras_network.set_threads(int(threads))
    shape = (int(samples), size, size, 1)
    x = np.fromfile(x_file, "f4").reshape(shape)
    y = np.fromfile(y_file, "u1").reshape(shape).astype("f4")
    model = keras_network.compiled(size, size, float(dropout), bf16=precision == "bf16")
    assert sum(int(np.prod(w.shape)) for w in model.trainable_weights) == 2395173
    print("ready", flush=True)
    model.fit(x, y, batch_size=int(batch), epochs=1000000, shuffle=True, verbose=0,
              callbacks=[Halting()])


if __name__ == "__main__":
    main()
