# SPDX-License-Identifier: Apache-2.0
"""The scripts describe themselves with --help, and refuse what they don't know, before they install
or build anything."""

import subprocess
import unittest
from pathlib import Path

SCRIPTS = Path(__file__).parents[2] / "scripts"
SOURCED = {"common.sh", "stages.sh"}


def call(script, *arguments):
    """Runs a script with nothing in PATH that could install or build."""
    return subprocess.run(["bash", str(SCRIPTS / script), *arguments], capture_output=True, text=True,
                          timeout=60, env={"PATH": "/usr/bin:/bin"})


class ScriptsHelpTest(unittest.TestCase):
    def test_help_is_the_comment_at_the_top(self):
        scripts = sorted(path.name for path in SCRIPTS.glob("*.sh") if path.name not in SOURCED)
        self.assertIn("demo.sh", scripts)
        for script in scripts:
            for option in ("-h", "--help"):
                with self.subTest(f"{script} {option}"):
                    result = call(script, option)
                    self.assertEqual(result.returncode, 0, result.stderr)
                    first = (SCRIPTS / script).read_text().split("\n")[2].removeprefix("# ")
                    self.assertEqual(result.stdout.split("\n")[0], first)
                    for internal in ("SPDX", "shellcheck disable", "set -euo"):
                        self.assertNotIn(internal, result.stdout)

    def test_unknown_arguments_are_refused(self):
        for script in ("build.sh", "demo.sh", "setup.sh"):
            with self.subTest(script):
                result = call(script, "--helpp")
                self.assertEqual(result.returncode, 1)
                self.assertIn("unknown argument '--helpp'", result.stderr)
                self.assertEqual(result.stdout, "")
        self.assertEqual(list(SCRIPTS.parent.glob("build---*")), [])


if __name__ == "__main__":
    unittest.main()
