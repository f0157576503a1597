#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The check of docs/wire-tests.md finds what it is for."""

import unittest

from check_wire_tests import breaches

KNOWN = {"Wire.passes", "responses: a stop ends it"}


class CheckWireTests(unittest.TestCase):
    def test_passes_what_exists(self):
        page = "| line | tests |\n|---|---|\n| a `b` | `Wire.passes` sdk `a stop ends it` `./dev bench x` |"
        self.assertEqual(breaches(page, KNOWN), [])

    def test_finds_names_that_do_not_exist(self):
        page = "| a | `Wire.passes` `Wire.fails` sdk `nobody wrote it` |"
        self.assertEqual(len(breaches(page, KNOWN)), 2)

    def test_finds_lines_without_a_test(self):
        self.assertEqual(breaches("| a `Wire.passes` | not tested |", KNOWN), ["1: names no test"])


if __name__ == "__main__":
    unittest.main()
