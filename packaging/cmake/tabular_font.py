#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes the console's text font of Inter: its tabular digits become the default ones, because Qt 6.4
cannot switch font features on, and the family gets a name of its own, so that an Inter installed on
the machine is not mixed up with it. Inter is under the OFL without reserved names.

usage: tabular_font.py INPUT.otf OUTPUT.otf FAMILY"""

import sys

from fontTools.ttLib import TTFont


def tabular_glyphs(font):
    table = font["GSUB"].table
    for record in table.FeatureList.FeatureRecord:
        if record.FeatureTag == "tnum":
            for index in record.Feature.LookupListIndex:
                for subtable in table.LookupList.Lookup[index].SubTable:
                    yield from getattr(subtable, "ExtSubTable", subtable).mapping.items()
            return


def even_digits(font):
    """The heavier weights have a 4 that is a hair narrower than the other tabular digits."""
    widths = font["hmtx"].metrics
    digits = {name for table in font["cmap"].tables for code, name in table.cmap.items()
              if ord("0") <= code <= ord("9")}
    widest = max(widths[name][0] for name in digits)
    for name in digits:
        widths[name] = (widest, widths[name][1])


def main():
    source, target, family = sys.argv[1:]
    font = TTFont(source)
    swap = dict(tabular_glyphs(font))
    for table in font["cmap"].tables:
        for code in range(ord("0"), ord("9") + 1):
            if code in table.cmap:
                table.cmap[code] = swap.get(table.cmap[code], table.cmap[code])
    even_digits(font)
    style = font["name"].getDebugName(17) or font["name"].getDebugName(2)
    names = font["name"]
    for record in list(names.names):
        if record.nameID in (1, 16):
            names.setName(family, record.nameID, record.platformID, record.platEncID, record.langID)
        elif record.nameID == 4:
            names.setName(f"{family} {style}", 4, record.platformID, record.platEncID, record.langID)
        elif record.nameID == 6:
            postscript = f"{family}-{style}".replace(" ", "")
            names.setName(postscript, 6, record.platformID, record.platEncID, record.langID)
    font.save(target, reorderTables=False)


if __name__ == "__main__":
    main()
