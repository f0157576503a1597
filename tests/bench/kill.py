#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Part of ./dev bench prevention: how long a kill takes until the client's live stream has ended,
with many streams under way. Ends by itself; loopback only."""

import argparse
import asyncio
import json
import os
import sys
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent))
import gateway  # noqa: E402  (the programs of a bench)

ASK = json.dumps({"model": "gpt-4o", "stream": True,
                  "messages": [{"role": "user", "content": "tell me"}]}).encode()


class Stream:
    """One live answer: its run, and when its last byte came."""

    def __init__(self, address, key, name):
        self.address, self.key, self.name = address, key, name
        self.run = ""
        self.ended_at = None
        self.last = b""

    async def read(self, begun):
        host, port = self.address.rsplit(":", 1)
        reader, writer = await asyncio.open_connection(host, int(port))
        writer.write((f"POST /v1/chat/completions HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {self.key}\r\n"
                      f"X-Exhibit-Run-Id: {self.name}\r\nx-sample-id: {gateway.STREAM}\r\n"
                      f"Content-Type: application/json\r\nContent-Length: {len(ASK)}\r\n"
                      "Connection: close\r\n\r\n").encode() + ASK)
        head = await reader.readuntil(b"\r\n\r\n")
        for line in head.decode().split("\r\n"):
            if line.lower().startswith("x-exhibit-run-id:"):
                self.run = line.split(":", 1)[1].strip()
        await reader.readuntil(b"data: ")
        begun.release()
        while piece := await reader.read(65536):
            self.last = (self.last + piece)[-2000:]
            self.ended_at = time.perf_counter()
        writer.close()


async def kill(address, key, run):
    host, port = address.rsplit(":", 1)
    reader, writer = await asyncio.open_connection(host, int(port))
    begun = time.perf_counter()
    writer.write((f"POST /api/v1/runs/{run}/kill HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {key}\r\n"
                  "Content-Length: 0\r\nConnection: close\r\n\r\n").encode())
    reply = await reader.read()
    writer.close()
    body = json.loads(reply.split(b"\r\n\r\n", 1)[1])
    return begun, body


async def measure(address, key, streams, kills):
    begun = asyncio.Semaphore(0)
    all_streams = [Stream(address, key, f"bench-{n}") for n in range(streams)]
    reading = [asyncio.create_task(stream.read(begun)) for stream in all_streams]
    for _ in range(streams):
        await asyncio.wait_for(begun.acquire(), 60)
    ended, cut = [], []
    for stream in all_streams[:kills]:
        at, body = await kill(address, key, stream.run)
        for _ in range(2000):
            if b"[DONE]" in stream.last:
                break
            await asyncio.sleep(0.001)
        if body.get("calls_cut") != 1 or b"content_filter" not in stream.last:
            sys.exit(f"a kill did not cut its stream: {body} {stream.last[-300:]}")
        ended.append((stream.ended_at - at) * 1000)
        cut.append(body["cut_latency_us"] / 1000)
        await asyncio.sleep(0.02)
    for task in reading:
        task.cancel()
    return ended, cut


def quantile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--streams", type=int, default=500)
    parser.add_argument("--kills", type=int, default=200)
    asked = parser.parse_args()
    run = gateway.Run(Path(os.environ.get("EXHIBIT_BIN_DIR", gateway.ROOT / "build/release/bin")))
    try:
        upstream = gateway.start_upstream(run, "--event-gap-ms", "3000")
        _, address, key = gateway.start_exhibitd(run, upstream, "kill", policies=False)
        ended, cut = asyncio.run(measure(address, key, asked.streams, asked.kills))
        print(f"kill with {asked.streams} streams live, {len(ended)} kills, ms:")
        for name, values in (("provider cut", cut), ("client's stream ended", ended)):
            print(f"  {name:22} p50 {quantile(values, .5):6.2f}  p99 {quantile(values, .99):6.2f}"
                  f"  max {max(values):6.2f}")
    finally:
        run.close()


if __name__ == "__main__":
    main()
