# SPDX-License-Identifier: Apache-2.0
"""error_data.py finds texts with a subject and passes by errors with data and other texts."""

import tempfile
import unittest
from pathlib import Path

import error_data


class ErrorData(unittest.TestCase):
    def found(self, *statements):
        with tempfile.TemporaryDirectory() as name:
            for folder in ("include", "src"):
                (Path(name) / folder).mkdir()
            (Path(name) / "src" / "a.cpp").write_text("\n".join(statements) + "\n")
            return list(error_data.findings(name))

    def test_text_with_a_subject_is_found(self):
        for statement in ('throw core::UsageError("--folds needs subjects");',
                          'throw UsageError(concat("-o ", folder, " exists"));',
                          'throw core::Error(core::ExitCode::failure,\n    core::concat(\n'
                          '        core::quoted(file), " is damaged"));',
                          'throw core::InputError("\'trials\' is empty");'):
            found = self.found("", statement)
            self.assertEqual(len(found), 1, statement)
            self.assertIn("a.cpp:2: throw", found[0])

    def test_data_and_other_texts_are_not(self):
        self.assertEqual(self.found('throw core::UsageError({.option = "--folds", .problem = "x"});',
                                    'throw core::InputError("the trials are not in order");',
                                    "throw core::UsageError(problems);",
                                    'log::warn("--folds has no effect");'), [])


if __name__ == "__main__":
    unittest.main()
