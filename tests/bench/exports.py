#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev bench report: what 200 exports that are asked for at once do to calls through the gateway.

Calls go through exhibitd at a steady rate, first alone, then while the exports are made, in turns;
what is compared is the 99th percentile of their latencies. Ends by itself; loopback only."""

import argparse
import http.client
import json
import multiprocessing
import os
import subprocess
import sys
import threading
import time
from pathlib import Path

import gateway

RATE = 200  # Calls a second: a busy gateway that is not at its limit, where latencies mean something.
CALLERS = 16
LOOK_EVERY = 5


def percentile(values, share):
    return sorted(values)[min(len(values) - 1, int(share * len(values)))] if values else float("nan")


def as_on_another_machine(thread=0):
    """Callers and provider wait for no processor, where that is permitted: they stand for other machines, and
    what they wait for is not what the gateway does to a call."""
    try:
        os.sched_setscheduler(thread, os.SCHED_RR | os.SCHED_RESET_ON_FORK, os.sched_param(1))
    except PermissionError:
        pass


class Calls:
    """Calls at a steady rate, each on time whatever became of the one before it."""

    def __init__(self, address, key):
        self.address, self.key = address, key
        self.body = json.dumps(gateway.recording(gateway.SAMPLE)["request"])

    def run(self, until):
        begin = time.monotonic()
        latencies, failed = [], []

        def caller(number):
            as_on_another_machine()
            connection = http.client.HTTPConnection(self.address, timeout=30)
            headers = {"Content-Type": "application/json", "x-sample-id": gateway.SAMPLE,
                       "Authorization": f"Bearer {self.key}"}
            turn = number
            while not until():
                due = begin + turn / RATE
                time.sleep(max(0.0, due - time.monotonic()))
                turn += CALLERS
                asked = time.monotonic()
                connection.request("POST", "/v1/chat/completions", self.body, headers)
                reply = connection.getresponse()
                reply.read()
                if reply.status != 200:
                    failed.append(reply.status)
                latencies.append(time.monotonic() - asked)

        callers = [threading.Thread(target=caller, args=(number,)) for number in range(CALLERS)]
        for one in callers:
            one.start()
        for one in callers:
            one.join()
        if failed:
            sys.exit(f"{len(failed)} calls failed: {failed[0]}")
        return latencies


def make_incident(control, address, key):
    body = {"model": "gpt-4o", "stream": True, "messages": [{"role": "user", "content": "go on"}],
            "metadata": {"context": {"contract": {"auto_renew": None}}}}
    connection = http.client.HTTPConnection(address, timeout=30)
    connection.request("POST", "/v1/chat/completions", json.dumps(body),
                       {"Content-Type": "application/json", "x-sample-id": "contract-2-answer",
                        "Authorization": f"Bearer {key}"})
    connection.getresponse().read()
    for _ in range(300):
        found = json.loads(control("search", "", "--json").stdout or "{}")
        if found.get("incidents"):
            incident = found["incidents"][0]["incident_id"]
            if ask(address, key, "POST", f"/api/v1/incidents/{incident}/export", {"format": "pdf"})[0] == 200:
                return incident
        time.sleep(0.1)
    sys.exit("there is no incident that could be exported")


def ask(address, key, method, path, body=None):
    connection = http.client.HTTPConnection(address, timeout=120)
    connection.request(method, path, json.dumps(body) if body is not None else None,
                       {"Content-Type": "application/json", "Authorization": f"Bearer {key}"})
    reply = connection.getresponse()
    content = reply.read()
    return reply.status, content, reply.headers


class Exports:
    """So many asked for at the same moment, each followed to its file; by a process of their own,
    so that what they cost their client is not seen as latency of the calls."""

    def __init__(self, address, key, incident, count):
        self.address, self.key, self.count = address, key, count
        self.path = f"/api/v1/incidents/{incident}/export"
        self.ended = multiprocessing.Queue()
        self.process = multiprocessing.Process(target=self.all)
        self.jobs = None

    def start(self):
        self.process.start()

    def under_way(self):
        if self.jobs is None and not self.ended.empty():
            ends = self.ended.get()
            failed = [end for end in ends if end not in ("made", "job")]
            if failed:
                sys.exit(f"{len(failed)} exports failed: {failed[0]}")
            self.jobs = ends.count("job")
            self.process.join()
        return self.jobs is None

    def all(self):
        ends = [None] * self.count
        threads = [threading.Thread(target=self.one, args=(ends, number)) for number in range(self.count)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        self.ended.put(ends)

    def one(self, ends, number):
        status, content, headers = ask(self.address, self.key, "POST", self.path, {"format": "pdf"})
        ends[number] = "made" if status == 200 else f"{status} {content[:200]}"
        if status == 202:
            state = "waiting"
            while state in ("waiting", "running"):
                time.sleep(LOOK_EVERY)
                _, content, _ = ask(self.address, self.key, "GET", headers["Location"])
                state = json.loads(content)["state"]
            ends[number] = "job" if state == "done" else content.decode()


def measure(address, key, incident, count, turns):
    calls = Calls(address, key)
    calls.run(stop_after(5))  # Warms up.
    rounds = []
    for _ in range(turns):
        alone = calls.run(stop_after(20))
        exports = Exports(address, key, incident, count)
        begin = time.monotonic()
        exports.start()
        beside = calls.run(lambda e=exports: not e.under_way())
        rounds.append((percentile(alone, 0.99), percentile(beside, 0.99), percentile(alone, 0.5),
                       percentile(beside, 0.5), time.monotonic() - begin, exports.jobs))
    return rounds


def stop_after(seconds):
    end = time.monotonic() + seconds
    return lambda: time.monotonic() > end


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=gateway.ROOT / "build/release/bin")
    parser.add_argument("--exports", type=int, default=200)
    parser.add_argument("--rounds", type=int, default=3)
    arguments = parser.parse_args()
    run = gateway.Run(arguments.bin)
    try:
        upstream = gateway.start_upstream(run)
        for thread in os.listdir(f"/proc/{run.programs[-1].pid}/task"):
            as_on_another_machine(int(thread))
        _, address, key = gateway.start_exhibitd(run, upstream, "exports")

        def control(*command):
            return subprocess.run([str(arguments.bin / "exhibitctl"), "--server", f"http://{address}", *command],
                                  env={"EXHIBIT_API_KEY": key}, capture_output=True, text=True)
        control("policy", "import", str(gateway.ROOT / "resources/policies/content_accuracy.json"))
        rounds = measure(address, key, make_incident(control, address, key),
                         arguments.exports, arguments.rounds)
    finally:
        run.close()
    rounds.sort(key=lambda one: one[1] / one[0])
    alone, beside, middle_alone, middle_beside, seconds, jobs = rounds[len(rounds) // 2]
    print(f"| {arguments.exports} exports at once beside {RATE} calls/s, {jobs} of them as jobs, done in {seconds:.0f} s | "
          f"p99 {alone * 1e3:.2f} ms alone, {beside * 1e3:.2f} ms beside ({beside / alone - 1:+.0%}); "
          f"p50 {middle_alone * 1e3:.2f}, {middle_beside * 1e3:.2f} ms | p99 +10 % |")
    print("all rounds: " + ", ".join(f"{one[1] / one[0] - 1:+.0%}" for one in rounds))


if __name__ == "__main__":
    main()
