# SPDX-License-Identifier: Apache-2.0
"""A disk of a given size in memory, which only root can mount."""

import contextlib
import subprocess
import sys
import tempfile


def mount(folder, *options):
    return subprocess.run(["mount", "-t", "tmpfs", "-o", ",".join(options), "tmpfs", folder],
                          capture_output=True, text=True, check=False)


@contextlib.contextmanager
def mounted(folder, *options):
    """Makes a folder and mounts a new disk there."""
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
    """The reason why nothing can be mounted here, or an empty text."""
    with tempfile.TemporaryDirectory() as folder:
        tried = mount(folder, "size=4k")
        if tried.returncode == 0:
            subprocess.run(["umount", folder], check=True)
            return ""
        return tried.stderr.strip() or "mount failed"


def skip_unless_possible():
    """Skips the test visibly if nothing can be mounted."""
    reason = why_not()
    if reason:
        print(f"SKIPPED: no small disk can be mounted here ({reason})")
        sys.exit(77)
