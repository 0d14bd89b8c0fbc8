# SPDX-License-Identifier: Apache-2.0
"""Bad values of every option of train and of every key of the grid, dry and real. An option that is
new either tells by its help which values are bad, or needs some in REFUSED_ALONE."""

import re

import program
from bad_input import BadInputTest, Case, write
from described import options_and_keys
from program import FAST, run

# Values that are refused where they are used, after options were read; by the option's name.
REFUSED_ALONE = [
    Case("--config", 2, [("nowhere.yaml",)], ("--config", "nowhere.yaml")),
    Case("--training_data_path", 3, [("-tpath", "'nowhere'")], ("-tpath", "nowhere")),
    Case("--mask_data_path", 3, [("-mpath", "'nowhere'")], ("-mpath", "nowhere")),
    Case("--cache", 2, [("--cache", "'data/cache'")], ("--cache", "data/cache")),
    Case("--initial_model_path", 3, [("nowhere.h5",)], ("-path", "nowhere.h5")),
    Case("--experiment_name", 2, [("--experiment_name", "'a/b'")], ("-n", "a/b"), without=("-n",)),
    Case("--experiment_name", 2, [("'out/data'", "journal.jsonl", "another -n")], ("-n", "data"),
         write("out/data/thesis.txt", b"mine"), without=("-n",)),
    Case("--talos_params", 2, [("column 9",)], ("-talos", "{'lr': [")),
    Case("--talos_params", 2, [("--talos_params is empty, give a dictionary or a file, or leave it "
                                "out",)], ("-talos", "")),
    Case("--talos_params", 2, [("--talos_params is empty",)], ("--config", "unset.yaml"),
         write("unset.yaml", b"talos_params: ' '\n")),
    Case("--output_directory", 2, [("'/proc/nope'", "No such file")],
         ("--output_directory", "/proc/nope"), without=("--output_directory",)),
    Case("--output_directory", 2, [("'file.txt/out'", "Not a directory")],
         ("--output_directory", "file.txt/out"), write("file.txt", b"text"),
         without=("--output_directory",)),
    Case("--output_directory", 2, [("File name too long",)],
         ("--output_directory", 300 * "x"), without=("--output_directory",)),
    Case("--resume", 2, [("--resume", "'nowhere'")], ("--resume", "nowhere"), without=("-n",)),
    Case("--resume", 2, [("--resume", "'out'", "journal.jsonl")], ("--resume", "out"),
         write("out/thesis.txt", b"mine"), without=("-n",)),
    Case("--subject_pattern", 2, [("--subject_pattern", "'('")], ("--subject_pattern", "(")),
    Case("--subject_pattern", 3, [("--subject_pattern", "'rat[0-9]+'", "a1_anatomical")],
         ("--subject_pattern", "rat[0-9]+")),
    Case("--write_augmented", 2, [("'junk.h5'", "Not a directory")],
         ("--write_augmented", "junk.h5", "-ia", "False"), write("junk.h5", b"junk")),
    Case("--write_augmented", 2, [("'/proc/x'", "No such file")],
         ("--write_augmented", "/proc/x", "-ia", "False")),
    Case("--write_augmented", 2, [("'copies/masks'", "Not a directory")],
         ("--write_augmented", "copies", "-ia", "False"), write("copies/masks", b"no folder")),
    Case("--metric", 2, [("--metric", "'nonsense'")], ("--metric", "nonsense")),
    Case("--boolean_limit", 2, [("--boolean_limit", "lr <")], ("--boolean_limit", "lr <")),
    Case("--performance_target", 2, [("--performance_target", "'nonsense'")],
         ("--performance_target", "nonsense,0.5")),
    Case("--time_limit", 2, [("--time_limit", "2020-01-01", "passed")],
         ("--time_limit", "2020-01-01")),
    Case("--stop_before", 2, [("--stop_before", "2020-01-01", "passed")],
         ("--stop_before", "2020-01-01")),
    Case("--ranks_per_trial", 2, [("--ranks_per_trial", "2")], ("--ranks_per_trial", "2")),
    Case("--shard", 2, [("--shard", "3/2")], ("--shard", "3/2")),
    Case("--folds", 2, [("--folds", "90")], ("--folds", "90")),
]

# Keys whose help does not tell.
BAD_KEYS = {"patch_dimensions": ["many", 33, 0]}


def literal(value):
    """A value of the grid: numbers as they are, words in quotes."""
    return value if isinstance(value, int) or value.lstrip("-").isdigit() else f"'{value}'"


class BadValuesTest(BadInputTest):
    def setUp(self):
        super().setUp()
        self.options, self.keys = options_and_keys(self.here)

    def test_every_option_has_a_bad_value(self):
        self.assertGreater(len(self.options), 70)
        told = {option.name for option in self.options if option.bad_values()}
        names = {option.name for option in self.options}
        listed = {case.name for case in REFUSED_ALONE}
        self.assertEqual(names - told - listed, set(), "options without a bad value")
        self.assertEqual(listed - names, set(), "options that are no more")
        self.assertEqual({key.name for key in self.keys if not key.bad_values()}, set(BAD_KEYS))

    def refused(self, arguments, shown):
        """A start that must name each bad value in a line of its own, dry as real."""
        remarks = []
        for dry in (("--dry_run", "True"), ()):
            result = run("-tpath", "data", "-mpath", "masks", *FAST, *dry, *arguments,
                         cwd=self.here)
            self.assert_code(result, 2)
            self.assertEqual(list(self.here.glob("out")), [])
            remarks.append(result.remarks())
        self.assertEqual(*remarks)
        self.assertEqual(len(remarks[0]), len(shown), remarks[0])
        for line, (name, value) in zip(remarks[0], shown):
            self.assertIn(name, line)
            # In quotes or as a word of its own; a number may be printed as a double.
            self.assertRegex(line, rf"(?:'|\s){re.escape(str(value))}(?:\.0)?(?:'|[\s:])")

    def test_options_by_their_help(self):
        """The n-th bad value of each option at once: all are named."""
        for number in range(4):
            bad = [(option.name, option.bad_values()[number]) for option in self.options
                   if option.name != "--dry_run" and len(option.bad_values()) > number]
            with self.subTest(number):
                self.refused([word for pair in bad for word in pair], bad)

    def test_dry_run_itself(self):
        self.run_case(Case("--dry_run", 2, [("--dry_run", "'maybe'")], ("--dry_run", "maybe")))

    def test_keys_by_their_help(self):
        for number in range(4):
            bad = [(key.name, values[number]) for key in self.keys
                   if len(values := BAD_KEYS.get(key.name) or key.bad_values()) > number]
            bad.sort()
            grid = ", ".join(f"'{name}': [{literal(value)}]" for name, value in bad)
            with self.subTest(number):
                self.refused(["-ufp", "False", "-talos", f"{{{grid}}}"], bad)

    def test_alone(self):
        for case in REFUSED_ALONE:
            with self.subTest(" ".join((case.name, *case.arguments))):
                self.run_both(case)

    def test_a_cache_that_cannot_be_written_is_the_same_warning(self):
        # The time limit has passed, so that the real start ends, too.
        case = Case("cache", 2, [("--time_limit",)],
                    ("--cache", "/proc/cache", "--time_limit", "2020-01-01"))
        warnings = [line for line in self.run_both(case) if line.startswith("warning: ")]
        self.assertTrue(any("is not kept in the cache" in line and "/proc/cache" in line
                            for line in warnings), warnings)


if __name__ == "__main__":
    program.main()
