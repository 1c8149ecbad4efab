"""What finished audio costs to serve, beside nginx on the same file in the same run.

Starts the service and nginx (its own configuration, loopback, a temporary folder), checks that both
give the same bytes, and has wrk ask each in turn, over connections that are kept: for random ranges
of 64 KiB, and for the whole file. The processor's time is that of the server's processes, from
/proc/PID/stat, so that a busy machine disturbs it little.

Python 3 with its standard library, nginx and wrk (`apt-get install nginx-light wrk`).
"""

import json
import os
import pathlib
import random
import shutil
import statistics
import subprocess
import sys
import time
import urllib.request

import service

RANGE_BYTES = 64 << 10
TICKS_PER_S = os.sysconf("SC_CLK_TCK")
# What the service is to reach: processor's time of a range, and bytes a second of the whole file.
RANGE_AIM, WHOLE_AIM = 1.2, 0.8

NGINX = """
daemon off; {user} worker_processes 1; pid {home}/nginx.pid; error_log {home}/nginx.log warn;
events {{ worker_connections 1024; }}
http {{
    access_log off; sendfile on; tcp_nodelay on; tcp_nopush off; keepalive_requests 100000000;
    client_body_temp_path {home}/t1; proxy_temp_path {home}/t2; fastcgi_temp_path {home}/t3;
    uwsgi_temp_path {home}/t4; scgi_temp_path {home}/t5;
    types {{ audio/mpeg mp3; }}
    server {{ listen 127.0.0.1:{port}; root {home}/files; }}
}}
"""

LUA = """
math.randomseed({seed})
function request()
    if {range} == 0 then return wrk.format("GET") end
    local first = math.random(0, {size} - {range})
    return wrk.format("GET", nil, {{ ["Range"] = "bytes=" .. first .. "-" .. (first + {range} - 1) }})
end
function done(summary, latency, requests)
    local e = summary.errors
    print(string.format('{{"requests":%d,"bytes":%d,"us":%d,"p50_us":%d,"p99_us":%d,"errors":%d}}',
        summary.requests, summary.bytes, summary.duration, latency:percentile(50), latency:percentile(99),
        e.connect + e.read + e.write + e.status + e.timeout))
end
"""


def free_port():
    import socket

    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def get(url, byte_range=None):
    request = urllib.request.Request(url, headers={"Range": byte_range} if byte_range else {})
    with urllib.request.urlopen(request, timeout=60) as answer:
        return answer.status, answer.read()


