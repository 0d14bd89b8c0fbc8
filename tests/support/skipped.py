# SPDX-License-Identifier: Apache-2.0
"""Lists the skipped tests of a CTest run with their reasons, from its LastTest.log.

GoogleTest prints the reason before its line "[  SKIPPED ] name"; the project's other tests print a
line "SKIPPED: reason".
"""

import re
import sys
from pathlib import Path

NAME = re.compile(r"^\d+/\d+ Test(?:ing)?: (.+)$")
CASE = re.compile(r"^\[  SKIPPED \] (\S+) \(")
PLACE = re.compile(r"^.+:\d+: Skipped$")


def skipped(lines):
    """(CTest name, case, reason) of each skipped test or case."""
    test, reason, after_place = "?", [], False
    for line in lines:
        if match := NAME.match(line):
            test, reason, after_place = match[1], [], False
        elif line.startswith("SKIPPED: "):
            yield test, "", line.removeprefix("SKIPPED: ")
        elif PLACE.match(line):
            reason, after_place = [], True
        elif match := CASE.match(line):
            yield test, match[1], " ".join(reason) or "no reason given"
            reason, after_place = [], False
        elif after_place and line.strip():
            reason.append(line.strip())


def main(log):
    found = list(skipped(Path(log).read_text(errors="replace").splitlines()))
    print(f"Skipped: {len(found)}" + (":" if found else ""))
    for test, case, reason in found:
        print(f"  {test}{': ' + case if case else ''}: {reason}")


if __name__ == "__main__":
    main(sys.argv[1])
