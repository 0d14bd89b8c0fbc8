#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""How the time of preprocessing and of reading the cache grows with the number of scans."""

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
import measure  # noqa: E402


def main():
    parser = measure.parser(__doc__)
    parser.add_argument("--scans", default="5,10,20,40", help="numbers of scans")
    parser.add_argument("--spacing", type=float, default=0.06, help="mm, within slices")
    parser.add_argument("--ranks", type=int, default=2)
    options = parser.parse_args()
    if options.quick:
        options.scans, options.spacing = "2,4", 0.25
    measure.need(options.program)
    began, rows, env = measure.load(), [], measure.environment(1)
    numbers = [int(word) for word in options.scans.split(",")]
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        source, kind = measure.scans(options.program, folder, animals=-(-max(numbers) // 4))
        for number in numbers:
            scans = folder / f"scans{number}"
            measure.link_scans(source, scans, range(number))
            words = ["-hspace", options.spacing, "--enable_augmentation", "False", "--cache",
                     folder / f"cache{number}", "--threads", 1, "-fs", 1]
            made, read = (measure.prepare(options.program, scans, folder, f"{which}{number}", words,
                                          env, options.ranks) for which in ("made", "read"))
            assert read["from_cache"] and read["hash"] == made["hash"]
            rows.append([number, made["slices"], f"{made['bytes'] / 1e6:.0f}",
                         f"{made['prepare_seconds']:.2f}",
                         f"{made['bytes'] / 1e6 / made['prepare_seconds']:.0f}",
                         f"{read['prepare_seconds']:.3f}"])
    text = measure.heading("Size of the data set", began,
                           f"{kind.capitalize()}, resampled to {options.spacing} mm without "
                           f"augmentation, {options.ranks} ranks with one thread, measured once.")
    text += measure.table(
        ["scans", "slices", "MB", "preprocessed s", "MB/s", "read from the cache s"], rows)
    measure.publish(text, options.output)


if __name__ == "__main__":
    main()
