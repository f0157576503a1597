# SPDX-License-Identifier: Apache-2.0
"""The rules of ISO 19005-3 (PDF/A-3) and of tagged PDF that a file can be held against without
rendering it, as qpdf reads the file. veraPDF is not packaged by Debian and PDFBox Preflight knows
part 1 alone and needs a Java runtime: this stands in for them wherever ./dev test runs.

pdfa_check.py FILE prints the outline, one title a line.
"""
import json
import re
import subprocess
import sys


class Pdf:
    def __init__(self, path):
        made = subprocess.run(["qpdf", "--json=2", "--json-stream-data=none", path], check=True,
                              capture_output=True)
        whole = json.loads(made.stdout)
        self.objects = whole["qpdf"][1]
        self.outlines = whole["outlines"]
        self.trailer = self.objects["trailer"]["value"]

    def get(self, value):
        """What a reference leads to; of a stream its dictionary."""
        for _ in range(20):
            if not isinstance(value, str) or not re.fullmatch(r"\d+ \d+ R", value):
                return value
            held = self.objects["obj:" + value]
            value = held["stream"]["dict"] if "stream" in held else held["value"]
        raise AssertionError("references lead in a circle")

    def dictionaries(self):
        """Every dictionary of the file, those of streams too."""
        def inside(value):
            if isinstance(value, dict):
                yield value
                for member in value.values():
                    yield from inside(member)
            elif isinstance(value, list):
                for member in value:
                    yield from inside(member)

        for name, held in self.objects.items():
            if name != "trailer":
                is_stream = "stream" in held
                for found in inside(held["stream"]["dict"] if is_stream else held["value"]):
                    yield found, is_stream
                    is_stream = False

    def of_type(self, kind):
        return [found for found, _ in self.dictionaries() if self.get(found.get("/Type")) == kind]


def text(value):
    assert isinstance(value, str) and value.startswith("u:"), value
    return value[2:]


def check_fonts(pdf):
    fonts = pdf.of_type("/Font")
    assert fonts, "no font"
    for font in fonts:
        kind = font["/Subtype"]
        if kind == "/Type3":
            continue
        if kind == "/Type0":
            assert "/ToUnicode" in font, "letters of a font cannot be read back"
            continue
        described = pdf.get(font["/FontDescriptor"])
        assert any(name in described for name in ("/FontFile", "/FontFile2", "/FontFile3")), font
        assert kind != "/CIDFontType2" or "/CIDToGIDMap" in font, font


def check_nothing_active(pdf):
    for found, is_stream in pdf.dictionaries():
        for name in ("/JS", "/JavaScript", "/AA", "/OCProperties", "/XFA", "/Alternates", "/OPI",
                     "/TR", "/HTP", "/NeedAppearances"):
            assert name not in found, name
        assert found.get("/S") not in ("/Launch", "/JavaScript", "/GoToR", "/Sound", "/Movie",
                                       "/ImportData", "/SubmitForm", "/ResetForm"), found
        assert found.get("/BM", "/Normal") in ("/Normal", "/Compatible"), found
        assert found.get("/Interpolate") is not True, found
        if is_stream:
            assert "/F" not in found, "a stream outside the file"
            assert "/LZWDecode" not in json.dumps(found.get("/Filter")), "LZW"


def check_attachments(pdf, root):
    names = pdf.get(pdf.get(root.get("/Names", {})).get("/EmbeddedFiles", {})).get("/Names", [])
    specs = {str(name) for name in names[1::2]}
    assert specs == {str(name) for name in pdf.get(root.get("/AF", []))}, "associated files"
    for spec in map(pdf.get, names[1::2]):
        assert spec["/AFRelationship"] in ("/Source", "/Data", "/Alternative", "/Supplement")
        assert text(spec["/F"]) == text(spec["/UF"])
        assert text(spec["/Desc"])
        file = pdf.get(spec["/EF"]["/F"])
        assert "/" in file["/Subtype"][1:], "a type of media"
        assert pdf.get(file["/Params"])["/ModDate"].startswith("u:D:")


def check_metadata(pdf, root, path):
    info = pdf.get(pdf.trailer["/Info"])
    held = pdf.objects["obj:" + root["/Metadata"]]["stream"]["dict"]
    assert "/Filter" not in held, "metadata is packed"
    whole = open(path, "rb").read()
    assert re.match(rb"%PDF-1\.7\n%[\x80-\xff]{4}", whole), "head"
    assert whole.rstrip(b"\n").endswith(b"%%EOF"), "end"
    begin = whole.index(b"<?xpacket begin")
    xmp = whole[begin:whole.index(b"<?xpacket end", begin)].decode("utf-8")
    assert "<pdfaid:part>3</pdfaid:part>" in xmp
    title = text(info["/Title"])
    escaped = title.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    assert escaped in xmp, "the title of the metadata is another"
    made = re.search(r"<xmp:CreateDate>(.*?)</xmp:CreateDate>", xmp).group(1)
    assert "D:" + re.sub(r"[-:T]", "", made) == text(info["/CreationDate"]), made
    assert "/ID" in pdf.trailer


def check_colours(pdf, root):
    intents = pdf.get(root["/OutputIntents"])
    assert [pdf.get(intent)["/S"] for intent in intents] == ["/GTS_PDFA1"]
    assert pdf.get(pdf.get(intents[0])["/DestOutputProfile"])["/N"] == 3
    for found, _ in pdf.dictionaries():
        assert found.get("/CS") != "/DeviceCMYK" and found.get("/ColorSpace") != "/DeviceCMYK"


def check_structure(pdf, root):
    assert pdf.get(root["/MarkInfo"])["/Marked"] is True
    assert text(root["/Lang"])
    assert pdf.get(root["/ViewerPreferences"])["/DisplayDocTitle"] is True
    roles = {}
    for element, _ in pdf.dictionaries():
        role = element.get("/S")
        if "/P" not in element or not isinstance(role, str):
            continue
        roles[role] = roles.get(role, 0) + 1
        if role == "/Figure":
            assert text(element["/Alt"]), "a picture without words"
        if role == "/TH":
            assert pdf.get(element["/A"])["/Scope"] in ("/Row", "/Column")
    assert roles.get("/H1", 0) >= 1, roles
    assert roles.get("/P", 0) > 1, roles
    assert bool(roles.get("/TR")) == bool(roles.get("/Table")), roles


def check_annotations(pdf):
    for annotation in [a for a, _ in pdf.dictionaries() if "/Subtype" in a and "/Rect" in a]:
        assert annotation["/F"] & 4 and not annotation["/F"] & (1 | 2 | 32), "is printed, not hidden"
        assert annotation["/Subtype"] in ("/Widget", "/Link"), annotation
        assert annotation["/Subtype"] == "/Link" or "/N" in annotation["/AP"], annotation


def titles(outlines):
    for item in outlines:
        assert item["destpageposfrom1"] >= 1, item
        yield item["title"]
        yield from titles(item["kids"])


def main():
    pdf = Pdf(sys.argv[1])
    assert "/Encrypt" not in pdf.trailer
    root = pdf.get(pdf.trailer["/Root"])
    check_metadata(pdf, root, sys.argv[1])
    check_colours(pdf, root)
    check_fonts(pdf)
    check_nothing_active(pdf)
    check_attachments(pdf, root)
    check_structure(pdf, root)
    check_annotations(pdf)
    print("\n".join(titles(pdf.outlines)))


main()
