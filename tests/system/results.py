# SPDX-License-Identifier: Apache-2.0
"""Reads the files of an experiment."""

import csv
import io
import json
import re

METRICS = ["loss", "dice_coef", "jaccard_similarity"]
HISTORY = METRICS + ["val_" + name for name in METRICS]


def one(folder, pattern):
    found = sorted(folder.glob(pattern))
    assert len(found) == 1, (pattern, found)
    return found[0]


def summary_files(folder):
    return [path for path in sorted(folder.glob("*.csv"))
            if re.fullmatch(r"\d{12}\.csv", path.name)]


def summary_file(folder):
    return summary_files(folder)[0]


def rows(path):
    return list(csv.reader(io.StringIO(path.read_text())))


def records(path):
    head, *body = rows(path)
    return [dict(zip(head, row)) for row in body]


def contents(folder):
    return {str(path.relative_to(folder)): (path.stat().st_mtime_ns, path.read_bytes())
            for path in sorted(folder.rglob("*")) if path.is_file()}


def events(folder):
    """The complete lines of the journal; none if there is no journal yet."""
    path = folder / "journal.jsonl"
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_text().split("\n")[:-1]]


def page(folder):
    """The data of report.html."""
    head = '<script id="data" type="application/json">'
    text = (folder / "report.html").read_text()
    assert head in text, folder
    return json.loads(text.split(head)[1].split("</script>")[0])
