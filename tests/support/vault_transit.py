#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""The part of Vault's transit engine that the signer uses, as its API pages describe it.

vault_transit.py SOCKET    prints "ready" once it answers on that Unix socket.

Keys: exhibit-log (versions 1 and 2), exhibit-certificate (version 1), and rsa, which is none of
Ed25519. The token is "s.test". openssl makes the signatures; nothing of Exhibit is used here.
"""
import base64
import http.server
import json
import pathlib
import socketserver
import subprocess
import sys
import tempfile

TOKEN = "s.test"
# Beside the socket: whoever made that folder removes it.
folder = pathlib.Path(tempfile.mkdtemp(prefix="vault", dir=pathlib.Path(sys.argv[1]).parent))
VERSIONS = {"exhibit-log": 2, "exhibit-certificate": 1}


def key_file(name, version):
    file = folder / ("%s.%d.pem" % (name, version))
    if not file.exists():
        subprocess.run(["openssl", "genpkey", "-algorithm", "ed25519", "-out", file], check=True)
    return file


def public_key(name, version):
    der = subprocess.run(["openssl", "pkey", "-in", key_file(name, version), "-pubout", "-outform", "DER"],
                         capture_output=True, check=True).stdout
    return base64.b64encode(der[-32:]).decode()


def sign(name, version, message):
    file = folder / "message"
    file.write_bytes(message)
    return subprocess.run(["openssl", "pkeyutl", "-sign", "-inkey", key_file(name, version), "-rawin",
                           "-in", file], capture_output=True, check=True).stdout


class Transit(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def do_GET(self):
        name = self.path.removeprefix("/v1/transit/keys/")
        if self.refused():
            return
        if name == "rsa":
            self.answer(200, {"data": {"type": "rsa-2048", "latest_version": 1, "keys": {"1": {}}}})
        elif name in VERSIONS:
            keys = {str(v): {"name": "ed25519", "public_key": public_key(name, v)}
                    for v in range(1, VERSIONS[name] + 1)}
            self.answer(200, {"data": {"type": "ed25519", "name": name, "keys": keys,
                                       "latest_version": VERSIONS[name]}})
        else:
            self.answer(404, {"errors": []})

    def do_POST(self):
        name = self.path.removeprefix("/v1/transit/sign/")
        body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        if self.refused():
            return
        if name not in VERSIONS:
            self.answer(400, {"errors": ["signing key not found"]})
            return
        version = body.get("key_version", VERSIONS[name])
        signature = sign(name, version, base64.b64decode(body["input"], validate=True))
        text = "vault:v%d:%s" % (version, base64.b64encode(signature).decode())
        self.answer(200, {"data": {"signature": text, "key_version": version}})

    def refused(self):
        if self.headers.get("X-Vault-Token") == TOKEN:
            return False
        self.answer(403, {"errors": ["permission denied"]})
        return True

    def answer(self, status, body):
        text = json.dumps(body).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(text)))
        self.end_headers()
        self.wfile.write(text)

    def address_string(self):
        return "local"

    def log_message(self, *arguments):
        pass


class Server(socketserver.ThreadingMixIn, socketserver.UnixStreamServer):
    daemon_threads = True


server = Server(sys.argv[1], Transit)
print("ready", flush=True)
server.serve_forever()
