# SPDX-License-Identifier: Apache-2.0
"""Memory of a run: the slices once per node, and no more after a hundred trials than after ten."""

import json
import os
import re
import statistics
import time
import unittest
from pathlib import Path

import program

MEGABYTE = 1 << 20


def processes_of(folder):
    """The processes of the program with this working directory."""
    found = []
    for entry in Path("/proc").iterdir():
        if not entry.name.isdigit():
            continue
        try:
            if (entry / "cwd").resolve() == folder.resolve() and (
                    os.readlink(entry / "exe") == os.path.realpath(program.PROGRAM)):
                found.append(int(entry.name))
        except OSError:
            continue
    return found


def proportional(pid):
    """Bytes of a process by kind (anon, file, shmem); a page that n processes share counts 1/n."""
    text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    return {kind.lower(): int(kilobytes) * 1024
            for kind, kilobytes in re.findall(r"^Pss_(\w+): +(\d+) kB", text, re.MULTILINE)}


class MemoryTest(program.ProgramTest):
    def events(self):
        file = self.here / "out" / "x" / "journal.jsonl"
        if not file.exists():
            return []
        return [json.loads(line) for line in file.read_text().splitlines(True)
                if line.endswith("\n")]

    def wait_for(self, process, condition, seconds=240):
        deadline = time.monotonic() + seconds
        while not condition():
            self.assertIsNone(process.poll(), self.log())
            self.assertLess(time.monotonic(), deadline, self.log())
            time.sleep(0.02)

    def memory_of(self, size, ranks):
        """Bytes of the slices, and of each rank while it trains patches of one size."""
        grid = ("{'epochs': 100000, 'batch_size': 2, 'patch_dimensions': 32, 'patch_stride': 512,"
                f" 'dropout': {[round(0.05 * n, 2) for n in range(ranks)]}}}")
        process = self.start_training("-ts", size, "-ufp", "False", "--enable_augmentation",
                                      "False", "--cache", "none", "-talos", grid, ranks=ranks)
        self.wait_for(process, lambda: len({event["trial"] for event in self.events()
                                            if event["event"] == "epoch"}) == ranks)
        pids = processes_of(self.here)
        self.assertEqual(len(pids), ranks, self.log())
        memory = [proportional(pid) for pid in pids]
        self.end(process)
        data = self.events()[0]["data"]["bytes"]
        (self.here / "out" / "x").rename(self.here / f"ended_{size}_{ranks}")
        return data, memory

    def test_slices_are_stored_once_per_node(self):
        # 32 slices per scan; enlarged to 512 pixels they are most of the memory of a rank.
        self.scans(size=(16, 16, 32))
        ranks = 4
        few, small = self.memory_of(64, ranks)
        many, large = self.memory_of(512, ranks)
        added = many - few
        self.assertGreater(added, 100 * MEGABYTE)
        shared = [sum(rank["shmem"] for rank in memory) for memory in (small, large)]
        self.assertAlmostEqual(shared[1] - shared[0], added, delta=0.02 * added)
        for kind in ("anon", "file"):
            private = [statistics.mean(rank[kind] for rank in memory)
                       for memory in (small, large)]
            # One or two scans of preprocessing may remain in the heap.
            self.assertLess(private[1] - private[0], 0.15 * added, f"{kind}: {private}")

    def in_use_after(self, trial):
        """Megabytes of the process after a trial has freed its memory."""
        log = (self.here / "out" / "x" / "trials" / str(trial) / "log.txt").read_text()
        return float(re.search(r"memory released, ([0-9.]+) MB in use", log)[1])

    def test_a_hundred_trials_need_no_more_than_ten(self):
        self.scans()
        grid = f"{{'epochs': 1, 'batch_size': 16, 'dropout': {[n / 128 for n in range(100)]}}}"
        result = self.train("--cache", "none", "--enable_augmentation", "False", "-talos", grid)
        self.assert_code(result, 0)
        after = [self.in_use_after(trial) for trial in range(100)]
        print(f"resident: {after[9]} MB after 10, {after[99]} MB after 100")
        self.assertLess(after[99], 1.02 * after[9], after)


if __name__ == "__main__":
    program.main()
