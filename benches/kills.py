#!/usr/bin/env python3
"""Publishes articles in bulk while the service is killed again and again.

At the end every article must be finished, every blob be what its name says, no worker process be
left, and the audio be what an undisturbed service makes. Exit code 1 when anything is not so.
"""

import http.client
import random
import threading
import time

from service import Service, arguments, article, unsound

SENTENCES = 12
LONGEST_LIFE_S = 1.5
VOICES = ("rms", "tone", "espeak-en-us")


def bulk(chosen):
    return {f"a{n}": (article(n * 9, SENTENCES), VOICES[n % len(VOICES)]) for n in range(chosen.articles)}


def audio(service, names):
    for name in names:
        service.ready(name)
    return {name: service.ask("GET", f"/v1/articles/{name}/audio.mp3") for name in names}


def publish(service, articles, accepted):
    """Publishes what is not accepted yet, until the service is killed."""
    for name, (text, voice) in articles.items():
        if name in accepted:
            continue
        try:
            status, _ = service.ask("PUT", f"/v1/articles/{name}", {"text": text, "voice": voice})
        except (OSError, http.client.HTTPException):
            return
        if status in (200, 201):
            accepted.add(name)


def no_worker_left(service):
    until = time.monotonic() + 30
    while service.workers() and time.monotonic() < until:
        time.sleep(0.02)
    return not service.workers()


def main():
    chosen = arguments(
        __doc__.split("\n")[0], articles=(50, "articles"), kills=(20, "kills"), seed=(1, "seed of the moments"),
    )
    articles = bulk(chosen)
    failures = []
    with Service(chosen.bin) as calm:
        for name, (text, voice) in articles.items():
            calm.put(name, text, voice)
        expected = audio(calm, articles)
    moments = random.Random(chosen.seed)
    with Service(chosen.bin) as service:
        accepted, started, lost = set(), time.monotonic(), 0
        for n in range(chosen.kills):
            publisher = threading.Thread(target=publish, args=(service, articles, accepted))
            publisher.start()
            time.sleep(moments.uniform(0, LONGEST_LIFE_S))
            service.kill()
            publisher.join()
            if not no_worker_left(service):
                failures.append(f"kill {n} left workers: {service.workers()}")
            service.start()
        before = set(accepted)
        publish(service, articles, set())
        for name in before:
            if service.manifest(name)["state"] == "failed":
                lost += 1
        heard = audio(service, articles)
        failures += [f"{name} sounds different" for name in articles if heard[name] != expected[name]]
        failures += [f"{path} is not what its name says" for path in unsound(service.home / "cache")]
        corrupt = service.metric("listen_corrupt_blobs_total")
        if service.stop() != 0 or not no_worker_left(service):
            failures.append("the last stop was not clean")
    seconds = time.monotonic() - started
    print(f"{len(articles)} articles, {chosen.kills} kills, seed {chosen.seed}: {seconds:.0f} s; "
          f"{len(before)} were accepted before the last kill, {lost} of them lost; "
          f"{corrupt:.0f} damaged blobs seen; {len(failures)} failures")
    for failure in failures:
        print(f"FAILED: {failure}")
    return 1 if failures or lost else 0


if __name__ == "__main__":
    raise SystemExit(main())
