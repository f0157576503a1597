#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Makes a pack that lies, as one who holds the key that signs packs would: everything that this key
vouches for is made to fit, so that what is left has to give it away.

usage: tampered_pack.py KIND PACK FOLDER   FOLDER gets case.exhibit and the keys to trust
exit code 3: the pack has nothing of that kind
"""
import base64
import hashlib
import json
import os
import subprocess
import sys
import tempfile
import zipfile

KINDS = ("unlisted", "signature", "head", "chain", "entry", "field", "answer", "times", "title",
         "proof", "certificate", "link", "name")
TYPE = "application/vnd.in-toto+json"


def run(*command, data=b""):
    return subprocess.run(command, input=data, stdout=subprocess.PIPE, check=True).stdout


def sign(key, payload):
    pae = b"DSSEv1 %d %s %d " % (len(TYPE), TYPE.encode(), len(payload)) + payload
    with tempfile.NamedTemporaryFile() as file:
        file.write(pae)
        file.flush()
        return run("openssl", "pkeyutl", "-sign", "-inkey", key, "-rawin", "-in", file.name)


def envelope(key, payload, keyid="test"):
    text = json.dumps({"payload": base64.b64encode(payload).decode(), "payloadType": TYPE,
                       "signatures": [{"keyid": keyid,
                                       "sig": base64.b64encode(sign(key, payload)).decode()}]},
                      separators=(",", ":"), sort_keys=True)
    return text.encode()


def payload_of(text):
    return base64.b64decode(json.loads(text)["payload"])


def hashes(files, names):
    return "".join(f"{hashlib.sha256(files[n]).hexdigest()}  {n}\n" for n in sorted(names)).encode()


def named(files, folder, ending=".json"):
    return sorted(n for n in files if n.startswith(f"data/{folder}/") and n.endswith(ending))


def other_year(text):
    return text.replace(b'"ts":"2', b'"ts":"1', 1)


def change(kind, files, key):
    """Whether there was something to change."""
    entries = named(files, "entries")
    if kind == "head":
        name = max(named(files, "checkpoints", ".note"), key=lambda n: int(os.path.basename(n)[:-5]))
        lines = files[name].decode().split("\n")
        lines[2] = base64.b64encode(hashlib.sha256(b"another tree").digest()).decode()
        files[name] = "\n".join(lines).encode()
    elif kind == "chain":
        neighbours = [a for a, b in zip(entries, entries[1:])
                      if int(a[-15:-5]) + 1 == int(b[-15:-5])]
        if not neighbours:
            return False
        files[neighbours[0]] = other_year(files[neighbours[0]])
    elif kind == "entry":
        files[entries[-1]] = other_year(files[entries[-1]])
    elif kind == "field":
        fields = named(files, "fields")
        if not fields:
            return False
        files[fields[0]] = files[fields[0]][:-3] + bytes([files[fields[0]][-3] ^ 1]) \
            + files[fields[0]][-2:]
    elif kind == "answer":
        answers = named(files, "calls", "/released.bin")
        if not answers:
            return False
        files[answers[0]] = files[answers[0]][:-3] + bytes([files[answers[0]][-3] ^ 1]) \
            + files[answers[0]][-2:]
    elif kind == "times":
        lists = [n for n in named(files, "calls", "/pieces.json") if b'"at_us":' in files[n]]
        if not lists:
            return False
        files[lists[0]] = files[lists[0]].replace(b'"at_us":', b'"at_us":1', 1)
    elif kind == "title":
        text = files["data/exports/evidence.json"]
        at = text.index(b'"title":"', text.index(b'"incident":')) + 9
        files["data/exports/evidence.json"] = text[:at] + bytes([text[at] ^ 1]) + text[at + 1:]
    elif kind == "proof":
        name = named(files, "proofs", ".tlog-proof")[0]
        lines = files[name].decode().split("\n")
        if lines[2] == "":
            return False
        lines[2] = base64.b64encode(hashlib.sha256(b"another node").digest()).decode()
        files[name] = "\n".join(lines).encode()
    elif kind == "certificate":
        certificates = named(files, "certificates", ".dsse.json")
        if not certificates:
            return False
        payload = payload_of(files[certificates[0]]).replace(b'"engine":"', b'"engine":"not ', 1)
        files[certificates[0]] = envelope(key, payload)
        files[certificates[0].replace(".dsse.json", ".payload.json")] = payload
    elif kind == "name":  # What a shell would run if it took it for a number.
        files["data/entries/0+hash[$(id>ran)].json"] = files[entries[0]]
    return True


def link(archive, name, target):
    info = zipfile.ZipInfo(name)
    info.create_system = 3
    info.external_attr = 0o120777 << 16
    archive.writestr(info, target)


def main(kind, pack, folder):
    with zipfile.ZipFile(pack) as archive:
        top = next(n.split("/")[0] for n in archive.namelist() if "/" in n)
        files = {n[len(top) + 1:]: archive.read(n) for n in archive.namelist()
                 if n.startswith(top + "/") and not n.endswith("/")}
    key = os.path.join(folder, "key.pem")
    trusted = os.path.join(folder, "TRUSTED-cert.pub.pem")
    run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key)
    os.rename(trusted, os.path.join(folder, "TRUSTED-cert-2.pub.pem"))
    run("openssl", "pkey", "-in", key, "-pubout", "-out", trusted)
    if not change(kind, files, key):
        return 3
    files["manifest-sha256.txt"] = hashes(files, [n for n in files if n.startswith("data/")])
    tags = [n for n in files if "/" not in n and n not in ("tagmanifest-sha256.txt", "pack.dsse.json")]
    old = hashlib.sha256(files["tagmanifest-sha256.txt"]).hexdigest().encode()
    files["tagmanifest-sha256.txt"] = hashes(files, tags)
    new = hashlib.sha256(files["tagmanifest-sha256.txt"]).hexdigest().encode()
    files["pack.dsse.json"] = envelope(key, payload_of(files["pack.dsse.json"]).replace(old, new))
    if kind == "unlisted":
        files["data/beside.json"] = b"{}"
    if kind == "signature":
        run("openssl", "genpkey", "-algorithm", "ed25519", "-out", key)
        run("openssl", "pkey", "-in", key, "-pubout", "-out", trusted)
    with zipfile.ZipFile(os.path.join(folder, "case.exhibit"), "w") as archive:
        for name in sorted(files):
            archive.writestr(f"{top}/{name}", files[name])
        if kind == "link":  # Fields that nobody hashes: a search for files does not follow it.
            link(archive, f"{top}/data/fields/9999999999", "../entries")
    return 0


if __name__ == "__main__":
    if len(sys.argv) != 4 or sys.argv[1] not in KINDS:
        sys.exit(__doc__)
    sys.exit(main(*sys.argv[1:]))
