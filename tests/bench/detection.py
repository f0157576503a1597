# SPDX-License-Identifier: Apache-2.0
"""Measures the shipped packs on third-party examples: precision and recall of each type, through
`exhibitctl redact` itself. Prints the tables of docs/detection.md; --write puts them there."""
import base64
import collections
import glob
import gzip
import json
import os
import re
import subprocess
import sys

SOURCE = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DATA = os.environ.get("EXHIBIT_TEST_DATA", os.path.join(SOURCE, "..", "shared", "data"))
BIN = os.environ.get("EXHIBIT_BIN_DIR", os.path.join(SOURCE, "build", "release", "bin"))
TYPES = ["EMAIL", "CREDIT_CARD", "IBAN", "SSN", "IP_ADDRESS", "JWT", "PRIVATE_KEY", "API_KEY",
         "PASSWORD", "PHONE", "NATIONAL_ID", "PASSPORT", "DATE_OF_BIRTH"]
NEED_CONTEXT = {"PHONE", "NATIONAL_ID", "PASSPORT"}
# What has no form of its own: the examples of a scanner's user-defined pattern, and key-like
# placeholders of one vendor (AP5xxxxxxxxxx).
NO_VENDOR_FORM = {"pattern", "artifactory"}


def read_rows():
    rows = []
    for path in sorted(glob.glob(os.path.join(DATA, "pii", "*.jsonl"))):
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                row = json.loads(line)
                row["file"] = os.path.basename(path)
                raw = base64.b64decode(row["text_b64"]) if "text_b64" in row else row["text"].encode()
                row["decoded"] = raw.decode("utf-8", "replace")
                for span in row["spans"]:
                    # A date is somebody's birth where the words before it say so.
                    before = raw[max(0, span["start"] - 40):span["start"]].decode("utf-8", "replace")
                    if span["type"] == "DATE" and re.search(r"(?i)birth|\bborn\b|\bd\.?o\.?b\b", before):
                        span["type"] = "DATE_OF_BIRTH"
                rows.append(row)
    return rows


def spans_of(texts, policy=None):
    """The spans that the program finds in each text, with the shipped packs or those of a file."""
    more = ["--policy", os.path.join(SOURCE, "resources", "policies", policy)] if policy else []
    lines = "".join(json.dumps(text) + "\n" for text in texts)
    done = subprocess.run([os.path.join(BIN, "exhibitctl"), "redact", "-", "--ndjson", "--json"] + more,
                          input=lines.encode(), stdout=subprocess.PIPE, check=True)
    return [json.loads(line)["spans"] for line in done.stdout.decode().split("\n") if line]


def overlaps(a, b):
    return a["start"] < b["end"] and b["start"] < a["end"]


def is_bare(row, kind):
    """Whether the row is a value with nothing beside it."""
    if row.get("whole_value") or row["file"].startswith(("whole", "phone_examples")):
        return True
    # Of types that take their meaning from context, also a line that is nothing but a value.
    if kind not in NEED_CONTEXT or len(row["spans"]) > 1:
        return False
    if not row["spans"]:
        return not re.search("[^\\W\\d_]{3}", row["decoded"])
    span = row["spans"][0]
    value = row["decoded"].encode()[span["start"]:span["end"]].decode("utf-8", "replace")
    return row["decoded"].strip() == value.strip()


def expected(row, kind):
    return [span for span in row["spans"] if span["type"] == kind
            and (span.get("vendor") or span.get("subtype")) not in NO_VENDOR_FORM]


def says_something(row, kind):
    """Whether a find of that type that nobody expected is wrong."""
    negative = row.get("negative_for") or []
    negative = [negative] if isinstance(negative, str) else negative
    return row["file"].startswith("synthetic") or kind in negative \
        or any(span["type"] == kind for span in row["spans"])


