#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every test that docs/wire-tests.md names must exist, and every line must name one or say why not.

In the second column of its tables stand GoogleTest names (`Suite.case`), names of the SDKs' tests
(`a name of several words`) and commands (`./dev ...`). Exit code 1 lists each breach."""

import re
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "wire-tests.md"
GTEST = re.compile(r"\bTEST(?:_F|_P)?\(\s*(\w+),\s*(\w+)\s*\)")
SDK = re.compile(r"""\btest\(\s*(['"`])(.+?)\1""")


def known_tests(root):
    found = set()
    for path in (root / "tests").rglob("*.cpp"):
        found |= {f"{suite}.{case}" for suite, case in GTEST.findall(path.read_text())}
    for path in (root / "tests" / "wire").glob("*.mjs"):
        # What a template fills in stands for any one word.
        found |= {re.sub(r"\$\{.*?\}", "*", name) for _, name in SDK.findall(path.read_text())}
    return found


def breaches(page, known):
    found = []
    words = {name.split(": ", 1)[-1] for name in known}
    for number, line in enumerate(page.split("\n"), 1):
        cells = [cell.strip() for cell in line.strip().strip("|").split(" | ")]
        if not line.startswith("| ") or len(cells) < 2 or cells[1] in ("tests", "---"):
            continue
        names = re.findall(r"`([^`]+)`", " | ".join(cells[1:]))
        if not names:
            found.append(f"{number}: names no test")
        for name in names:
            plain = name.split(": ", 1)[-1] if " " in name else name
            if not name.startswith("./dev ") and name not in known and plain not in words:
                found.append(f"{number}: there is no test {name}")
    return found


def main():
    found = breaches(PAGE.read_text(), known_tests(ROOT))
    for breach in found:
        print(f"docs/wire-tests.md:{breach}")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
