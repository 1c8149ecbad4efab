"""A running `listen serve` for the scripts beside this file, and articles to publish to it.

Python 3 and its standard library only.
"""

import argparse
import contextlib
import hashlib
import http.client
import json
import os
import pathlib
import shutil
import signal
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
WAIT_S = 3600
FRAME_BYTES = 192

WHO = "The ferry|A baker|The mayor|Our cook|A nurse|The choir|The pilot|A clerk|The coach|My aunt|The guard".split("|")
DOES = "repaired|followed|borrowed|described|painted|forgot|measured|returned|ignored|guarded".split("|")
WHAT = "the old map|a red kite|two goats|the last tram|a jar of salt|the spare key|six hens|the blue door|a wet dog".split("|")
WHEN = "before the meeting|late on Friday|down by the sea|in the heavy rain|near the old mill|after supper|without a word".split("|")
WHY = "because nobody else would|as the neighbours had asked|and said so|to the relief of the council|for the third time|in spite of the cold|out of habit|while the band played|as agreed in March|and was thanked for it|with little success|for a small fee|to everyone's surprise".split("|")


def sentence(n):
    """Sentence n; the first 90 090 differ."""
    words = []
    for choice in (WHO, DOES, WHAT, WHEN, WHY):
        words.append(choice[n % len(choice)])
        n //= len(choice)
    return f"{' '.join(words)}."


def article(start, count):
    """Sentences start … start + count, in paragraphs of four."""
    sentences = [sentence(n * 37 % 90_090) for n in range(start, start + count)]
    return "\n\n".join(" ".join(sentences[i : i + 4]) for i in range(0, count, 4))


def arguments(about, **more):
    """The options every script has, and its own numbers: name=(default, help)."""
    parser = argparse.ArgumentParser(description=about)
    parser.add_argument("--bin", default=str(ROOT / "target/release/listen"), help="the program [target/release/listen]")
    parser.add_argument("--voice", default="rms", help="the voice [rms]")
    for name, (default, text) in more.items():
        parser.add_argument("--" + name.replace("_", "-"), type=type(default), default=default, help=f"{text} [{default}]")
    chosen = parser.parse_args()
    if not os.access(chosen.bin, os.X_OK):
        parser.error(f"{chosen.bin} is no program; run `cargo build --release`, or say --bin")
    return chosen


class Service:
    """`listen serve` in a folder of its own, which is removed at the end."""

    def __init__(self, binary, settings=()):
        self.binary = os.path.abspath(binary)
        self.home = pathlib.Path(tempfile.mkdtemp(prefix="listen-bench-"))
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("LISTEN_")} | dict(settings)
        self.process = None
        signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))
        self.start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        if self.process:
            self.kill()
        shutil.rmtree(self.home, ignore_errors=True)

    def start(self):
        with open(self.home / "log", "ab") as log:
            self.process = subprocess.Popen(
                [self.binary, "serve", "--bind", "127.0.0.1:0"],
                cwd=self.home, env=self.environment, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=log,
            )
        line = self.process.stdout.readline().decode()
        if not line.startswith("listening on http://"):
            raise SystemExit(f"no address but {line!r}; log:\n{(self.home / 'log').read_text()}")
        self.address = line.split("//")[1].strip()

    def kill(self):
        self.process.kill()
        self.process.wait()
        self.process = None

    def stop(self):
        self.process.send_signal(signal.SIGTERM)
        code = self.process.wait(timeout=60)
        self.process = None
        return code

    def workers(self):
        """Processes in the service's folder that are not the service."""
        found = []
        for entry in pathlib.Path("/proc").iterdir():
            try:
                here = entry.name.isdigit() and os.readlink(entry / "cwd") == str(self.home)
            except OSError:
                continue
            if here and not (self.process and int(entry.name) == self.process.pid):
                found.append(int(entry.name))
        return found

    def open(self, method, path, body=None):
        """A connection that has sent the request, and its answer, of which only the head is read."""
        connection = http.client.HTTPConnection(self.address, timeout=WAIT_S)
        headers = {"Content-Type": "application/json"} if body is not None else {}
        connection.request(method, path, json.dumps(body) if body is not None else None, headers)
        return connection, connection.getresponse()

    def ask(self, method, path, body=None):
        """Status and bytes of an answer."""
        connection, answer = self.open(method, path, body)
        with contextlib.closing(connection):
            return answer.status, answer.read()

    def put(self, name, text, voice):
        status, body = self.ask("PUT", f"/v1/articles/{name}", {"text": text, "voice": voice})
        if status not in (200, 201):
            raise SystemExit(f"PUT {name}: {status}: {body.decode()}")
        return json.loads(body)

    def manifest(self, name):
        status, body = self.ask("GET", f"/v1/articles/{name}")
        if status != 200:
            raise SystemExit(f"{name}: {status}: {body.decode()}")
        return json.loads(body)

    def ready(self, name, look_every_s=0.1):
        """The manifest, once the article is finished."""
        until = time.monotonic() + WAIT_S
        while time.monotonic() < until:
            manifest = self.manifest(name)
            if manifest["state"] == "ready":
                return manifest
            if manifest["state"] == "failed":
                raise SystemExit(f"{name} failed: {manifest.get('problem')}")
            time.sleep(look_every_s)
        raise SystemExit(f"{name} was not ready within {WAIT_S} s")

    def metric(self, name):
        """The sum over all labels of a metric."""
        _, body = self.ask("GET", "/metrics")
        lines = (line.rsplit(" ", 1) for line in body.decode().splitlines() if line and not line.startswith("#"))
        return sum(float(value) for key, value in lines if key.split("{")[0] == name)

    def peak_mib(self):
        """The most memory it has held so far, in MiB."""
        lines = pathlib.Path(f"/proc/{self.process.pid}/status").read_text().splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM:")) / 1024


def head_bytes(start):
    """Where the first audio frame begins, as soon as that can be told from the first bytes; else None."""
    if len(start) < 10:
        return None
    size = 10 + sum(byte << shift for byte, shift in zip(start[6:10], (21, 14, 7, 0)))
    if len(start) < size + FRAME_BYTES:
        return None
    return size + FRAME_BYTES if b"Info" in start[size : size + FRAME_BYTES] else size


def unsound(cache):
    """Blobs of a cache that are not what their name says."""
    blobs = [path for path in (cache / "blobs").rglob("*") if path.suffix in (".mp3", ".wav")]
    return [path for path in blobs if hashlib.sha256(path.read_bytes()).hexdigest() != path.stem]


def percentile(values, share):
    ordered = sorted(values)
    return ordered[min(len(ordered) - 1, int(len(ordered) * share))]
