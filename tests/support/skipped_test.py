# SPDX-License-Identifier: Apache-2.0
import unittest

from skipped import skipped

LOG = """\
3/7 Testing: h5
[ RUN      ] Keras.ReadsTheFixture
/a/b/keras_test.cpp:12: Skipped
no reference folder

[  SKIPPED ] Keras.ReadsTheFixture (0 ms)
[ RUN      ] Keras.Other
[       OK ] Keras.Other (0 ms)
[  SKIPPED ] 1 test, listed below:
[  SKIPPED ] Keras.ReadsTheFixture
4/7 Testing: interop.archive
SKIPPED: there is no python
"""


class Skipped(unittest.TestCase):
    def test_finds_cases_and_whole_tests_once(self):
        self.assertEqual(
            list(skipped(LOG.splitlines())),
            [
                ("h5", "Keras.ReadsTheFixture", "no reference folder"),
                ("interop.archive", "", "there is no python"),
            ],
        )

    def test_finds_nothing_in_a_clean_log(self):
        self.assertEqual(list(skipped(["1/1 Testing: a", "[       OK ] A.B (0 ms)"])), [])


if __name__ == "__main__":
    unittest.main()
