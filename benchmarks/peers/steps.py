# SPDX-License-Identifier: Apache-2.0
"""What the sides of PyTorch and JAX in the training benchmark share; no package is needed."""

import sys
import time


def sizes_of_batches(samples, batch):
    """The sizes of an epoch's batches, each once."""
    return {min(batch, samples), samples % batch} - {0}


def serve(step):
    """The protocol of step_benchmark.cpp: for each line with a number of steps their seconds."""
    print("ready", flush=True)
    for line in sys.stdin:
        began = time.perf_counter()
        for _ in range(int(line)):
            step()
        print(time.perf_counter() - began, flush=True)