def measure(rows, found):
    counts = collections.defaultdict(collections.Counter)
    for row, spans in zip(rows, found):
        for kind in TYPES:
            group = counts[kind, "values" if is_bare(row, kind) else "text"]
            gold = expected(row, kind)
            hits = [span for span in spans if span["type"] == kind]
            for span in gold:
                if row.get("weak"):
                    group["weak"] += 1
                elif any(overlaps(hit, span) for hit in spans):
                    group["found" if any(overlaps(hit, span) for hit in hits) else "other"] += 1
                else:
                    group["missed"] += 1
            if says_something(row, kind):
                any_gold = [span for span in row["spans"] if span["type"] == kind]
                for hit in hits:
                    right = any(overlaps(hit, span) for span in any_gold)
                    group["right" if right else "wrong"] += 1
    return counts


def ratio(part, rest):
    return "-" if part + rest == 0 else f"{part / (part + rest):.3f}"


def table(counts):
    lines = ["| type | in text | recall | precision | bare values | recall |", "|---|---|---|---|---|---|"]
    for kind in TYPES:
        text, bare = counts[kind, "text"], counts[kind, "values"]
        expected_in_text = text["found"] + text["other"] + text["missed"]
        expected_bare = bare["found"] + bare["other"] + bare["missed"]
        lines.append(
            f"| {kind} | {expected_in_text} | {ratio(text['found'], text['other'] + text['missed'])} "
            f"| {ratio(text['right'], text['wrong'])} | {expected_bare} "
            f"| {ratio(bare['found'], bare['other'] + bare['missed'])} |")
    return "\n".join(lines)


def prompts(name):
    path = os.path.join(DATA, "prompts", name)
    with (gzip.open if name.endswith(".gz") else open)(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line) for line in lines]


def attack_table():
    """In how many prompts of each family the packs for requests and answers find anything."""
    rows = prompts("attack.jsonl.gz")
    families = collections.defaultdict(list)
    for index, row in enumerate(rows):
        families[row["family"].partition(":")[0]].append(index)
    packs = ["prompt_injection.json", "safety.json"]
    found = {pack: [bool(spans) for spans in spans_of([row["text"] for row in rows], pack)]
             for pack in packs}
    lines = ["| family | prompts | PROMPT_INJECTION | SAFETY |", "|---|---|---|---|"]
    families["all"] = range(len(rows))
    for family, indexes in sorted(families.items(), key=lambda item: (item[0] == "all", item[0])):
        hits = [sum(found[pack][index] for index in indexes) for pack in packs]
        lines.append(f"| {family} | {len(indexes)} | {hits[0]} | {hits[1]} |")
    harmless = [row["text"] for row in prompts("benign.jsonl")]
    hits = [sum(bool(spans) for spans in spans_of(harmless, pack)) for pack in packs]
    lines.append(f"| harmless | {len(harmless)} | {hits[0]} | {hits[1]} |")
    return "Prompts in which a pack finds anything, by the family of the attack:\n\n" + "\n".join(lines)


def benign_table():
    texts = [row["text"] for row in prompts("benign.jsonl")]
    counts = collections.Counter(span["type"] for spans in spans_of(texts) for span in spans)
    body = "\n".join(f"| {kind} | {count} |" for kind, count in sorted(counts.items()))
    return f"{len(texts)} harmless prompts:\n\n| type | finds |\n|---|---|\n{body}"


def main():
    if not os.path.isdir(os.path.join(DATA, "pii")):
        sys.exit(f"no examples in {DATA}")
    rows = read_rows()
    counts = measure(rows, spans_of([row["decoded"] for row in rows]))
    text = f"{table(counts)}\n\n{benign_table()}\n\n{attack_table()}\n"
    print(text)
    if "--write" in sys.argv:
        path = os.path.join(SOURCE, "docs", "detection.md")
        with open(path, encoding="utf-8") as page:
            head, _, rest = page.read().partition("<!-- begin figures -->\n")
            tail = rest.partition("<!-- end figures -->")[2]
        with open(path, "w", encoding="utf-8") as page:
            page.write(f"{head}<!-- begin figures -->\n{text}<!-- end figures -->{tail}")


if __name__ == "__main__":
    main()
