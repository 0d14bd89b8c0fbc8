# SPDX-License-Identifier: Apache-2.0
"""SVG pictures of what folds.py measured: the Dice of every scan, and the worst masks."""

import json
import math
import re
import statistics
from html import escape

import summary

COLOURS = {"fmri": "#2a6fbb", "anatomical": "#d1701c", "dti": "#3b9150", "noddi": "#8a4fb0",
           "regwarp": "#7a7a7a"}
STYLE = ("<style>text{font:11px sans-serif;fill:#333}.middle{stroke:#000;stroke-width:2}"
         ".rule{stroke:#ddd}.ours{fill:none;stroke:#e04040}.manual{fill:none;stroke:#3fbf5f}"
         "</style>")
LEFT, RIGHT, ROW, TOP = 230, 700, 20, 30


def document(width, height, parts):
    return (f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
            f'width="{width}" height="{height}">\n{STYLE}\n'
            f'<rect width="{width}" height="{height}" fill="#fff"/>\n' + "\n".join(parts)
            + "\n</svg>\n")


def text(x, y, words, anchor="start"):
    return f'<text x="{x:.1f}" y="{y:.1f}" text-anchor="{anchor}">{escape(words)}</text>'


def scale(lowest, highest):
    """The place of a Dice on the axis, which is logarithmic in 1 - Dice: most scans lie near 1."""
    def height(dice):
        return -math.log(max(1 - dice, 0.002))

    start, end = height(lowest) - 0.1, height(highest) + 0.1
    return lambda dice: LEFT + (RIGHT - LEFT) * (height(dice) - start) / (end - start)


def all_scans(scores):
    """A row for each set, augmentation and model; a dot for each scan, a line at their median."""
    every = [score.dice for each in scores.values() for score in each]
    place = scale(min(every), max(every))
    bottom = TOP + ROW * len(scores)
    parts = []
    for tick in (0, 0.2, 0.4, 0.6, 0.8, 0.9, 0.94, 0.96, 0.97, 0.98, 0.99):
        if min(every) <= tick <= max(every):
            x = place(tick)
            parts.append(f'<line class="rule" x1="{x:.1f}" x2="{x:.1f}" y1="{TOP}" y2="{bottom}"/>')
            parts.append(text(x, bottom + 15, f"{tick:g}", "middle"))
    for row, (key, each) in enumerate(sorted(scores.items(), key=lambda one: one[0][0] == "test")):
        y = TOP + ROW * (row + 0.5)
        parts.append(text(LEFT - 10, y + 4, " · ".join(key), "end"))
        parts += [f'<circle cx="{place(score.dice):.1f}" cy="{y:.1f}" r="3.5" fill-opacity="0.55" '
                  f'fill="{COLOURS[score.modality]}"><title>{escape(score.scan)} {score.dice:.4f}'
                  "</title></circle>" for score in each]
        middle = place(statistics.median(score.dice for score in each))
        parts.append(f'<line class="middle" x1="{middle:.1f}" x2="{middle:.1f}" y1="{y - 7:.1f}" '
                     f'y2="{y + 7:.1f}"/>')
    modalities = sorted({score.modality for each in scores.values() for score in each})
    for i, modality in enumerate(modalities):
        x = LEFT + 110 * i
        parts.append(f'<circle cx="{x}" cy="15" r="4" fill="{COLOURS[modality]}"/>')
        parts.append(text(x + 9, 19, modality))
    parts.append(text(RIGHT, bottom + 30, "Dice of whole masks; line: median", "end"))
    return document(RIGHT + 30, bottom + 40, parts)


def page_data(file):
    """The scans of a page of `msunet predict --qc`, by name."""
    found = re.search(r'<script id="data" type="application/json">(.*?)</script>',
                      file.read_text(), re.DOTALL)
    return {scan["name"]: scan for scan in json.loads(found.group(1))["scans"]}


def slice_parts(shown, x, y, side):
    """A slice with both outlines, in a square."""
    width, height = shown["w"] * shown["px"], shown["h"] * shown["py"]
    scale = side / max(width, height)
    across, down = scale * shown["px"], scale * shown["py"]
    stroke = 1.5 / across
    return [f'<g transform="translate({x:.1f} {y:.1f}) scale({across:.4f} {down:.4f})">'
            f'<image href="data:image/png;base64,{shown["png"]}" width="{shown["w"]}" '
            f'height="{shown["h"]}" preserveAspectRatio="none"/>'
            f'<path class="manual" stroke-width="{stroke:.3f}" d="{shown["reference"]}"/>'
            f'<path class="ours" stroke-width="{stroke:.3f}" d="{shown["outline"]}"/></g>']


def middle_slices(slices):
    """At most two, so that the picture stays small."""
    first = max(0, (len(slices) - 2) // 2)
    return slices[first:first + 2]


def worst(scores, pages, side=150):
    """The scan with the lowest Dice of each augmentation and modality, predicted by its own fold's
    model: `pages` has a page of `--qc` for each prediction."""
    chosen = {}
    for (kind, augmentation, model), each in scores.items():
        if (kind, model) == ("validation", "one"):
            for score in sorted(each, key=lambda one: one.dice):
                chosen.setdefault((augmentation, score.modality), score)
    parts = [text(10, 18, "red: predicted, green: manual")]
    y = 26
    for (augmentation, modality), score in sorted(chosen.items(), key=lambda one: one[0][1]):
        fold = next(iter(score.each))
        name = summary.file_name(["validation", augmentation, "one", fold])
        scan = page_data(pages / f"{name}.html")[score.scan]
        parts.append(text(10, y + 14, f"{modality} · {augmentation} · {score.scan} · "
                          f"Dice {score.dice:.4f}"))
        for i, shown in enumerate(middle_slices(scan["slices"])):
            parts += slice_parts(shown, 10 + i * (side + 8), y + 20, side)
        y += side + 34
    return document(420, y, parts)
