#!/usr/bin/env python3
"""What a whole article costs, cold, beside what its engine alone costs.

The engine alone: one `listen engine-worker` that says the article's sentences one after the other at
the article's pace, its audio thrown away; its start is not counted. For a voice of Flite, the library
alone, too: called from Python, without any of our code. Then `listen render` of the article into an MP3
and a fresh cache, from the start of the program to its end, and `PUT` of the article to a service that
runs and has none of it, until it is ready. CPU seconds are user + system time of all processes.

A machine's speed may change from minute to minute: ratios are taken within each round, with the engine
alone before and after the render, and their medians count. Wall time is compared with wall time, CPU time
with CPU time.
"""

import contextlib
import ctypes
import json
import os
import pathlib
import resource
import shutil
import struct
import subprocess
import tempfile
import time

from service import ROOT, Service, arguments

CPU_LIMIT_S = 60
SETTLES_S = 2


def cpu_s():
    """User and system time of all children that have ended, and of theirs."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime, used.ru_stime


def run(command, **more):
    """Wall time, user time and system time of a program, in seconds."""
    before, started = cpu_s(), time.perf_counter()
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, **more)
    wall = time.perf_counter() - started
    user, system = (after - earlier for after, earlier in zip(cpu_s(), before))
    return wall, user, system


def asked(command):
    return json.loads(subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout)


def frame(head):
    head = json.dumps({"v": 1, "cpu_limit_s": CPU_LIMIT_S} | head).encode()
    return struct.pack("<II", len(head), 0) + head


def answered(pipe):
    """Reads up to the answer that ends an ask; seconds of audio before it."""
    audio_s = 0
    while True:
        head_bytes, body_bytes = struct.unpack("<II", pipe.read(8))
        head, body = json.loads(pipe.read(head_bytes)), pipe.read(body_bytes)
        if head["is"] != "audio":
            assert head["is"] in ("done", "description"), head
            return audio_s
        audio_s += len(body) / 2 / head["rate_hz"]


def engine_alone(binary, engine, asks):
    """Wall and CPU seconds of a worker from its start to its end, and seconds of audio it said."""
    before, started = sum(cpu_s()), time.perf_counter()
    worker = subprocess.Popen([binary, "engine-worker", engine], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
    audio_s = 0
    for ask in asks:
        worker.stdin.write(frame(ask))
        worker.stdin.flush()
        audio_s += answered(worker.stdout)
    worker.stdin.close()
    assert worker.wait() == 0
    return time.perf_counter() - started, sum(cpu_s()) - before, audio_s


def flite_alone(name, rate, texts):
    """Wall and CPU seconds that Flite's library takes for the texts, in a process of its own."""
    read, write = os.pipe()
    if os.fork() == 0:
        flite = ctypes.CDLL("libflite.so.1", ctypes.RTLD_GLOBAL)
        for part in ("usenglish", "cmulex"):
            ctypes.CDLL(f"libflite_{part}.so.1", ctypes.RTLD_GLOBAL)
        register = getattr(ctypes.CDLL(f"libflite_cmu_us_{name}.so.1"), f"register_cmu_us_{name}")
        register.restype = flite.flite_synth_text.restype = ctypes.c_void_p
        flite.flite_init()
        voice = register(None)
        features = ctypes.cast(voice, ctypes.POINTER(ctypes.c_void_p))[1]
        flite.flite_feat_set_float(ctypes.c_void_p(features), b"duration_stretch", ctypes.c_float(1 / rate))
        wall, cpu = time.perf_counter(), time.process_time()
        for text in texts:
            flite.delete_utterance(ctypes.c_void_p(flite.flite_synth_text(text.encode(), ctypes.c_void_p(voice))))
        used = [time.perf_counter() - wall, time.process_time() - cpu]
        os.write(write, json.dumps(used).encode())
        os._exit(0)
    os.close(write)
    with os.fdopen(read) as told:
        used = json.loads(told.read())
    os.wait()
    return used


