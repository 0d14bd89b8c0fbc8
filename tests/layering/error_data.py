# SPDX-License-Identifier: Apache-2.0
"""Finds errors that are thrown as text although their subject is known: a text that begins with an
option or with a quoted value. Their data belongs into a core::Problem, which makes the text.

Usage: error_data.py SOURCE_DIRECTORY. Prints each finding as "file:line: text"; exit code 1 if there
are any.
"""

import re
import sys
from pathlib import Path

THROWN = re.compile(r"""throw\s+(?:core::)?(?:Usage|Input)?Error\(\s*
                        (?:(?:core::)?ExitCode::\w+\s*,\s*)?
                        (?:(?:core::)?concat\(\s*)?
                        (?:"--?[a-z]|"'|(?:core::)?quoted\()[^;]*""", re.VERBOSE)


def findings(root):
    """Printable lines."""
    for folder in ("include", "src"):
        for file in sorted((Path(root) / folder).rglob("*.[ch]pp")):
            text = file.read_text()
            for match in THROWN.finditer(text):
                line = text.count("\n", 0, match.start()) + 1
                yield f"{file}:{line}: {' '.join(match[0].split())}"


def main(arguments):
    if len(arguments) != 1:
        print(__doc__, file=sys.stderr)
        return 2
    found = list(findings(arguments[0]))
    for line in found:
        print(line)
    print(f"{len(found)} errors without their data")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
