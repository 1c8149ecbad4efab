#!/usr/bin/env python3
"""What a very long article costs: time, memory, bytes."""

import time

from service import Service, arguments, article


def main():
    chosen = arguments(__doc__, words=(100_000, "words, more or less; at most 1 000 000"))
    per_sentence = len(article(0, 400).split()) / 400
    text = article(0, int(min(chosen.words, 1_000_000) / per_sentence))
    with Service(chosen.bin) as service:
        started = time.monotonic()
        taken = service.put("long", text, chosen.voice)
        put_s = time.monotonic() - started
        manifest = service.ready("long", look_every_s=2)
        ready_s = time.monotonic() - started
        started = time.monotonic()
        _, mp3 = service.ask("GET", "/v1/articles/long/audio.mp3")
        read_s = time.monotonic() - started
        audio_s = manifest["duration_ms"] / 1000
        print(f"voice {chosen.voice}: {manifest['words']} words, {len(manifest['sentences'])} sentences, "
              f"{taken['label']} before, {manifest['label']} after")
        print(f"taken in {put_s:.1f} s, finished after {ready_s:.1f} s: {audio_s:.0f} s of audio, "
              f"{audio_s / ready_s:.0f} times real time")
        print(f"MP3 {len(mp3) / 1e6:.1f} MB, read in {read_s:.2f} s; "
              f"most memory held {service.peak_mib():.0f} MiB")


if __name__ == "__main__":
    main()
