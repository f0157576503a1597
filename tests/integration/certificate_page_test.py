#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Reads a certificate's page as a strict reader does: python3 certificate_page_test.py FILE."""
import html.parser
import sys

VOID = {"meta", "br"}


class Page(html.parser.HTMLParser):
    def __init__(self):
        super().__init__()
        self.open, self.text, self.rows = [], [], 0

    def handle_starttag(self, tag, attributes):
        assert tag not in ("script", "img", "iframe", "link", "form", "object"), tag
        for name, value in attributes:
            assert not name.startswith("on"), name
            assert name not in ("src", "action"), name
            assert name != "href" or value == "?format=document", value
        self.rows += tag == "tr"
        if tag not in VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open and self.open.pop() == tag, tag

    def handle_data(self, data):
        if "style" not in self.open:
            self.text.append(data)


page = Page()
page.feed(open(sys.argv[1], encoding="utf-8").read())
page.close()
assert not page.open, page.open
text = " ".join(page.text)
for needed in ("Signature", "Issue", "Of the log", "In the log", "Head of the log", "Whose keys", "When",
               "says nothing of tampering", "EXH1*", "exhibitctl verify"):
    assert needed in text, needed
assert page.rows > 20, page.rows