def publish(binary, voice, text):
    """Seconds from the PUT of an article until a running service has all of it."""
    with Service(binary) as service:
        service.put("warm-up", "The engine is loaded by this.", voice)
        service.ready("warm-up")
        # A new service is still packing its player.
        time.sleep(SETTLES_S)
        started = time.perf_counter()
        service.put("article", text, voice)
        # Its events, because asking again and again takes time from the machine.
        connection, events = service.open("GET", "/v1/articles/article/events")
        with contextlib.closing(connection):
            while b"event: ready" not in (line := events.readline()):
                assert line, "the events ended before the article was ready"
        return time.perf_counter() - started


def median(values):
    ordered = sorted(values)
    return ordered[len(ordered) // 2]


def main():
    chosen = arguments(
        __doc__.split("\n")[0],
        article=(str(ROOT / "samples/night-ferry.md"), "the article"),
        times=(5, "how often each is measured; medians count"),
        cores=(os.cpu_count() or 1, "cores that the engine's time is divided by"),
    )
    home = pathlib.Path(tempfile.mkdtemp(prefix="listen-bench-"))
    try:
        measure(chosen, home)
    finally:
        shutil.rmtree(home, ignore_errors=True)


def measure(chosen, home):
    chosen.article = os.path.abspath(chosen.article)
    text = pathlib.Path(chosen.article).read_text()
    script = asked([chosen.bin, "script", "--json", chosen.article])
    voices = {voice["id"]: voice for voice in asked([chosen.bin, "voices", "--json"])["voices"]}
    voice = voices[chosen.voice]
    ask = {"op": "speak", "voice": voice["name"], "lang": script["lang"], "rate": voice["rate"]}
    asks = [ask | {"text": utterance["spoken"]} for utterance in script["utterances"]]
    texts = [ask["text"] for ask in asks]
    is_flite = voice["engine"] == "flite"

    def alone():
        """Wall and CPU seconds of the engine alone, and of Flite's library alone."""
        start_wall, start_cpu, _ = engine_alone(chosen.bin, voice["engine"], asks[:0])
        wall, cpu, audio_s = engine_alone(chosen.bin, voice["engine"], asks)
        library = flite_alone(voice["name"], voice["rate"], texts) if is_flite else (wall, cpu)
        return wall - start_wall, cpu - start_cpu, *library, audio_s

    rounds = []
    before = alone()
    for n in range(chosen.times):
        command = [chosen.bin, "render", chosen.article, "-o", f"{home}/{n}.mp3", "--voice", chosen.voice]
        wall, user, system = run([*command, "--cache", f"{home}/cache-{n}"], cwd=home)
        published = publish(chosen.bin, chosen.voice, text)
        after = alone()
        engine = [(one + other) / 2 for one, other in zip(before, after)]
        before = after
        rounds.append((*engine, wall, user, system, published))
        did = f"render {wall:.2f} s, {user:.2f} + {system:.2f} CPU s; publish {published:.2f} s"
        print(f"{n}: engine alone {engine[0]:.2f} s; {did}")

    def told(of):
        """The median over the rounds, with the lowest and the highest."""
        values = sorted(of(*round) for round in rounds)
        return f"{median(values):.2f} ({values[0]:.2f}-{values[-1]:.2f})"

    audio_s, cores = rounds[0][4], chosen.cores
    print(f"{len(asks)} sentences, {audio_s:.0f} s of engine audio, voice {chosen.voice}; medians of {chosen.times}:")
    print(f"engine alone {told(lambda wall, *_: wall)} s on one of {cores} cores")
    print(f"render {told(lambda *r: r[5])} s, {told(lambda *r: r[6])} user + {told(lambda *r: r[7])} system CPU s")
    print(f"publish {told(lambda *r: r[8])} s")

    def ratios(name, at):
        """Against the wall and CPU seconds that stand at `at` in a round."""
        wall = told(lambda *r: r[5] * cores / r[at])
        cpu = told(lambda *r: (r[6] + r[7]) / r[at + 1])
        published = told(lambda *r: r[8] * cores / r[at])
        print(f"render wall {wall}, CPU {cpu}, publish {published} times {name}")

    ratios(f"the engine alone / {cores} cores", 0)
    if is_flite:
        print(f"Flite's library alone {told(lambda *r: r[2])} s on one core")
        ratios(f"Flite's library alone / {cores} cores", 2)


if __name__ == "__main__":
    main()
