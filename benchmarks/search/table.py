# SPDX-License-Identifier: Apache-2.0
"""The table that make_table.py writes, as the searches of other programs see it."""
import csv


class Table:
    """Keys with their values, and the metric of each permutation after each epoch."""

    def __init__(self, file):
        with open(file, newline="") as stream:
            lines = list(csv.reader(stream))
        head = lines[0]
        first_epoch = head.index("1")
        self.names = head[1:first_epoch]
        self.epochs = len(head) - first_epoch
        self.curves = {
            tuple(line[1:first_epoch]): [float(value) for value in line[first_epoch:]]
            for line in lines[1:]
        }
        self.values = {
            name: sorted({key[i] for key in self.curves}, key=_order)
            for i, name in enumerate(self.names)
        }

    def curve(self, values):
        """The metric after each epoch of a permutation, {name: text}."""
        return self.curves[tuple(values[name] for name in self.names)]

    def is_numeric(self, name):
        return all(isinstance(_order(value), float) for value in self.values[name])

    @property
    def all_epochs(self):
        return len(self.curves) * self.epochs

    @property
    def best(self):
        return max(curve[-1] for curve in self.curves.values())


def _order(text):
    try:
        return float(text)
    except ValueError:
        return text
