#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""./dev bench gateway: exhibitd beside a plain nginx hop and the provider itself, in one run.

Everything is a ratio of figures taken minutes apart at most; nginx is measured before and after.
Prints a table and, with --json FILE, the figures. Ends by itself; loopback only."""

import argparse
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

HERE = Path(__file__).resolve().parent
ROOT = HERE.parents[1]
SAMPLE = "ordinary-01"
STREAM = "ordinary-26"
# The most requests per second show where nobody waits for one disk flush after the other any more.
CONNECTIONS = (32, 128, 512)
# One connection is measured in turns before any rush: how fast an idle processor wakes up depends on
# what else runs, and it is most of these figures.
ROUNDS = 5


class Run:
    """Programs of one bench, ended in reverse order whatever happens."""

    def __init__(self, bin_dir):
        self.bin = bin_dir
        self.folder = Path(tempfile.mkdtemp(prefix="exhibit-bench-"))
        self.programs = []

    def start(self, *command, **options):
        program = subprocess.Popen(command, stdout=subprocess.PIPE, stderr=open(self.folder / "log", "ab"),
                                   text=True, **options)
        self.programs.append(program)
        return program

    def listening(self, *command, **options):
        program = self.start(*command, **options)
        for line in program.stdout:
            if line.startswith("{") and "listening" in line:
                return program, json.loads(line)["listening"]
        sys.exit(f"{command[0]} did not start:\n" + (self.folder / "log").read_text()[-3000:])

    def close(self):
        for program in reversed(self.programs):
            program.send_signal(signal.SIGTERM)
            program.wait(60)
        shutil.rmtree(self.folder, ignore_errors=True)


def recording(sample):
    for path in (ROOT / "tests/support/recordings").glob("*.jsonl"):
        for line in path.read_text().splitlines():
            row = json.loads(line)
            if row["id"] == sample:
                return row
    sys.exit(f"no recording {sample}")


def start_upstream(run, *options):
    return run.listening(str(run.bin / "exhibit-sample-upstream"), "--listen", "127.0.0.1:0",
                         "--recordings", str(ROOT / "tests/support/recordings"), *options)[1]


def start_nginx(run, upstream):
    nginx = shutil.which("nginx") or "/usr/sbin/nginx"
    if not os.path.exists(nginx):
        return None
    port = free_port()
    config = run.folder / f"nginx-{port}.conf"
    config.write_text(f"""
daemon off; worker_processes 1; pid {run.folder}/nginx-{port}.pid; error_log {run.folder}/nginx.log;
events {{ worker_connections 4096; }}
http {{ access_log off; client_body_temp_path {run.folder}/b; proxy_temp_path {run.folder}/p;
 fastcgi_temp_path {run.folder}/f; uwsgi_temp_path {run.folder}/u; scgi_temp_path {run.folder}/s;
 upstream provider {{ server {upstream}; keepalive 1024; }}
 server {{ listen 127.0.0.1:{port} backlog=4096; keepalive_requests 1000000;
  location / {{ proxy_pass http://provider; proxy_http_version 1.1; proxy_set_header Connection "";
   proxy_buffering off; }} }} }}
