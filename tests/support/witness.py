#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""A witness (C2SP tlog-witness) over HTTP: openssl's Ed25519, cosignature/v1, RFC 9162 consistency.

witness.py FOLDER [PORT]    prints {"listening":"127.0.0.1:PORT"} once it answers.

FOLDER/vkey is its key, which stays the same. The logs it knows are the vkeys in FOLDER/logs, one a
line, read at each request; what it cosigned last is FOLDER/state. Nothing of Exhibit is used here.
"""
import base64
import hashlib
import http.server
import json
import pathlib
import struct
import subprocess
import sys
import tempfile
import time

NAME = "witness.example/w1"
DER = bytes.fromhex("302a300506032b6570032100")
folder = pathlib.Path(sys.argv[1])


class Refused(Exception):
    def __init__(self, status, body=""):
        super().__init__(status)
        self.status = status
        self.body = body


def openssl(*arguments):
    return subprocess.run(["openssl", *arguments], capture_output=True, check=False)


def key_id(name, kind, key):
    return hashlib.sha256(name.encode() + b"\n" + bytes([kind]) + key).digest()[:4]


def fits(key, text, signature):
    with tempfile.TemporaryDirectory() as place:
        files = pathlib.Path(place)
        (files / "key").write_bytes(DER + key)
        (files / "text").write_bytes(text)
        (files / "signature").write_bytes(signature)
        return openssl("pkeyutl", "-verify", "-pubin", "-keyform", "DER", "-inkey", files / "key", "-rawin",
                       "-in", files / "text", "-sigfile", files / "signature").returncode == 0


def sign(text):
    with tempfile.TemporaryDirectory() as place:
        file = pathlib.Path(place) / "text"
        file.write_bytes(text)
        return openssl("pkeyutl", "-sign", "-inkey", folder / "key.pem", "-rawin", "-in", file).stdout


def node(left, right):
    return hashlib.sha256(b"\x01" + left + right).digest()


def consistent(old, old_root, size, root, proof):
    """RFC 9162, 2.1.4.2."""
    if old == 0 or old == size:
        return not proof and (old == 0 or old_root == root)
    if old & (old - 1) == 0:
        proof = [old_root] + proof
    if not proof:
        return False
    fn, sn = old - 1, size - 1
    while fn & 1:
        fn, sn = fn >> 1, sn >> 1
    fr = sr = proof[0]
    for hashed in proof[1:]:
        if sn == 0:
            return False
        if fn & 1 or fn == sn:
            fr, sr = node(hashed, fr), node(hashed, sr)
            while fn and not fn & 1:
                fn, sn = fn >> 1, sn >> 1
        else:
            sr = node(sr, hashed)
        fn, sn = fn >> 1, sn >> 1
    return sn == 0 and fr == old_root and sr == root


def known_keys(origin):
    logs = folder / "logs"
    for line in logs.read_text().split() if logs.exists() else []:
        name, _, key = line.split("+", 2)
        raw = base64.b64decode(key)
        if name == origin and raw[0] == 1:
            yield key_id(name, 1, raw[1:]), raw[1:]


def expect_log(origin, text, signatures):
    keys = dict(known_keys(origin))
    if not keys:
        raise Refused(404)
    for line in signatures:
        dash, name, encoded = line.split(" ")
        signature = base64.b64decode(encoded, validate=True)
        if dash != "\u2014" or not signature:
            raise Refused(400)
        key = keys.get(signature[:4]) if name == origin else None
        if key is not None and fits(key, text, signature[4:]):
            return
    raise Refused(403)


def add_checkpoint(body):
    request, note = body.split("\n\n", 1)
    lines = request.split("\n")
    if not lines[0].startswith("old ") or len(lines) > 64:
        raise Refused(400)
    old = int(lines[0][4:])
    proof = [base64.b64decode(line, validate=True) for line in lines[1:]]
    text, signatures = note.rsplit("\n\n", 1)
    text += "\n"
    origin, size, root = text.split("\n")[:3]
    size, root = int(size), base64.b64decode(root, validate=True)
    expect_log(origin, text.encode(), signatures.strip("\n").split("\n"))
    if old > size:
        raise Refused(400)
    file = folder / "state"
    state = json.loads(file.read_text()) if file.exists() else {}
    last, last_root = state.get(origin, [0, ""])
    if old != last or (old == size and bytes.fromhex(last_root) != root):
        raise Refused(409, "%d\n" % last)
    if not consistent(old, bytes.fromhex(last_root), size, root, proof):
        raise Refused(422)
    state[origin] = [size, root.hex()]
    file.write_text(json.dumps(state))
    now = int(time.time())
    signature = sign(b"cosignature/v1\ntime %d\n" % now + text.encode())
    encoded = base64.b64encode(OWN_ID + struct.pack(">Q", now) + signature).decode()
    return "\u2014 other.example/w0 AAAAAAAA\n\u2014 %s %s\n" % (NAME, encoded)


class Witness(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        try:
            if self.path != "/w/add-checkpoint":
                raise Refused(404)
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.answer(200, "text/plain", add_checkpoint(body))
        except Refused as refused:
            kind = "text/x.tlog.size" if refused.body else "text/plain"
            self.answer(refused.status, kind, refused.body)
        except (ValueError, UnicodeDecodeError):
            self.answer(400, "text/plain", "")

    def answer(self, status, kind, body):
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body.encode())))
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *arguments):
        pass


folder.mkdir(exist_ok=True)
if not (folder / "key.pem").exists():
    openssl("genpkey", "-algorithm", "ed25519", "-out", folder / "key.pem")
own = openssl("pkey", "-in", folder / "key.pem", "-pubout", "-outform", "DER").stdout[-32:]
OWN_ID = key_id(NAME, 4, own)
(folder / "vkey").write_text(
    "%s+%s+%s\n" % (NAME, OWN_ID.hex(), base64.b64encode(b"\x04" + own).decode()))
port = int(sys.argv[2]) if len(sys.argv) > 2 else 0
server = http.server.HTTPServer(("127.0.0.1", port), Witness)
print(json.dumps({"listening": "127.0.0.1:%d" % server.server_port}), flush=True)
server.serve_forever()
