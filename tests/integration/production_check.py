# SPDX-License-Identifier: Apache-2.0
"""Reads a legal production as a review platform would, with Python's csv alone.

production_check.py FOLDER ENCODING prints "BEG END TREATMENT" for each document.
"""
import csv
import hashlib
import pathlib
import struct
import sys

ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}


def check_image(path):
    """One page: TIFF, black and white, CCITT Group 4, 300 dpi."""
    data = path.read_bytes()
    assert data[:4] == b"II*\0", path
    offset = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, offset)[0]
    tags = {}
    for i in range(count):
        tag, _, _, value = struct.unpack_from("<HHII", data, offset + 2 + 12 * i)
        tags[tag] = value
    assert tags[259] & 0xFFFF == 4, "not Group 4"
    assert struct.unpack_from("<II", data, tags[282]) [0] / \
        struct.unpack_from("<II", data, tags[282])[1] == 300, "not 300 dpi"
    assert struct.unpack_from("<I", data, offset + 2 + 12 * count)[0] == 0, "more than one page"


def main():
    root = pathlib.Path(sys.argv[1])
    encoding = ENCODINGS[sys.argv[2]]
    dat = next(root.glob("*/DATA/*.DAT"))
    opt = next(root.glob("*/DATA/*.OPT"))
    with open(dat, encoding=encoding, newline="") as file:
        rows = list(csv.DictReader(file, delimiter="\x14", quotechar="\u00fe", strict=True))
    images = [line.split(",") for line in opt.read_text("ascii").splitlines()]
    page = 0
    for row in rows:
        assert None not in row and None not in row.values(), row
        pages = int(row["PAGECOUNT"])
        prefix, first = row["BEGBATES"][:-7], int(row["BEGBATES"][-7:])
        for i in range(pages):
            key, volume, path, start, _, _, total = images[page]
            assert key == f"{prefix}{first + i:07}", key
            assert start == ("Y" if i == 0 else "") and total == (str(pages) if i == 0 else "")
            assert path.startswith(volume + "\\IMAGES\\")
            check_image(root / path.replace("\\", "/"))
            page += 1
        assert row["ENDBATES"] == f"{prefix}{first + pages - 1:07}"
        text = root / row["TEXTPATH"].replace("\\", "/")
        content = text.read_bytes()
        content.decode("utf-8")
        if row["NATIVEPATH"]:
            content = (root / row["NATIVEPATH"].replace("\\", "/")).read_bytes()
        assert hashlib.sha256(content).hexdigest() == row["SHA256HASH"], row
        assert len(content) == int(row["FILESIZE"])
        if row["EXH_PROOF"]:
            entry = root / "PROOFS" / f"{int(row['EXH_SEQ']):010}.json"
            assert hashlib.sha256(entry.read_bytes()).hexdigest() == row["EXH_ENTRYHASH"]
            assert (root / row["EXH_PROOF"].replace("\\", "/")).exists()
        print(row["BEGBATES"], row["ENDBATES"], row["DOCTYPE"], row["REDACTED"])
    assert page == len(images), "images without a document"
    with open(root / "LOGS/privilege_log.csv", encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file, strict=True):
            assert row["basis"] and row["description"], row


main()
