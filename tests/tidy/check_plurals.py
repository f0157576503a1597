#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Every text of the console that is chosen by a number ("%1 incident(s)") has its English plurals
in resources/i18n/exhibit_en.ts, and nothing else stands there. Exit code 1 lists what does not fit."""
import re
import sys
from pathlib import Path
from xml.etree import ElementTree

ROOT = Path(__file__).resolve().parents[2]
LITERAL = re.compile(r'"((?:[^"\\]|\\.)*\((?:s|es)\)(?:[^"\\]|\\.)*)"')


def texts_in_sources() -> dict[str, Path]:
    found = {}
    for folder in ("ui", "app/console"):
        for file in sorted((ROOT / folder).rglob("*.cpp")):
            for text in LITERAL.findall(file.read_text(encoding="utf-8")):
                found[text] = file.relative_to(ROOT)
    return found


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
    sources = texts_in_sources()
    wrong += [f"{file}: {text}: not in exhibit_en.ts" for text, file in sources.items()
              if text not in translated]
    wrong += [f"exhibit_en.ts: {text}: in no source" for text in translated - sources.keys()]
    print("\n".join(sorted(wrong)) or "plurals: all there")
    return 1 if wrong else 0


sys.exit(main())
