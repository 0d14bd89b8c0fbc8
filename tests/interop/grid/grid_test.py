# SPDX-License-Identifier: Apache-2.0
"""Module sweep against Talos: ranges, order and values of grids, to the bit and the type; and the
expressions of --boolean_limit against Python itself.
usage: grid_test.py GRID_TOOL"""
import ast
import os
import random
import subprocess
import sys
import unittest

import numpy as np
from talos.parameters.ParamSpace import ParamSpace

TOOL = sys.argv[1]


def ours(what, lines):
    """The output of the tool for the lines, one Python value each."""
    run = subprocess.run([TOOL, what], input='\n'.join(lines) + '\n', text=True, check=True,
                         capture_output=True)
    return [ast.literal_eval(line) for line in run.stdout.splitlines()]


def plain(value):
    """A NumPy scalar as a Python scalar."""
    return value.item() if isinstance(value, np.generic) else value


def talos(params):
    """The permutations of Talos's ParamSpace, names in ASCII order."""
    keys = sorted(params)
    space = ParamSpace({key: params[key] for key in keys}, keys)
    return [{key: plain(value) for key, value in zip(keys, row)} for row in space.param_space]


def typed(permutations):
    """Values with their types, so that 1, 1.0 and True differ."""
    return [{name: (type(value).__name__, repr(value)) for name, value in permutation.items()}
            for permutation in permutations]


def random_range(draw):
    """A random range with at least one value and steps of a reasonable size."""
    kind = draw.choice(['integers', 'floats', 'mixed', 'tiny'])
    if kind == 'integers':
        start = draw.randint(-50, 500)
        return start, start + draw.choice([-1, 1]) * draw.randint(1, 400), draw.randint(1, 40)
    if kind == 'floats':
        return draw.uniform(-5, 5), draw.uniform(5.1, 20), draw.randint(1, 30)
    if kind == 'mixed':
        return draw.randint(0, 3), draw.uniform(3.1, 9), draw.randint(1, 12)
    start = 10 ** draw.uniform(-7, -3)
    return start, start * draw.uniform(1.5, 100), draw.randint(1, 12)


class Ranges(unittest.TestCase):
    def check(self, ranges):
        grids = [{'x': values} for values in ranges]
        for grid, permutations in zip(grids, ours('permutations', [repr(grid) for grid in grids])):
            self.assertEqual(typed(permutations), typed(talos(grid)), grid)

    def test_of_the_guide_and_awkward_ones(self):
        self.check([(0.001, 0.1, 5), (1e-4, 1e-2, 5), (0, 0.5, 5), (8, 64, 4), (0, 3, 7),
                    (-3, 0, 6), (10, 0, 2), (1.0, 0.0, 4), (0, 1, 3), (0.1, 0.7, 6), (1, 2, 1),
                    (16, 256, 9), (0.5, 0.9, 49), (1, 11, 10), (-1.5, 1.5, 7)])

    def test_random(self):
        draw = random.Random(20)
        self.check([random_range(draw) for _ in range(400)])


