# SPDX-License-Identifier: Apache-2.0
"""The options of train and the keys of the grid as `train --help` describes them, and values that
are bad by that description."""

import re
from dataclasses import dataclass

from help_test import spellings
from program import run

KEYS = "\nKeys of the parameter grid"


@dataclass
class Described:
    """`value`: what the help calls the value; `allowed`: empty where nothing is said."""

    name: str
    value: str
    allowed: str
    default: str

    def bad_values(self):
        """Empty where the description does not tell."""
        is_flag = self.name.startswith("-") and not self.value
        if is_flag or self.value == "BOOL" or self.default in ("True", "False"):
            return ["maybe"]
        limits = re.fullmatch(r"([\[(])(.+),(.+)([\])])", self.allowed)
        if limits:
            return ["many", "nan", *outside(*limits.groups())]
        least = re.fullmatch(r">= (\d+)", self.allowed)
        if least:
            return ["many", "nan", str(int(least.group(1)) - 1)]
        integer = re.search(r"(?:^|, )or an integer of at least (\d+)$", self.allowed)
        if integer:
            return ["nonsense", str(int(integer.group(1)) - 1)]
        if re.fullmatch(r"[\w.]+(, [\w.]+)*", self.allowed):
            return ["nonsense", "0"]
        if "a date like" in self.allowed:
            return ["tomorrow", "12", "2026-13-01"]
        return []


def outside(left, least, most, right):
    """The nearest values outside of a range."""
    values = [least if left == "(" else str(int(least) - 1)]
    if most != "inf":
        values.append(most if right == ")" else str(int(most) + 1))
    return values


def described(block):
    """An option or a key: its spellings, indented by 2, and its help, indented by 8."""
    head, *lines = block.splitlines()
    words = head.replace(",", "").split()
    names = [word for word in words if word.startswith("-")] or words
    long = [name for name in names if name.startswith("--")] or names
    text = " ".join(line.strip() for line in lines)
    allowed = re.search(r"Allowed: (.*?)(?:\.$|\. Default: )", text)
    default = re.search(r" Default: (.*)\.$", text)
    return Described(long[0], words[-1] if words[-1] not in names else "",
                     allowed.group(1) if allowed else "", default.group(1) if default else "")


def describe(text):
    return [described(block) for block in
            re.findall(r"^  \S.*\n(?: {8}.*\n)+", text, re.MULTILINE)]


def options_and_keys(here):
    """All options of train and all keys of the grid."""
    text = run("train", "--help", cwd=here, COLUMNS="100").out
    options = describe(text[text.index("\nCommand\n"):text.index(KEYS)])
    keys = describe(text[text.index(KEYS):text.index("\nNotation\n")])
    shown = spellings(text)
    assert {option.name for option in options} <= shown, "an option is not understood"
    assert len(options) == len(re.findall(r"^  -", text.split(KEYS)[0], re.MULTILINE))
    return options, keys
