# SPDX-License-Identifier: Apache-2.0
"""A disk in memory with a size of its own, which only root may mount."""

import contextlib
import subprocess
import sys
import tempfile


def mount(folder, *options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder],
                          capture_output=True, text=True, check=False)


@contextlib.contextmanager
def mounted(folder, *options):
    """A new disk as an empty folder that is made for it."""
    folder.mkdir()
    done = mount(folder, *options)
    if done.returncode != 0:
        raise OSError(done.stderr)
    try:
        yield folder
    finally:
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def why_not():
    """Why nothing can be mounted here; nothing if it can."""
    with tempfile.TemporaryDirectory() as folder:
        tried = mount(folder, "size=4k")
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
            return ""
        return tried.stderr.strip() or "mount failed"


def skip_unless_possible():
    """Ends the test with a visible skip where nothing can be mounted."""
    reason = why_not()
    if reason:
        print(f"SKIPPED: no small disk can be mounted here ({reason})")
        sys.exit(77)
