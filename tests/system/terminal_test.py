# SPDX-License-Identifier: Apache-2.0
"""What a terminal shows while a sweep runs and after its end."""

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import termios
import unittest

import program
from program import FAST, ProgramTest, command, environment

SWEEP = ("-tpath", "data", "-mpath", "masks", *FAST, "-talos",
         "{'lr': [0.001, 0.0001], 'epochs': 3, 'batch_size': 16}",
         "--enable_augmentation", "False", "--ranks_per_trial", "1")
COLUMNS = 80


class Screen:
    """The lines of a terminal; knows the control sequences that the program uses."""

    def __init__(self):
        self.lines = [""]
        self.row = self.column = 0

    def feed(self, text):
        for part in re.findall(r"\x1b\[\d*[A-Za-z]|[^\x1b]", text):
            if part == "\n":
                self.row += 1
                if self.row == len(self.lines):
                    self.lines.append("")
            elif part == "\r":
                self.column = 0
            elif part.endswith("A") and part.startswith("\x1b"):
                self.row -= int(part[2:-1])
                assert self.row >= 0
            elif part == "\x1b[K":
                self.lines[self.row] = self.lines[self.row][:self.column]
            elif part == "\x1b[J":
                self.lines[self.row] = self.lines[self.row][:self.column]
                del self.lines[self.row + 1:]
            elif not part.startswith("\x1b"):
                line = self.lines[self.row].ljust(self.column)
                self.lines[self.row] = line[:self.column] + part + line[self.column + 1:]
                self.column += 1


def own_terminal():
    """As a shell does: the process ends with its terminal, unless it asks not to."""
    os.setsid()
    fcntl.ioctl(1, termios.TIOCSCTTY, 0)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)


def start_on_a_terminal(cwd, *arguments, ranks=None):
    """Returns the process and our end of its terminal."""
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, COLUMNS, 0, 0))
    # The size comes from the terminal, not from the environment of the tests.
    variables = {name: value for name, value in environment(TERM="xterm").items()
                 if name != "COLUMNS"}
    process = subprocess.Popen(command(*arguments, ranks=ranks), cwd=cwd, env=variables,
                               stdin=subprocess.DEVNULL, stdout=theirs, stderr=subprocess.DEVNULL,
                               preexec_fn=own_terminal)
    os.close(theirs)
    return process, ours


def on_a_terminal(cwd, ranks):
    """Runs the sweep on a terminal. Returns its exit code and its output."""
    process, ours = start_on_a_terminal(cwd, *SWEEP, ranks=ranks)
    written = b""
    while True:
        try:
            piece = os.read(ours, 65536)
        except OSError:  # the other end is closed
            break
        if not piece:
            break
        written += piece
    os.close(ours)
    return process.wait(), written.decode(errors="replace")


class TerminalTest(ProgramTest):
    def setUp(self):
        super().setUp()
        self.scans()

    def check(self, ranks):
        code, written = on_a_terminal(self.here, ranks)
        self.assertEqual(code, 0, written)
        rows = re.findall(r"^ +(\d) +(\d)/3 .*$", re.sub(r"\x1b\[\d*[A-Z]|\r", "", written), re.M)
        self.assertEqual({trial for trial, _ in rows}, {"0", "1"})
        self.assertTrue({"1", "2"} <= {epoch for _, epoch in rows}, rows)
        self.assertIn("1 done, ", written)
        screen = Screen()
        screen.feed(written)
        shown = "\n".join(screen.lines)
        for gone in ("val Dice  ", "running", " 3/3"):
            self.assertNotIn(gone, shown)
        self.assertRegex(shown, r"trial \d done \(2 of 2\)")
        self.assertIn("best_model.hdf5", shown)
        table = [line for line in re.split(r"[\r\n]+", written) if "/3 " in line]
        for line in table:
            self.assertLess(len(re.sub(r"\x1b\[\d*[A-Z]", "", line)), COLUMNS)

    def test_table_is_redrawn_in_place_and_removed(self):
        self.check(None)

    def test_table_under_mpirun(self):
        self.check(2)

    def test_a_closed_terminal_asks_to_stop(self):
        longer = [word.replace("'epochs': 3", "'epochs': 500") for word in SWEEP]
        process, ours = start_on_a_terminal(self.here, *longer, "-n", "closed")
        self.addCleanup(process.kill)
        written = b""
        while b"/500" not in written:
            written += os.read(ours, 65536)
        os.close(ours)
        self.assertEqual(process.wait(60), 75)
        status = program.run("status", "out/closed", cwd=self.here)
        self.assertIn("paused", status.out)

    def test_goes_on_where_nobody_reads(self):
        process = subprocess.Popen(command(*SWEEP, "-n", "unread"), cwd=self.here,
                                   env=environment(), stdin=subprocess.DEVNULL,
                                   stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
        process.stdout.readline()
        process.stdout.close()
        self.assertEqual(process.wait(60), 0)
        self.assertTrue((self.here / "out" / "unread" / "best_model.hdf5").exists())

    def test_redirected_output_is_plain_lines(self):
        for ranks in (None, 2):
            with self.subTest(ranks=ranks):
                result = program.run(*SWEEP, "--resume", "never", cwd=self.here, ranks=ranks)
                self.assert_code(result, 0)
                self.assertNotIn("\x1b", result.out)
                self.assertEqual(len(re.findall(r"^ +\d +\d/3 ", result.out, re.M)), 6)


if __name__ == "__main__":
    program.main()
