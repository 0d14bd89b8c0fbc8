# SPDX-License-Identifier: Apache-2.0
"""Keras's side of epoch.py: prints the seconds of each epoch of a training as JSON.

  keras_epochs.py SCANS OPTIONS      OPTIONS: JSON, see epoch.py"""

import json
import sys
import time

import keras
import keras_job
import keras_network


class Clock(keras.callbacks.Callback):
    """Times epochs with their validation."""

    def __init__(self):
        super().__init__()
        self.moments = []

    def on_train_begin(self, logs=None):
        self.moments.append(time.monotonic())

    def on_epoch_end(self, epoch, logs=None):
        self.moments.append(time.monotonic())

    def seconds(self):
        return [end - begin for begin, end in zip(self.moments, self.moments[1:])]


def main():
    scans, options = sys.argv[1], json.loads(sys.argv[2])
    keras_network.set_threads(options["threads"])
    training, validation = keras_job.load(scans, options)
    model = keras_network.compiled(*training[0].shape[1:3], options["dropout"])
    clock = Clock()
    model.fit(training[0], training[1], batch_size=options["batch"], epochs=options["epochs"],
              shuffle=True, validation_data=validation[:2], verbose=0, callbacks=[clock])
    print(json.dumps({"seconds": clock.seconds(),
                      "samples": [len(training[0]), len(validation[0])]}))


if __name__ == "__main__":
    main()