class Nginx:
    """One worker of nginx that serves a folder's `files`."""

    def __init__(self, home):
        self.port = free_port()
        # Only root may change to another user, and another user may not read the folder.
        user = "user root;" if os.geteuid() == 0 else ""
        (home / "nginx.conf").write_text(NGINX.format(home=home, port=self.port, user=user))
        command = ["nginx", "-p", str(home), "-c", str(home / "nginx.conf"), "-e", str(home / "nginx.log")]
        self.process = subprocess.Popen(command, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.url = f"http://127.0.0.1:{self.port}/audio.mp3"
        for _ in range(100):
            try:
                get(self.url, "bytes=0-0")
                return
            except OSError:
                time.sleep(0.05)
        self.end()
        raise SystemExit(f"nginx does not answer: {(home / 'nginx.log').read_text()}")

    def pids(self):
        children = pathlib.Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text()
        return [self.process.pid, *map(int, children.split())]

    def end(self):
        self.process.terminate()
        self.process.wait()


def cpu_s(pids):
    """Processor's time that these processes have used: fields 14 and 15 of proc(5)."""
    total = 0
    for pid in pids:
        fields = pathlib.Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()
        total += int(fields[11]) + int(fields[12])
    return total / TICKS_PER_S


def load(url, pids, script, seconds, connections):
    """One run of wrk: time of the processor for a request, bytes a second, milliseconds."""
    before = cpu_s(pids)
    command = ["wrk", "-t1", f"-c{connections}", f"-d{seconds}s", "--timeout", "30s", "-s", str(script), url]
    told = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    used = cpu_s(pids) - before
    result = json.loads(next(line for line in told.splitlines() if line.startswith("{")))
    if result["errors"] or not result["requests"]:
        raise SystemExit(f"{url}: {result}")
    return {
        "cpu_us": used * 1e6 / result["requests"],
        "requests_per_s": result["requests"] * 1e6 / result["us"],
        "mb_per_s": result["bytes"] / result["us"],
        "cpu_s_per_gb": used * 1e9 / result["bytes"],
        "p50_ms": result["p50_us"] / 1e3,
        "p99_ms": result["p99_us"] / 1e3,
    }


def median(runs):
    return {name: statistics.median(run[name] for run in runs) for name in runs[0]}


def same_bytes(ours, theirs):
    """The file, once both servers are known to give the same one."""
    whole = get(ours)[1]
    if get(theirs)[1] != whole:
        raise SystemExit("the two servers give different files")
    for _ in range(20):
        first = random.randrange(len(whole) - RANGE_BYTES)
        wanted = f"bytes={first}-{first + RANGE_BYTES - 1}"
        expected = (206, whole[first : first + RANGE_BYTES])
        if get(ours, wanted) != expected or get(theirs, wanted) != expected:
            raise SystemExit(f"{wanted} differs")
    return whole


def main():
    chosen = service.arguments(
        __doc__.split("\n")[0],
        sentences=(200, "sentences of the article"),
        seconds=(5, "seconds of one run"),
        rounds=(3, "runs of each kind; the median counts"),
        connections=(16, "connections that are kept"),
        seed=(1, "of the random ranges"),
    )
    for program in ("nginx", "wrk"):
        if not shutil.which(program) and not os.access(f"/usr/sbin/{program}", os.X_OK):
            raise SystemExit(f"there is no {program}: apt-get install nginx-light wrk")
    os.environ["PATH"] += ":/usr/sbin"
    random.seed(chosen.seed)
    with service.Service(chosen.bin, {"LISTEN_LOG": "warn"}) as listen:
        listen.put("bench", service.article(0, chosen.sentences), chosen.voice)
        link = listen.ready("bench")["audio"][0]
        (listen.home / "files").mkdir()
        (listen.home / "files/audio.mp3").write_bytes(listen.ask("GET", link["url"])[1])
        nginx = Nginx(listen.home)
        try:
            met = measure(chosen, listen, link["url"], nginx)
        finally:
            nginx.end()
    sys.exit(0 if met else 1)


def measure(chosen, listen, path, nginx):
    ours = f"http://{listen.address}{path}"
    size = len(same_bytes(ours, nginx.url))
    servers = [("nginx", nginx.url, nginx.pids()), ("listen", ours, [listen.process.pid])]
    print(f"{size} bytes, {chosen.connections} connections, median of {chosen.rounds} runs of {chosen.seconds} s")
    found = {}
    for kind, range_bytes in (("64 KiB ranges", RANGE_BYTES), ("whole file", 0)):
        script = listen.home / "load.lua"
        script.write_text(LUA.format(seed=chosen.seed, range=range_bytes, size=size))
        runs = {name: [] for name, *_ in servers}
        for _ in range(chosen.rounds):
            for name, url, pids in servers:
                runs[name].append(load(url, pids, script, chosen.seconds, chosen.connections))
        for name in runs:
            found[kind, name] = result = median(runs[name])
            print(
                f"{kind:14} {name:7} {result['cpu_us']:8.1f} µs CPU/request {result['cpu_s_per_gb']:6.3f} s CPU/GB "
                f"{result['requests_per_s']:8.0f} requests/s {result['mb_per_s']:7.0f} MB/s "
                f"p50 {result['p50_ms']:.2f} ms p99 {result['p99_ms']:.2f} ms"
            )
    ratio = lambda kind, name: found[kind, "listen"][name] / found[kind, "nginx"][name]
    cpu, throughput = ratio("64 KiB ranges", "cpu_us"), ratio("whole file", "mb_per_s")
    print(f"CPU of a range: {cpu:.2f} × nginx (aim {RANGE_AIM}); whole file: {throughput:.2f} × its bytes a second (aim {WHOLE_AIM})")
    return cpu <= RANGE_AIM and throughput >= WHOLE_AIM


if __name__ == "__main__":
    main()
