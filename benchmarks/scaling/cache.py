#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much faster a data set is read from the cache than prepared, the phase timed alone.

  cache.py PROGRAM SCANS [MSUNET'S OPTIONS...]

SCANS holds the folders data and masks, as `msunet phantom SCANS` makes them. Each row starts the
program twice in an empty folder, without and with what the first start has cached; both are ended
when the data set is there."""

import json
import os
import subprocess
import sys
import tempfile
import time
from pathlib import Path


def prepare(program, scans, folder, name, options):
    """The journal's figures of the data set of one start."""
    process = subprocess.Popen(
        [program, "-tpath", scans / "data", "-mpath", scans / "masks", "-path", "random",
         "--output_directory", folder, "--cache", folder / "cache", "-n", name, *options],
        stdout=subprocess.DEVNULL)
    journal = folder / name / "journal.jsonl"
    while not (journal.exists() and journal.stat().st_size > 0):
        if process.poll() is not None:
            sys.exit(f"{program} ended with {process.returncode}")
        time.sleep(0.05)
    process.kill()
    process.wait()
    return json.loads(journal.read_text().splitlines()[0])["data"]


def main():
    program, scans, options = sys.argv[1], Path(sys.argv[2]).resolve(), sys.argv[3:]
    print(f"load at the start: {os.getloadavg()[0]:.1f}")
    for augmentation in ("True", "False"):
        with tempfile.TemporaryDirectory() as name:
            words = ["--enable_augmentation", augmentation, *options]
            first = prepare(program, scans, Path(name), "first", words)
            second = prepare(program, scans, Path(name), "second", words)
        assert not first.get("from_cache") and second["from_cache"]
        assert first["hash"] == second["hash"]
        print(f"augmentation {augmentation}: {first['bytes'] / 1e6:.0f} MB of slices, prepared in "
              f"{first['prepare_seconds']:.2f} s, read in {second['prepare_seconds']:.3f} s, "
              f"{first['prepare_seconds'] / second['prepare_seconds']:.1f} times faster",
              flush=True)


if __name__ == "__main__":
    main()
