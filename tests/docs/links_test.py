# SPDX-License-Identifier: Apache-2.0
"""No link of the documentation is dead, and the pages name files and tests that exist.

links_test.py PROJECT
"""

import re
import subprocess
import sys
import tempfile
import unittest
from pathlib import Path

PROJECT = Path(sys.argv.pop(1)) if len(sys.argv) > 1 else Path(__file__).parents[2]
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")


def pages(project):
    listed = subprocess.run(["git", "-C", project, "ls-files", "-co", "--exclude-standard", "*.md"],
                            capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        found = [project / name for name in listed.stdout.splitlines()]
        return sorted(page for page in found if page.exists())
    return sorted(page for page in project.rglob("*.md")
                  if not page.relative_to(project).parts[0].startswith((".", "build")))


def prose(page):
    """A page without its code."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return re.sub(r"`[^`\n]*`", "`code`", text)


def anchors(page):
    """The headings as anchors: lower case, spaces as dashes, no punctuation."""
    text = re.sub(r"^ *```.*?^ *```", "", page.read_text(), flags=re.DOTALL | re.MULTILINE)
    return {re.sub(r"[^\w -]", "", title.lower()).strip().replace(" ", "-")
            for title in re.findall(r"^#+ (.*)$", text, re.MULTILINE)}


def links(page):
    """(target as written, file, anchor) of every link to a file of the project."""
    for link in LINK.findall(prose(page)):
        if re.match(r"[a-z]+:", link):
            continue
        name, _, anchor = link.partition("#")
        yield link, (page.parent / name).resolve() if name else page, anchor


def dead_links(project):
    dead = []
    for page in pages(project):
        for link, file, anchor in links(page):
            if not file.exists():
                dead.append(f"{page.relative_to(project)}: there is no file '{link}'")
            elif anchor and anchor not in anchors(file):
                dead.append(f"{page.relative_to(project)}: there is no heading '{link}'")
    return dead


class LinksTest(unittest.TestCase):
    def test_no_link_is_dead(self):
        self.assertEqual(dead_links(PROJECT), [])

    def test_the_readme_links_to_every_page(self):
        readme = PROJECT / "README.md"
        reached = {file for _, file, _ in links(readme)}
        missing = [page.name for page in (PROJECT / "docs").glob("*.md")
                   if page.resolve() not in reached]
        self.assertEqual(missing, [])
        self.assertLess(len(readme.read_text().splitlines()), 200)

    def test_named_files_exist(self):
        """Files of the project that the pages name exist."""
        for page in pages(PROJECT):
            named = re.findall(r"(?<![\w/.-])((?:docs|configs|slurm|scripts)/[\w.-]+\.\w+|"
                               r"(?:src|include|cmake|tests)/[\w./-]+\.\w+)",
                               page.read_text())
            for name in named:
                with self.subTest(page=page.name, name=name):
                    self.assertTrue((PROJECT / name).exists() or (page.parent / name).exists())


class FaultsTest(unittest.TestCase):
    def test_every_row_names_tests_that_exist(self):
        table = (PROJECT / "docs" / "faults.md").read_text().split("\n## ")[0]
        rows = re.findall(r"^\|(?!---| fault ).*\| ([^|]+) \|$", table, re.MULTILINE)
        self.assertGreater(len(rows), 20)
        for row in rows:
            for part in row.split("; "):
                script, _, names = part.partition(": ")
                name = script.strip("`")
                path = "slurm/scripts_test.py" if name == "slurm" else f"system/{name}_test.py"
                code = (PROJECT / "tests" / path).read_text()
                for function in filter(None, names.split(", ")):
                    with self.subTest(row=row, test=function):
                        self.assertIn(f"def test_{function}(self)", code)


class DeadLinksTest(unittest.TestCase):
    def test_dead_links_are_found(self):
        with tempfile.TemporaryDirectory() as name:
            project = Path(name)
            (project / "docs").mkdir()
            (project / "docs" / "a.md").write_text(
                "# A page: everything\n\n```\n# no heading [x](y.md)\n```\n`[code](z.md)`\n")
            (project / "README.md").write_text(
                "[good](docs/a.md) [good](docs/a.md#a-page-everything) [web](https://a.b/c)\n"
                "[bad](docs/b.md) [bad](docs/a.md#no-heading)\n")
            self.assertEqual(dead_links(project), [
                "README.md: there is no file 'docs/b.md'",
                "README.md: there is no heading 'docs/a.md#no-heading'",
            ])


if __name__ == "__main__":
    unittest.main()
