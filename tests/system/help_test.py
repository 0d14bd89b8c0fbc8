# SPDX-License-Identifier: Apache-2.0
"""The help of every command is complete, and completion knows the options of the help."""

import re
import shutil
import subprocess
import unittest
from pathlib import Path

import program
from program import ProgramTest, run

SOURCE = Path(__file__).parents[2]
COMMANDS = ("train", "predict", "init-model", "phantom", "status", "report", "merge", "bench")


def help_of(command, here, columns=80):
    return run(command, "--help", cwd=here, COLUMNS=str(columns)).out


def section(text, title):
    """The lines below a title, up to the next one."""
    return re.search(rf"^{title}\n((?: .*\n|\n(?= ))+)", text, re.MULTILINE).group(1)


def spellings(text):
    """Options as the lines above their descriptions spell them."""
    heads = re.findall(r"^  (?:\S+ \(or )?(-.*?)\)?$", text.split("\nNotation\n")[0], re.MULTILINE)
    return {word.rstrip(",") for head in heads for word in head.split() if word.startswith("-")}


class HelpTest(ProgramTest):
    def test_help_and_version(self):
        for arguments, word in ((("--help",), "commands:"), (("train", "--help"), "-tpath"),
                                (("help", "report"), "journal"), (("--version",), ", libtorch 2."),
                                ((), "usage:"), (("--bash_completion",), "complete")):
            with self.subTest(" ".join(arguments)):
                result = run(*arguments, cwd=self.here)
                self.assert_code(result, 0)
                self.assertIn(word, result.out)
                self.assertEqual(result.err, "")
        self.assertEqual(list(self.here.iterdir()), [])

    def test_man_pages_have_the_text_of_the_help(self):
        for command in ("", *COMMANDS):
            with self.subTest(command):
                page = run(*("--man", command) if command else ("--man",), cwd=self.here).out
                self.assertTrue(page.startswith(".TH msunet"), page[:80])
                help_text = help_of(command, self.here, 78) if command else ""
                shown = [line.removeprefix("\\&").replace("\\-", "-").replace("\\e", "\\")
                         .removeprefix(".SH ") for line in page.splitlines()]
                missing = [line for line in help_text.splitlines() if line not in shown]
                self.assertEqual(missing, [])
                if shutil.which("man"):
                    run_man = subprocess.run(
                        ["man", "-l", "--warnings", "-"], input=page, text=True,
                        capture_output=True, env={"MANWIDTH": "100", "LC_ALL": "C.UTF-8",
                                                  "PATH": "/usr/bin:/bin"})
                    self.assertEqual((run_man.returncode, run_man.stderr), (0, ""))
                    self.assertIn("DESCRIPTION", run_man.stdout)

    def test_every_command_is_in_the_overview(self):
        overview = run("--help", cwd=self.here).out.split("exit codes:")[0]
        self.assertEqual(sorted(re.findall(r"^  (\S+) {2,}\S", overview, re.MULTILINE)),
                         sorted(COMMANDS))

    def test_every_command_has_a_complete_page(self):
        for command in COMMANDS:
            with self.subTest(command):
                text = help_of(command, self.here)
                self.assertTrue(text.startswith("Usage\n  msunet "), text)
                self.assertRegex(section(text, "Examples?"), rf"  .*msunet (train |-|{command})")
                self.assertRegex(section(text, "Exit codes"), r"  0  .*\n  1  .*\n  2  ")
                for name in re.findall(r"(?:docs|configs)/\S+\.\w+", text):
                    self.assertTrue((SOURCE / name).is_file(), name)
                self.assertIn("docs/", section(text, "More, in the source folder"))
                self.assertNotIn("\n\n\n", text)

    def test_exit_codes_mean_the_same_everywhere(self):
        overview = run("--help", cwd=self.here).out
        meanings = dict(re.findall(r"^  (\d+) +(\S.*)$", overview[overview.index("exit codes:"):],
                                   re.MULTILINE))
        self.assertEqual(sorted(meanings, key=int), ["0", "1", "2", "3", "4", "75"])
        for command in COMMANDS:
            text = section(help_of(command, self.here, 120), "Exit codes")
            for code, meaning in re.findall(r"^  (\d+) +(\S.*)$", text, re.MULTILINE):
                self.assertTrue(meaning.startswith(meanings[code]), (command, code, meaning))

    def test_the_page_of_options_names_them_all(self):
        text = help_of("train", self.here)
        keys = re.findall(r"^  (\w+)$", text[text.index("\nKeys of the parameter grid"):],
                          re.MULTILINE)
        self.assertIn("which_layer", keys)
        page = (SOURCE / "docs" / "options.md").read_text()
        for name in sorted({*spellings(text), *keys}):
            self.assertIn(f"`{name}`", page)

    def test_pages_fit_the_terminal(self):
        for command in COMMANDS:
            for columns in (80, 100):
                for line in help_of(command, self.here, columns).splitlines():
                    self.assertLessEqual(len(line), columns, (command, line))

    def test_completion_offers_what_the_help_lists(self):
        script = run("--bash_completion", cwd=self.here).out
        for command in COMMANDS:
            with self.subTest(command):
                offered = re.search(rf"^        {command}\)\n +options='(.*)'$", script,
                                    re.MULTILINE).group(1)
                self.assertEqual(spellings(help_of(command, self.here)), set(offered.split()))


if __name__ == "__main__":
    program.main()