class Grids(unittest.TestCase):
    def test_a_grid_of_200(self):
        grid = {'epochs': [10, 20], 'losses': ['dice_coef_loss'], 'optimizer': ['Adam', 'SGD'],
                'lr': (1e-4, 1e-2, 5), 'batch_size': (8, 64, 5), 'Zeta': [True, False],
                'dropout': [0.5]}
        permutations = ours('permutations', [repr(grid)])[0]
        self.assertEqual(len(permutations), 200)
        self.assertEqual(typed(permutations), typed(talos(grid)))
        self.assertEqual(list(permutations[0]), sorted(grid))

    def test_the_guides_own(self):
        path = os.path.join(os.environ['MSUNET_SOURCE_DIR'], 'tests/reference/talos/guide_grid.txt')
        with open(path, encoding='utf-8') as file:
            text = file.read()
        grid = {'epochs': [10, 20], 'losses': ['dice_coef_loss'], 'optimizer': ['Adam'],
                'lr': [.001, .005], 'batch_size': [128, 256], 'finalActivation': ['sigmoid'],
                'dropout': [.5, .25], 'which_layer': [19, 5], 'patch_dimensions': [128],
                'patch_stride': [32], 'pca_only': [False]}
        grid |= {name: [True, False] for name in (
            'scoreTrainable', 'expandingBatchNormTrainable', 'contractingBatchNormTrainable',
            'upsamplingTrainable', 'upsamplingBatchNormTrainable')}
        permutations = ours('permutations', [' '.join(text.split())])[0]
        self.assertEqual(typed(permutations), typed(talos(grid)))

    def test_random(self):
        draw = random.Random(21)
        grids = []
        for _ in range(40):
            names = draw.sample(['a', 'C', 'lr', 'Kr', 'x_1', 'x2', 'drop', '_y', 'Zed'], 4)
            grids.append({name: random_range(draw) if draw.random() < .3 else draw.choice(
                [[1, 2, 3], [.1, 1e-5, 2.0], ['u', 'v'], [True, False], [None, 'fmri'], [1e22]])
                for name in names})
        grids = [grid for grid in grids if len(talos(grid)) <= 20000]
        for grid, permutations in zip(grids, ours('permutations', [repr(grid) for grid in grids])):
            self.assertEqual(typed(permutations), typed(talos(grid)), grid)


class Expressions(unittest.TestCase):
    GRID = {'a': [-7, -1, 0, 2, 5, 128], 'b': [True, False], 'm': [None, 'fmri'],
            'o': ['Adam', 'SGD'], 'x': [-2.5, 0.0, 1e-3, 3.0]}

    def accepted(self, expression):
        keys = sorted(self.GRID)
        return [i for i, permutation in enumerate(talos(self.GRID))
                if eval(expression, {'__builtins__': {}}, {key: permutation[key] for key in keys})]

    def check(self, expressions):
        lines = [f'{expression}\t{self.GRID!r}' for expression in expressions]
        for expression, indices in zip(expressions, ours('accepts', lines)):
            self.assertEqual(indices, self.accepted(expression), expression)

    def test_written_ones(self):
        self.check(['x < 0.01 and a != 128', 'a // 3 == -3 or a % 3 == 2', '-1 <= a < x',
                    "o == 'Adam' and not m", 'm is None', 'm in (None, 1)', 'a in [2, 5.0, True]',
                    'b', 'b == 1', 'b + a > 2', "o > 'B'", 'not a == x == 0', 'a ** 2 > 30',
                    '2 ** a < 1', '-a ** 2 < -4', '(a + 1) * (x - 1) > 0', "'A' in o and a",
                    'x // 2 == -2.0', 'x % 2 == 1.5', 'a or m', 'a and x', 'a / 4 == 0.5',
                    "o not in ['SGD'] or b is True", '1 < 2 and a',
                    'a < 3 < 5 != x', 'not not b and not (a or x)', '-x > --a', '+a == a'])

    def test_random(self):
        draw = random.Random(22)

        def number(depth):
            if depth == 0 or draw.random() < .3:
                return draw.choice(['a', 'x', 'b', '3', '0.5', '7', '1e-3', '(-2)'])
            operation = draw.choice(['+', '-', '*', '//', '%', '/'])
            right = draw.choice(['2', '(-3)', '0.7']) if operation in '//%' else number(depth - 1)
            text = f'{number(depth - 1)} {operation} {right}'
            return f'({text})' if draw.random() < .6 else text

        def truth(depth):
            if depth == 0 or draw.random() < .2:
                operations = ['<', '<=', '>', '>=', '==', '!=']
                text = number(2)
                for _ in range(draw.randint(1, 2)):
                    text += f' {draw.choice(operations)} {number(2)}'
                return text
            kind = draw.choice(['and', 'or', 'not', 'in', '()'])
            if kind == 'not':
                return f'not {truth(depth - 1)}'
            if kind == 'in':
                return f'{number(1)} {draw.choice(["in", "not in"])} [{number(1)}, {number(1)}]'
            if kind == '()':
                return f'({truth(depth - 1)})'
            return f'{truth(depth - 1)} {kind} {truth(depth - 1)}'

        self.check([truth(3) for _ in range(400)])


if __name__ == '__main__':
    unittest.main(argv=sys.argv[:1])
