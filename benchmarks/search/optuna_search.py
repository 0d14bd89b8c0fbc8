#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Searches a table with Optuna's samplers and pruners.

  optuna_search.py TABLE SEEDS >optuna.csv      needs: pip install optuna==5.0.0

A line whenever a trial that ran to its end is better than those before: method, seed, epochs trained
so far by all trials, its metric. A search ends when it has trained as many epochs as the whole
table has.
"""
import sys

import optuna
from table import Table


def samplers(table, seed):
    grid = {name: table.values[name] for name in table.names}
    return {
        "random": optuna.samplers.RandomSampler(seed=seed),
        "grid": optuna.samplers.GridSampler(grid, seed=seed),
        "tpe": optuna.samplers.TPESampler(seed=seed),
    }


def pruners(table):
    return {
        "": optuna.pruners.NopPruner(),
        "asha": optuna.pruners.SuccessiveHalvingPruner(min_resource=1, reduction_factor=3),
        "hyperband": optuna.pruners.HyperbandPruner(
            min_resource=1, max_resource=table.epochs, reduction_factor=3
        ),
    }


METHODS = [
    ("random", ""), ("grid", ""), ("tpe", ""),
    ("grid", "asha"), ("grid", "hyperband"), ("tpe", "asha"), ("tpe", "hyperband"),
]  # fmt: skip


def suggest(trial, table):
    """Numbers as the index of an ordered value, words as categories."""
    values = {}
    for name in table.names:
        choices = table.values[name]
        if table.is_numeric(name) and not isinstance(trial.study.sampler, optuna.samplers.GridSampler):
            values[name] = choices[trial.suggest_int(name, 0, len(choices) - 1)]
        else:
            values[name] = trial.suggest_categorical(name, choices)
    return values


class Search:
    def __init__(self, table, sampler, pruner):
        self.table = table
        self.study = optuna.create_study(direction="maximize", sampler=sampler, pruner=pruner)
        self.epochs = 0
        self.trace = []

    def run(self):
        self.study.optimize(self._train, callbacks=[self._end])
        return self.trace

    def _train(self, trial):
        curve = self.table.curve(suggest(trial, self.table))
        for epoch, value in enumerate(curve, 1):
            self.epochs += 1
            trial.report(value, epoch)
            if epoch < len(curve) and trial.should_prune():
                raise optuna.TrialPruned()
        if not self.trace or curve[-1] > self.trace[-1][1]:
            self.trace.append((self.epochs, curve[-1]))
        return curve[-1]

    def _end(self, study, _trial):
        if self.epochs >= self.table.all_epochs:
            study.stop()


def main():
    optuna.logging.set_verbosity(optuna.logging.ERROR)
    table = Table(sys.argv[1])
    for sampler, pruner in METHODS:
        for seed in range(1, int(sys.argv[2]) + 1):
            search = Search(table, samplers(table, seed)[sampler], pruners(table)[pruner])
            for epochs, best in search.run():
                print("optuna " + f"{sampler} {pruner}".strip(), seed, epochs, best, sep=",")


if __name__ == "__main__":
    main()
