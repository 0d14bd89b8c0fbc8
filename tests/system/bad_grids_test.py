# SPDX-License-Identifier: Apache-2.0
"""Bad parameter grids and configuration files."""

import program
from bad_input import BadInputTest, Case, write

GRID = [
    Case("unknown key", 2, [("'droput'", "dropout")], ("-talos", "{'droput': [0.1]}")),
    Case("loss of several classes", 2, [("categorical_crossentropy", "channel")],
         ("-talos", "{'losses': ['categorical_crossentropy']}")),
    Case("unknown loss", 2, [("'dice_coef_lost'", "dice_coef_loss")],
         ("-talos", "{'losses': ['dice_coef_lost']}")),
    Case("unknown optimiser", 2, [("'Adan'", "Adam")], ("-talos", "{'optimizer': ['Adan']}")),
    Case("learning rate below 0", 2, [("lr", "-0.1")], ("-talos", "{'lr': [0.1, -0.1]}")),
    Case("dropout of all", 2, [("dropout", "[0,1)")], ("-talos", "{'dropout': [1.0]}")),
    Case("layer 20", 2, [("which_layer", "[0,19]")], ("-talos", "{'which_layer': [20]}")),
    Case("patches of 33", 2, [("patch_dimensions", "32")],
         ("-ufp", "False", "-talos", "{'patch_dimensions': [33]}")),
    Case("epochs that are no integer", 2, [("epochs", "1.5")], ("-talos", "{'epochs': [1.5]}")),
    Case("list of nothing", 2, [("lr",)], ("-talos", "{'lr': []}")),
    Case("range without steps", 2, [("lr",)], ("-talos", "{'lr': (0.1, 0.2, 0)}")),
    Case("distribution without a limit", 2, [("'lr': uniform(0.1, 0.2)", "--round_limit N")],
         ("-talos", "{'lr': uniform(0.1, 0.2)}")),
    Case("distribution of wrong values", 2, [("uniform(0, 2)", "'dropout'", "[0,1)")],
         ("-talos", "{'dropout': uniform(0, 2)}", "--round_limit", "9")),
    Case("bracket left open", 2, [("grid", "line 1", "column")],
         ("-talos", "{'lr': [0.1, 'epochs': 3")),
    Case("two problems of a grid", 2, [("dropout", "1.5"), ("lr", "-1")],
         ("-talos", "{'dropout': [1.5], 'lr': [-1]}")),
    Case("grid file missing", 2, [("grid.txt",)], ("-talos", "grid.txt")),
    Case("too many permutations", 2, [("1,000,000", "--round_limit")],
         ("-talos", "{'lr': (0.0001, 1, 2000), 'dropout': (0, 0.9, 900)}")),
    Case("expression with a syntax error", 2, [("--boolean_limit", "lr <")],
         ("--boolean_limit", "lr < ")),
    Case("expression with an unknown name", 2, [("--boolean_limit", "batchsise", "batch_size")],
         ("--boolean_limit", "batchsise < 4")),
    Case("expression that nothing meets", 2, [("--boolean_limit",)],
         ("--boolean_limit", "lr > 5")),
    Case("batches smaller than the group", 2, [("batch_size", "2")],
         ("--ranks_per_trial", "3", "-talos", "{'batch_size': [2]}")),
]

CONFIGS = [
    Case("config missing", 2, [("c.yaml",)], ("--config", "c.yaml")),
    Case("unknown key of a config", 2, [("c.yaml, line 2", "'target_sise'", "target_size")],
         ("--config", "c.yaml"), write("c.yaml", b"seed: 2\ntarget_sise: 3\n")),
    Case("wrong type in a config", 2, [("c.yaml, line 3", "seed", "'many'")],
         ("--config", "c.yaml"), write("c.yaml", b"# mine\nenable_noise: false\nseed: many\n")),
    Case("out of range in a config", 2, [("c.yaml, line 1", "validation_split", "[0,1)")],
         ("--config", "c.yaml"), write("c.yaml", b"validation_split: 1.5\n")),
    Case("YAML that is none", 2, [("c.yaml, line 2", "YAML")],
         ("--config", "c.yaml"), write("c.yaml", b"seed: 1\n  frame: [3\n")),
    Case("several problems of a config", 2,
         [("c.yaml, line 1", "sede"), ("c.yaml, line 2", "framme")],
         ("--config", "c.yaml"), write("c.yaml", b"sede: 2\nframme: 3\n")),
]


class BadGridsTest(BadInputTest):
    def test_grids(self):
        self.run_table(GRID)

    def test_configs(self):
        self.run_table(CONFIGS)


if __name__ == "__main__":
    program.main()
