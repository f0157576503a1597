#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""openssl ts as an RFC 3161 authority over HTTP, with a root of its own in FOLDER/root.pem.

time_stamp_authority.py FOLDER    prints {"listening":"127.0.0.1:PORT"} once it answers.
"""
import http.server
import json
import pathlib
import subprocess
import sys

CONFIGURATION = """
[req]
distinguished_name = name
prompt = no
x509_extensions = root
[name]
CN = root of a test
[root]
basicConstraints = critical,CA:true
keyUsage = critical,keyCertSign
[tsa_certificate]
extendedKeyUsage = critical,timeStamping
keyUsage = critical,digitalSignature
[tsa]
default_tsa = authority
[authority]
serial = serial
crypto_device = builtin
signer_cert = tsa.pem
signer_key = tsa.key
signer_digest = sha256
default_policy = 1.2.3.4.1
digests = sha256
accuracy = secs:1
ess_cert_id_chain = no
ess_cert_id_alg = sha256
"""

folder = pathlib.Path(sys.argv[1])


def openssl(*arguments):
    subprocess.run(["openssl", *arguments], cwd=folder, check=True, stdout=subprocess.DEVNULL,
                   stderr=subprocess.DEVNULL)


class Authority(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        (folder / "request").write_bytes(self.rfile.read(int(self.headers["Content-Length"])))
        openssl("ts", "-reply", "-config", "conf", "-queryfile", "request", "-out", "reply")
        body = (folder / "reply").read_bytes()
        self.send_response(200)
        self.send_header("Content-Type", "application/timestamp-reply")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *arguments):
        pass


folder.mkdir()
(folder / "conf").write_text(CONFIGURATION)
(folder / "serial").write_text("01\n")
openssl("req", "-x509", "-newkey", "rsa:2048", "-nodes", "-keyout", "root.key", "-out", "root.pem",
        "-config", "conf", "-days", "2")
openssl("req", "-new", "-newkey", "rsa:2048", "-nodes", "-keyout", "tsa.key", "-out", "tsa.csr",
        "-config", "conf", "-subj", "/CN=authority of a test")
openssl("x509", "-req", "-in", "tsa.csr", "-CA", "root.pem", "-CAkey", "root.key", "-CAcreateserial",
        "-out", "tsa.pem", "-days", "2", "-extfile", "conf", "-extensions", "tsa_certificate")
server = http.server.HTTPServer(("127.0.0.1", 0), Authority)
print(json.dumps({"listening": "127.0.0.1:%d" % server.server_port}), flush=True)
server.serve_forever()
