#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""clang-tidy over all but tests: tidy.py [SOURCE...]

Nearly all of clang-tidy's time goes into headers, so ten sources are looked at as one unit
(build/tidy-unity). Where a unit cannot be compiled, because two of its sources have a name in
common, or something is found, its sources are looked at one by one (build/tidy).
"""
import json
import os
import re
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

SKIPPED = re.compile(r"/tests/|_autogen/|/qrc_")
# clang cannot read qpdf's JSON.hh as C++20.
UNREADABLE = re.compile(r"#include <qpdf/")
INCLUDED = re.compile(r'^#include "(.*\.cpp)"$', re.MULTILINE)


def read(path):
    with open(path, encoding="utf-8") as file:
        return file.read()


def units(build):
    commands = json.loads(read(f"{build}/compile_commands.json"))
    return [c["file"] for c in commands
            if not SKIPPED.search(c["file"]) and os.path.exists(c["file"])]


def tidy(build, source):
    """What clang-tidy says of a source; empty: nothing."""
    # Only what the compiler sees; headers are checked through their sources. The build's compiler
    # knows warnings by name that clang does not. The analyzer looks at one function at a time:
    # across functions it takes most of the hours and loses its way in coroutines.
    run = subprocess.run(
        ["clang-tidy-19", "-p", build, "--quiet", "--config-file=.clang-tidy",
         "--checks=-bugprone-suspicious-include",
         r"--header-filter=^(?!.*/build/).*/(models|server|backend-client|app|ui)/.*\.(h|cpp)$",
         "--extra-arg=-Wno-unknown-warning-option",
         "--extra-arg=-Xclang", "--extra-arg=-analyzer-config",
         "--extra-arg=-Xclang", "--extra-arg=mode=shallow", source],
        capture_output=True, text=True, check=False)
    # What it means to find inside Asio is not ours: it does not know coroutines.
    errors = [line for line in run.stdout.splitlines() if ": error:" in line]
    if errors and all(line.startswith("/usr/include/boost/asio/") for line in errors):
        return ""
    return (run.stdout or run.stderr) if run.returncode else ""


def sources_of(unit):
    """Without what a build makes: its source is the program that makes it."""
    sources = INCLUDED.findall(read(unit)) if "/Unity/" in unit else [unit]
    return [source for source in sources if not source.startswith(os.path.abspath("build") + os.sep)]


def main(wanted):
    wanted = [os.path.abspath(source) for source in wanted]
    with ThreadPoolExecutor(os.cpu_count()) as pool:
        if not wanted:
            all_units = units("build/tidy-unity")
            said = pool.map(lambda unit: tidy("build/tidy-unity", unit), all_units)
            wanted = [source for unit, found in zip(all_units, said) if found
                      for source in sources_of(unit)]
            print(f"{len(wanted)} sources are looked at alone", file=sys.stderr)
        wanted = [source for source in wanted if not UNREADABLE.search(read(source))]
        found = [text for text in pool.map(lambda source: tidy("build/tidy", source), wanted)
                 if text]
    print("".join(found), end="")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