""")
    run.start(nginx, "-c", str(config))
    wait_for_port(port)
    return f"127.0.0.1:{port}"


def free_port():
    import socket
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def wait_for_port(port):
    import socket
    for _ in range(100):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    sys.exit("nginx did not start")


def start_exhibitd(run, upstream, name, policies=True):
    data = run.folder / name
    # Loads are an administrator's here, who is limited otherwise.
    environment = dict(os.environ, EXHIBIT_RATE_ADDRESS_PER_MINUTE="0",
                       EXHIBIT_RATE_PERSON_PER_MINUTE="0")
    program, address = run.listening(str(run.bin / "exhibitd"), "serve", "--data-dir", str(data),
                                     "--listen", "127.0.0.1:0", env=environment)
    key = (data / "admin.key").read_text().strip()
    control = dict(environment, EXHIBIT_SERVER=f"http://{address}", EXHIBIT_API_KEY=key)
    ctl = str(run.bin / "exhibitctl")
    subprocess.run([ctl, "upstream", "add", "sample", "--base-url", f"http://{upstream}"],
                   env=control, check=True, stdout=subprocess.DEVNULL)
    if policies:
        subprocess.run([ctl, "policy", "import", str(ROOT / "resources/policies/bench-20.json")],
                       env=control, check=True, stdout=subprocess.DEVNULL)
    return program, address, key


def wrk(address, key, connections, seconds, folder):
    body = folder / "body.json"
    body.write_text(json.dumps(recording(SAMPLE)["request"]))
    environment = dict(os.environ, BENCH_BODY=str(body), BENCH_SAMPLE=SAMPLE, BENCH_KEY=key or "none")
    out = subprocess.run(["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "-s", str(HERE / "post.lua"),
                          f"http://{address}/v1/chat/completions"],
                         env=environment, capture_output=True, text=True, check=True).stdout
    return json.loads(next(line[7:] for line in out.splitlines() if line.startswith("RESULT ")))


def streams(run, address, key, count):
    host, port = address.rsplit(":", 1)
    headers = [f"x-sample-id: {STREAM}"] + ([f"Authorization: Bearer {key}"] if key else [])
    out = subprocess.run([str(run.bin / "stream_load"), host, port, str(count), *headers],
                         input=json.dumps(recording(STREAM)["request"]), capture_output=True, text=True)
    if out.returncode != 0:
        sys.exit(f"stream_load failed: {out.stdout}{out.stderr}")
    return json.loads(out.stdout)


def rss_mb(program):
    for line in Path(f"/proc/{program.pid}/status").read_text().splitlines():
        if line.startswith("VmRSS"):
            return int(line.split()[1]) / 1024
    return 0.0


def cpu_seconds(program):
    fields = Path(f"/proc/{program.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def measure(run, seconds, soak_seconds):
    figures = {}
    upstream = start_upstream(run)
    nginx = start_nginx(run, upstream)
    exhibitd, address, key = start_exhibitd(run, upstream, "plain")
    figures["fdatasync_us"] = json.loads(subprocess.run([str(run.bin / "fdatasync"), str(run.folder)],
                                                        capture_output=True, text=True, check=True).stdout)
    targets = {"provider": (upstream, None), "exhibitd": (address, key)}
    if nginx:
        targets = {"provider": (upstream, None), "nginx": (nginx, None), "exhibitd": (address, key),
                   "nginx again": (nginx, None)}
    one_by_one(targets, seconds, run.folder, figures)
    for name, (where, with_key) in targets.items():
        before = cpu_seconds(exhibitd)
        for connections in CONNECTIONS:
            figures[name][f"c{connections}"] = wrk(where, with_key, connections, seconds, run.folder)
        if name == "exhibitd":
            used = cpu_seconds(exhibitd) - before
            calls = sum(figures[name][f"c{connections}"]["requests"] for connections in CONNECTIONS)
            figures[name]["cpu_us_per_call"] = used / calls * 1e6
    figures["metrics_after_load"] = spool_figures(address, key)
    figures["rss_mb"] = soak(exhibitd, address, key, soak_seconds, run.folder)
    slow = start_upstream(run, "--event-gap-ms", "50")
    slow_nginx = start_nginx(run, slow)
    _, slow_address, slow_key = start_exhibitd(run, slow, "streams")
    # What the guard holds back shows as longer gaps; without policies only the journal is added.
    _, free_address, free_key = start_exhibitd(run, slow, "free streams", policies=False)
    for name, where, with_key in (("provider", slow, None), ("nginx", slow_nginx, None),
                                  ("exhibitd", slow_address, slow_key),
                                  ("no policies", free_address, free_key)):
        if where:
            figures.setdefault(name, {})["streams"] = streams(run, where, with_key, 500)
    return figures


def one_by_one(targets, seconds, folder, figures):
    """The median round of each target at one connection; the first round only warms up."""
    rounds = {name: [] for name in targets}
    for turn in range(ROUNDS + 1):
        for name, (where, with_key) in targets.items():
            measured = wrk(where, with_key, 1, max(1, seconds // 2), folder)
            if turn > 0:
                rounds[name].append(measured)
    for name, measured in rounds.items():
        figures[name] = {"c1": sorted(measured, key=lambda round: round["p50_us"])[ROUNDS // 2]}


def spool_figures(address, key):
    import urllib.request
    request = urllib.request.Request(f"http://{address}/metrics", headers={"Authorization": f"Bearer {key}"})
    text = urllib.request.urlopen(request, timeout=10).read().decode()
    wanted = ("exhibit_spool_waiting", "exhibit_ingest_lag_seconds")
    return {line.split()[0]: float(line.split()[1]) for line in text.splitlines() if line.startswith(wanted)}


def soak(program, address, key, seconds, folder):
    samples = [rss_mb(program)]
    end = time.time() + seconds
    while time.time() < end:
        wrk(address, key, 8, min(10, max(1, int(end - time.time()))), folder)
        samples.append(rss_mb(program))
    return {"first": samples[0], "last": samples[-1], "max": max(samples), "seconds": seconds}


def most_rps(target):
    return max(target[f"c{connections}"]["rps"] for connections in CONNECTIONS)


def report(figures):
    direct = figures["provider"]
    print(f"\n{'':14}{'p50 c=1':>10}{'p99 c=1':>10}{'added p50':>11}"
          + "".join(f"{f'req/s c={c}':>13}" for c in CONNECTIONS))
    for name in ("provider", "nginx", "exhibitd", "nginx again"):
        if name in figures:
            one = figures[name]["c1"]
            many = "".join(f"{figures[name][f'c{c}']['rps']:>13.0f}" for c in CONNECTIONS)
            print(f"{name:14}{one['p50_us']:>10.0f}{one['p99_us']:>10.0f}"
                  f"{one['p50_us'] - direct['c1']['p50_us']:>11.0f}{many}")
    print(f"\n500 streams, us {'first p50':>11}{'first p99':>11}{'gap p50':>9}{'gap p99':>9}")
    for name in ("provider", "nginx", "no policies", "exhibitd"):
        if name in figures:
            first, gap = figures[name]["streams"]["first_us"], figures[name]["streams"]["gap_us"]
            print(f"{name:15}{first['p50']:>12}{first['p99']:>11}{gap['p50']:>9}{gap['p99']:>9}")
    fsync = figures["fdatasync_us"]["p50"]
    print(f"\nfdatasync of 8 kB: p50 {fsync} us, p99 {figures['fdatasync_us']['p99']} us")
    print(f"CPU of exhibitd per call: {figures['exhibitd']['cpu_us_per_call']:.0f} us")
    print(f"RSS: {figures['rss_mb']}; after the load: {figures['metrics_after_load']}")
    if "nginx" in figures:
        nginx_p50 = min(figures[n]["c1"]["p50_us"] for n in ("nginx", "nginx again"))
        nginx_rps = max(most_rps(figures[n]) for n in ("nginx", "nginx again"))
        added = figures["exhibitd"]["c1"]["p50_us"] - direct["c1"]["p50_us"]
        allowed = 1.5 * (nginx_p50 - direct["c1"]["p50_us"] + fsync)
        print(f"added p50: {added:.0f} us = {added / allowed:.2f} of the bar 1.5 x (nginx + fdatasync) = {allowed:.0f} us")
        print(f"requests/s: {most_rps(figures['exhibitd']) / nginx_rps:.2f} x nginx (bar 0.40)")


def main():
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--bin", type=Path, default=ROOT / "build/release/bin")
    parser.add_argument("--seconds", type=int, default=8)
    parser.add_argument("--soak", type=int, default=60, help="seconds of load for the RSS figure")
    parser.add_argument("--json", type=Path)
    arguments = parser.parse_args()
    run = Run(arguments.bin)
    try:
        figures = measure(run, arguments.seconds, arguments.soak)
    finally:
        run.close()
    report(figures)
    if arguments.json:
        arguments.json.write_text(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
