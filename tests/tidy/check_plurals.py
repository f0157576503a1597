#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every text of the console that is chosen by a number ("%1 incident(s)") has its English plurals
in resources/i18n/exhibit_en.ts, and nothing stands there that no source says. Exit code 1 lists what
does not fit."""
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*\((?:s|es)\)(?:[^"\\]|\\.)*)"')


ADJACENT = re.compile(r'"\s*\n\s*"')  # Two literals that the compiler makes one.


def sources() -> dict[Path, str]:
    return {file.relative_to(ROOT): ADJACENT.sub("", file.read_text(encoding="utf-8"))
            for folder in ("ui", "app/console") for file in sorted((ROOT / folder).rglob("*.cpp"))}


def main() -> int:
    tree = ElementTree.parse(ROOT / "resources/i18n/exhibit_en.ts")
    translated = set()
    wrong = []
    for message in tree.iter("message"):
        source = message.findtext("source")
        forms = [form.text for form in message.iter("numerusform")]
        if len(forms) != 2 or not all(forms):
            wrong.append(f"exhibit_en.ts: {source}: needs two forms")
        translated.add(source)
    files = sources()
    wrong += [f"{file}: {text}: not in exhibit_en.ts" for file, source in files.items()
              for text in LITERAL.findall(source) if text not in translated]
    wrong += [f"exhibit_en.ts: {text}: in no source" for text in translated
              if not any(f'"{text}"' in source for source in files.values())]
    print("\n".join(sorted(wrong)) or "plurals: all there")
    return 1 if wrong else 0


sys.exit(main())
