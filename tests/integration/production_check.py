# SPDX-License-Identifier: Apache-2.0
"""Reads a legal production as a review platform would, with Python's csv alone.

production_check.py FOLDER ENCODING prints "BEG END TREATMENT" for each document.
"""
import csv
import hashlib
import pathlib
import struct
import subprocess
import sys

ENCODINGS = {"utf-8": "utf-8-sig", "windows-1252": "cp1252"}


def tags_of(data):
    """The tags of the only page of a little-endian TIFF."""
    assert data[:4] == b"II*\0"
    offset = struct.unpack_from("<I", data, 4)[0]
    count = struct.unpack_from("<H", data, offset)[0]
    assert struct.unpack_from("<I", data, offset + 2 + 12 * count)[0] == 0, "more than one page"
    tags = {}
    for i in range(count):
        tag, kind, _, value = struct.unpack_from("<HHII", data, offset + 2 + 12 * i)
        tags[tag] = value & 0xFFFF if kind == 3 else value
    return tags


def ink_of(data, tags):
    """How much of the page is black, as poppler decodes it from a PDF around the same bytes."""
    strip = data[tags[273]:tags[273] + tags[279]]
    draw = b"595 0 0 842 0 0 cm /I Do"
    parms = b"/K -1/Columns %d/Rows %d" % (tags[256], tags[257])
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
        b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R"
        b"/Resources<</XObject<</I 5 0 R>>>>>>",
        b"<</Length %d>>stream\n%s\nendstream" % (len(draw), draw),
        b"<</Type/XObject/Subtype/Image/Width %d/Height %d/BitsPerComponent 1/ColorSpace/DeviceGray"
        b"/Filter/CCITTFaxDecode/DecodeParms<<%s>>/Length %d>>stream\n%s\nendstream"
        % (tags[256], tags[257], parms, len(strip), strip),
    ]
    pdf = b"%PDF-1.4\n"
    places = []
    for number, content in enumerate(objects, 1):
        places.append(len(pdf))
        pdf += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    pdf += b"xref\n0 6\n0000000000 65535 f \n%strailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF" % (
        table, len(pdf))
    pixels = subprocess.run(["pdftoppm", "-r", "36", "-gray", "-"], input=pdf, check=True,
                            capture_output=True).stdout.split(b"\n", 3)[3]
    return sum(255 - p for p in pixels) / 255 / len(pixels)


def check_image(path):
    """One page: TIFF, black and white, CCITT Group 4, 300 dpi, words on white paper."""
    data = path.read_bytes()
    tags = tags_of(data)
    assert tags[259] == 4, "not Group 4"
    across, per = struct.unpack_from("<II", data, tags[282])
    assert across / per == 300, "not 300 dpi"
    assert 0.001 < ink_of(data, tags) < 0.3, "not a page of words"


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
