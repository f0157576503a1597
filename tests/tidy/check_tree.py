#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Rules of style.md that a machine can check, over the tree of this checkout.

Layer direction, ceilings of files, functions and lines, lambdas in co_await, lock files without
download addresses, SPDX lines. Exit code 1 lists each breach as path:line: what."""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]

# What each part may include, by folder. Nothing depends on app; ui, backend-client and server never
# see one another (architecture.md, "Folders and the direction of dependencies").
LAYERS = {
    "models": {"models"},
    "server": {"models", "server"},
    "backend-client": {"models", "backend-client"},
    "ui": {"models", "ui"},
    "app": {"models", "backend-client", "ui", "app"},
    "tests": {"models", "server", "backend-client", "ui", "app", "tests"},
}
# Inside models a module may use only what stands here.
MODELS = {
    "base": {"base"},
    "domain": {"base", "domain"},
    "scan": {"base", "scan"},
    "redaction": {"base", "domain", "scan", "redaction"},
    "query": {"base", "domain", "query"},
    "replay": {"base", "domain", "replay"},
    "evidence": {"base", "domain", "evidence"},
    "report": {"base", "domain", "scan", "redaction", "evidence", "report"},
}
# Libraries that only these folders (or files) may touch.
FENCED = [
    (re.compile(r"<libpq-fe\.h>"), ("server/storage",)),
    # The signer reads Vault's answers with the parser alone; it has no sockets of its own.
    (re.compile(r"<boost/(beast|asio)"), ("server/http", "server/gateway", "server/main", "server/redis",
      "server/signer/vault_transit.cpp", "tests")),
    (re.compile(r"<(Q[A-Z]\w*|Qt\w+/.*)>"), ("backend-client", "ui", "app", "tests/backend-client", "tests/app", "tests/gui",
      "tests/ui", "tests/bench")),
    (re.compile(r"<sqlite3\.h>"), ("server/spool", "server/storage", "tests")),
]
FILE_CEILING = {".cpp": 400, ".h": 200}
FUNCTION_CEILING = 60
LINE_CEILING = 100
# Each entry needs a reason; the list may only get shorter.
ALLOWED_LONG_FILES: dict[str, str] = {}


def tracked():
    listed = subprocess.run(
        ["git", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\n")
    return [Path(name) for name in listed if name and (ROOT / name).is_file()]


def check_includes(path, number, line):
    match = re.match(r'\s*#include\s+"([^"]+)"', line)
    top = path.parts[0]
    if match:
        target = match.group(1).split("/")
        if top in LAYERS and target[0] in LAYERS and target[0] not in LAYERS[top]:
            yield number, f"{top} must not include {target[0]}"
        if top == "models" and target[0] == "models" and len(target) > 2:
            allowed = MODELS.get(path.parts[1], {path.parts[1]})
            if target[1] not in allowed:
                yield number, f"models/{path.parts[1]} must not include models/{target[1]}"
    for pattern, folders in FENCED:
        if re.match(r"\s*#include", line) and pattern.search(line):
            if not any(str(path).startswith(place + "/") or str(path) == place for place in folders):
                yield number, f"only {', '.join(folders)} may include {pattern.search(line).group(0)}"


def check_functions(lines):
    """Functions as clang-format lays them out: a body opens with '{' alone in column 0."""
    start = None
    for number, line in enumerate(lines, 1):
        if line.rstrip() == "{":
            start = number
        elif line.startswith("}") and start is not None:
            length = number - start - 1
            if length > FUNCTION_CEILING:
                yield start, f"function of {length} lines (ceiling {FUNCTION_CEILING})"
            start = None


def check_test_main(path, lines):
    """Tests of the interface fail when it stalls (docs/decisions/0062)."""
    if path.parts[:2] in (("tests", "ui"), ("tests", "gui")):
        for number, line in enumerate(lines, 1):
            if line.startswith("QTEST_MAIN("):
                yield number, "a test with widgets has EXHIBIT_GUI_TEST_MAIN"


def check_co_await_lambdas(text):
    """GCC 12 destroys the captures of a lambda written inside a co_await expression twice."""
    for match in re.finditer(r"co_await\b[^;]*?\[[^\]\s][^\]]*\]\s*(\([^)]*\)\s*(mutable\s*)?(->[^{]*)?)?\{",
                             text, re.S):
        if not re.search(r"\w\[[^\]]*\]\s*\{?$", match.group(0)):
            yield text.count("\n", 0, match.start()) + 1, "lambda with captures inside co_await"


def check_co_await_braces(text):
    """GCC 12 copies an argument in braces of a coroutine bit by bit: a string in it is freed twice.
    Views may stand there, errors may not."""
    for match in re.finditer(r"co_await\b[^;{]*\{\s*ErrorCode::", text, re.S):
        yield text.count("\n", 0, match.start()) + 1, "an error in braces inside co_await"


def check_source(path):
    text = (ROOT / path).read_text(encoding="utf-8")
    lines = text.split("\n")
    if not lines[0].startswith("// SPDX-License-Identifier: Apache-2.0"):
        yield 1, "the SPDX line is missing"
    ceiling = FILE_CEILING[path.suffix]
    if len(lines) - 1 > ceiling and str(path) not in ALLOWED_LONG_FILES:
        yield len(lines), f"file of {len(lines) - 1} lines (ceiling {ceiling})"
    if path.suffix == ".h" and "#pragma once" not in text:
        yield 1, "#pragma once is missing"
    for number, line in enumerate(lines, 1):
        if len(line) > LINE_CEILING and "http" not in line and "R\"" not in line:
            yield number, f"line of {len(line)} characters (ceiling {LINE_CEILING})"
        if re.search(r"\b(TODO|FIXME|XXX)\b", line):
            yield number, "an open end; write an issue instead"
        yield from check_includes(path, number, line)
    yield from check_test_main(path, lines)
    yield from check_functions(lines)
    yield from check_co_await_lambdas(text)
    yield from check_co_await_braces(text)


def check_lock_file(path):
    def walk(value):
        if isinstance(value, dict):
            for key, member in value.items():
                if key == "resolved":
                    yield 1, f"download address in a lock file: {member}"
                yield from walk(member)
    yield from walk(json.loads((ROOT / path).read_text(encoding="utf-8")))


def check(path):
    if path.suffix in FILE_CEILING:
        yield from check_source(path)
    elif path.name == "package-lock.json":
        yield from check_lock_file(path)
    elif path.name == "CMakeLists.txt" and re.search(r"\bfile\s*\(\s*GLOB", (ROOT / path).read_text()):
        yield 1, "no globs: name the files"


def main():
    breaches = [f"{path}:{number}: {what}" for path in tracked() for number, what in check(path)]
    print("\n".join(breaches) if breaches else "tidy: no breach")
    return 1 if breaches else 0


if __name__ == "__main__":
    sys.exit(main())
