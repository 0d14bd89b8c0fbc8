#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Compares searches of a table: what they found against the epochs that they trained.

  compare.py TABLE [--other TABLE] [--picture search.svg] SEARCHES.csv...

Needs: pip install numpy matplotlib. The files are those of search_on_table and optuna_search.py. Prints
two tables in Markdown. The first shows what an epoch says of the last one: the rank of the permutation that
is best in the end, and Spearman's rank correlation of all; beside it the same by the metric of another
table of the same trials. The second compares the searches: the gap is the table's best last epoch minus
that of the best trial that had run to its end; an interval is that of the median over the seeds
(bootstrap, 95 %).
"""
import argparse
import collections
import csv

import numpy as np
from table import Table

TOLERANCE = 0.005


class Search:
    """What one method found, by seed: steps of (epochs, best)."""

    def __init__(self):
        self.steps = collections.defaultdict(list)

    def best_at(self, epochs, worst):
        """The best of each seed after so many epochs."""
        found = []
        for steps in self.steps.values():
            reached = [best for at, best in steps if at <= epochs]
            found.append(reached[-1] if reached else worst)
        return np.array(found)

    def epochs_to(self, value):
        """Epochs of each seed until `value` was found; infinite where it was not."""
        return np.array([
            next((at for at, best in steps if best >= value), np.inf)
            for steps in self.steps.values()
        ])  # fmt: skip


def read(files):
    searches = collections.defaultdict(Search)
    for file in files:
        with open(file, newline="") as stream:
            for method, seed, epochs, best in csv.reader(stream):
                searches[method].steps[seed].append((int(epochs), float(best)))
    return searches


def interval(values):
    """95 % interval of the median, by bootstrap."""
    random = np.random.default_rng(1)
    medians = np.median(random.choice(values, (2000, len(values))), axis=1)
    return np.percentile(medians, [2.5, 97.5])


def share(epochs, table):
    return f"{100 * epochs / table.all_epochs:.0f} %" if np.isfinite(epochs) else "not reached"


def line(name, search, table):
    cells = [name, str(len(search.steps))]
    to_best = search.epochs_to(table.best - TOLERANCE)
    cells.append(share(np.median(to_best), table))
    worst = min(curve[-1] for curve in table.curves.values())
    for part in (0.1, 0.25, 0.5):
        gaps = table.best - search.best_at(part * table.all_epochs, worst)
        low, high = interval(gaps)
        cells.append(f"{np.median(gaps):.4f} ({low:.4f}–{high:.4f})")
    return "| " + " | ".join(cells) + " |"


def ranks_after(table, epoch):
    """Of each permutation, 0 for the best."""
    return np.argsort(np.argsort([-curve[epoch - 1] for curve in table.curves.values()], kind="stable"))


def print_ranks(table, tables):
    """What each of `tables`, of other metrics of the same trials, says of the last epoch of `table`."""
    print("| epoch |" + " rank of the best in the end | rank correlation |" * len(tables))
    print("|---|" + "---|---|" * len(tables))
    final = ranks_after(table, table.epochs)
    for epoch in [epoch for epoch in (1, 3, 9) if epoch < table.epochs] + [table.epochs]:
        cells = [str(epoch)]
        for other in tables:
            ranks = ranks_after(other, epoch)
            cells.append(f"{ranks[final.argmin()] + 1} of {len(ranks)}")
            cells.append(f"{np.corrcoef(ranks, final)[0, 1]:.2f}")
        print("| " + " | ".join(cells) + " |")


def draw(searches, table, file):
    import matplotlib

    matplotlib.use("svg")
    matplotlib.rcParams.update({"svg.hashsalt": "msunet", "font.size": 9})
    import matplotlib.pyplot as plt

    worst = min(curve[-1] for curve in table.curves.values())
    epochs = np.unique(np.geomspace(table.epochs, table.all_epochs, 200).astype(int))
    figure, axes = plt.subplots(figsize=(7.2, 5.2))
    for name, search in searches.items():
        gaps = [np.median(table.best - search.best_at(at, worst)) for at in epochs]
        style = "--" if name.startswith("optuna") else "-"
        axes.plot(100 * epochs / table.all_epochs, np.maximum(gaps, 1e-4), style, label=name)
    axes.axhline(TOLERANCE, color="0.7", linewidth=0.8)
    axes.set(xscale="log", yscale="log", xlabel="epochs trained, % of the whole grid's",
             ylabel="validation Dice below the grid's best (median)")  # fmt: skip
    axes.legend(fontsize=7, frameon=False, ncols=4, loc="upper center", bbox_to_anchor=(0.5, -0.13))
    for side in ("top", "right"):
        axes.spines[side].set_visible(False)
    figure.tight_layout()
    figure.savefig(file, metadata={"Date": None})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("table")
    parser.add_argument("--picture")
    parser.add_argument("--other", action="append", default=[])
    parser.add_argument("searches", nargs="+")
    arguments = parser.parse_args()
    table = Table(arguments.table)
    searches = read(arguments.searches)
    print(f"{len(table.curves)} permutations, {table.all_epochs} epochs, best {table.best:.4f}\n")
    print_ranks(table, [table] + [Table(file) for file in arguments.other])
    print()
    print("| search | seeds | epochs to within 0.005 | gap at 10 % | at 25 % | at 50 % |")
    print("|---|---|---|---|---|---|")
    for name, search in searches.items():
        print(line(name, search, table))
    if arguments.picture:
        draw(searches, table, arguments.picture)


if __name__ == "__main__":
    main()
