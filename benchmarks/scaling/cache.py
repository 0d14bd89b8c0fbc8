#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How much faster a data set is read from the cache than preprocessed; only this phase is timed.

  cache.py PROGRAM SCANS [MSUNET'S OPTIONS...]

SCANS holds the folders data and masks, as `msunet phantom SCANS` makes them. For each row
the program is started twice in an empty folder: the first start writes the cache, the second reads
it. Both are stopped when the data set is complete."""

import os
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402


def main():
    program, scans, options = Path(sys.argv[1]).resolve(), Path(sys.argv[2]).resolve(), sys.argv[3:]
    print(f"load at the start: {os.getloadavg()[0]:.1f}")
    for augmentation in ("True", "False"):
        with tempfile.TemporaryDirectory() as name:
            words = ["--enable_augmentation", augmentation, "--cache", "cache", *options]
            first, second = (measure.prepare(program, scans, Path(name), which, words, os.environ)
                             for which in ("first", "second"))
        assert not first.get("from_cache") and second["from_cache"]
        assert first["hash"] == second["hash"]
        print(f"augmentation {augmentation}: {first['bytes'] / 1e6:.0f} MB of slices, "
              f"preprocessed in {first['prepare_seconds']:.2f} s, "
              f"read in {second['prepare_seconds']:.3f} s, "
              f"{first['prepare_seconds'] / second['prepare_seconds']:.1f} times faster",
              flush=True)


if __name__ == "__main__":
    main()
