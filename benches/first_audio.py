#!/usr/bin/env python3
"""How long a listener waits for the first words.

For each article: PUT it, ask for audio.mp3 at once, and take the time from sending the request for
the audio to its tenth frame (240 ms of sound) behind the head. Once on an idle service, once while
other articles are being made in bulk; and the time to the first byte of audio that is finished.
"""

import contextlib
import time

from service import FRAME_BYTES, Service, arguments, article, head_bytes, percentile

FRAMES = 10
SENTENCES = 30


def first_audio_ms(service, name):
    """From the request to the tenth frame, in milliseconds; then the listener leaves."""
    started = time.perf_counter()
    connection, answer = service.open("GET", f"/v1/articles/{name}/audio.mp3")
    with contextlib.closing(connection):
        heard, head = b"", None
        while head is None or len(heard) < head + FRAMES * FRAME_BYTES:
            more = answer.read1(1 << 16)
            if not more:
                raise SystemExit(f"{name}: the audio ended after {len(heard)} bytes")
            heard += more
            head = head_bytes(heard)
        return (time.perf_counter() - started) * 1000


def cached_ms(service, name):
    """From the request to the first byte of finished audio, in milliseconds."""
    started = time.perf_counter()
    connection, answer = service.open("GET", f"/v1/articles/{name}/audio.mp3")
    with contextlib.closing(connection):
        answer.read(1)
        return (time.perf_counter() - started) * 1000


def cold(service, chosen, label):
    """Times of unmade articles, each finished before the next one when nothing else is going on."""
    times = []
    for n in range(chosen.articles):
        name = f"{label}-{n}"
        service.put(name, article((n + (500 if label == "busy" else 0)) * SENTENCES, SENTENCES), chosen.voice)
        times.append(first_audio_ms(service, name))
        if label == "idle":
            service.ready(name)
    return times


def row(label, times):
    figures = (min(times), percentile(times, 0.5), percentile(times, 0.95), max(times))
    print(f"| {label} | {len(times)} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |")


def main():
    chosen = arguments(
        __doc__.split("\n")[0],
        articles=(20, "articles measured in each case"),
        bulk=(30, "articles that wait in the queue in the busy case"),
    )
    with Service(chosen.bin) as service:
        service.put("warm-up", "The engine is loaded by this.", chosen.voice)
        service.ready("warm-up")
        print(f"voice {chosen.voice}, {SENTENCES} sentences an article; milliseconds")
        print("| from the request to | n | least | p50 | p95 | most |\n|---|---|---|---|---|---|")
        row(f"frame {FRAMES} of an unmade article, idle", cold(service, chosen, "idle"))
        row("the first byte of a finished article", [cached_ms(service, f"idle-{n}") for n in range(chosen.articles)])
        for n in range(chosen.bulk):
            service.put(f"bulk-{n}", article((1000 + n) * SENTENCES, SENTENCES), chosen.voice)
        row(f"frame {FRAMES} of an unmade article, {chosen.bulk} others queued", cold(service, chosen, "busy"))
        row("the first byte of a finished article, busy", [cached_ms(service, f"idle-{n}") for n in range(chosen.articles)])


if __name__ == "__main__":
    main()
