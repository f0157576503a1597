#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Each rule of check_tree.py finds what it is for, and leaves the lawful neighbour alone."""

import unittest
from pathlib import Path

import check_tree


def includes(path, line):
    return [what for _, what in check_tree.check_includes(Path(path), 1, line)]


class Rules(unittest.TestCase):
    def test_models_must_not_see_the_server(self):
        self.assertTrue(includes("models/base/a.h", '#include "server/http/message.h"'))
        self.assertFalse(includes("server/http/a.h", '#include "models/base/result.h"'))

    def test_server_and_client_never_meet(self):
        self.assertTrue(includes("backend-client/a.h", '#include "server/http/message.h"'))
        self.assertTrue(includes("server/api/a.h", '#include "backend-client/client.h"'))

    def test_scan_knows_no_domain(self):
        self.assertTrue(includes("models/scan/a.h", '#include "models/domain/run.h"'))

    def test_only_storage_knows_sql(self):
        self.assertTrue(includes("server/api/a.cpp", "#include <libpq-fe.h>"))
        self.assertFalse(includes("server/storage/a.cpp", "#include <libpq-fe.h>"))

    def test_beast_stays_behind_http_and_gateway(self):
        self.assertTrue(includes("server/api/a.cpp", "#include <boost/beast/http.hpp>"))
        self.assertFalse(includes("server/http/a.cpp", "#include <boost/beast/http.hpp>"))

    def test_long_functions_are_found(self):
        body = ["void f()", "{"] + ["    x();"] * 61 + ["}"]
        self.assertTrue(list(check_tree.check_functions(body)))
        self.assertFalse(list(check_tree.check_functions(body[:30] + ["}"])))

    def test_tests_with_widgets_are_watched(self):
        def found(path, line):
            return list(check_tree.check_test_main(Path(path), ["", line]))
        self.assertTrue(found("tests/ui/timeline/a_test.cpp", "QTEST_MAIN(A)"))
        self.assertFalse(found("tests/ui/timeline/a_test.cpp", "EXHIBIT_GUI_TEST_MAIN(A)"))
        self.assertFalse(found("tests/ui/detail/a_test.cpp", "QTEST_GUILESS_MAIN(A)"))

    def test_capturing_lambdas_in_co_await_are_found(self):
        bad = "co_await run([state] { go(state); });"
        self.assertTrue(list(check_tree.check_co_await_lambdas(bad)))
        self.assertTrue(list(check_tree.check_co_await_lambdas("co_await run([&](int x) { go(); });")))
        good = "auto work = [state] { go(state); };\nco_await run(std::move(work));"
        self.assertFalse(list(check_tree.check_co_await_lambdas(good)))
        self.assertFalse(list(check_tree.check_co_await_lambdas("co_await run([] { go(); });")))

    def test_errors_in_braces_in_co_await_are_found(self):
        self.assertTrue(list(check_tree.check_co_await_braces("co_await refuse({ErrorCode::A, {}, {}});")))
        self.assertFalse(list(check_tree.check_co_await_braces("co_await send({head, body}, {});")))
        self.assertFalse(list(check_tree.check_co_await_braces("Error e{ErrorCode::A};\nco_await f(e);")))


if __name__ == "__main__":
    unittest.main()
