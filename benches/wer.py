#!/usr/bin/env python3
"""Word error rate of finished audio beside the engine's own output, by pocketsphinx with its bundled
English model and default settings.

    cargo build --release
    target/venv/bin/python benches/wer.py ARTICLE [--sentences N]

Renders ARTICLE to MP3 and cuts it at the timeline's sentences; has the `flite` program (Debian
package flite) say the same texts in the same voice at the same pace; recognizes both.
Needs ffmpeg, flite and the packages of tests/requirements.txt.
"""
import argparse
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import wave

from pocketsphinx import Decoder

RATE_HZ = 16_000


def words(text: str) -> list[str]:
    return re.findall(r"[a-z']+", text.lower().replace("’", "'"))


def errors(said: list[str], heard: list[str]) -> int:
    row = list(range(len(heard) + 1))
    for i, a in enumerate(said, 1):
        before, row[0] = row[0], i
        for j, b in enumerate(heard, 1):
            before, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, before + (a != b))
    return row[-1]


def pcm(source: str, *cut: str) -> bytes:
    command = ["ffmpeg", "-v", "error", *cut, "-i", source, "-f", "s16le", "-ac", "1", "-ar", str(RATE_HZ), "-"]
    return subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout


def heard(decoder: Decoder, samples: bytes) -> list[str]:
    decoder.start_utt()
    decoder.process_raw(samples, full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    return words(hypothesis.hypstr) if hypothesis else []


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("article")
    parser.add_argument("--bin", default="target/release/listen")
    parser.add_argument("--voice", default="rms")
    parser.add_argument("--sentences", type=int, default=100)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        out, timeline = f"{folder}/a.mp3", f"{folder}/a.json"
        subprocess.run(
            [options.bin, "render", options.article, "-o", out, "--timeline", timeline]
            + ["--voice", options.voice, "--cache", f"{folder}/cache"], check=True, stderr=subprocess.DEVNULL)
        script = json.loads(subprocess.run(
            [options.bin, "script", "--json", options.article], check=True, stdout=subprocess.PIPE).stdout)
        voices = json.loads(subprocess.run(
            [options.bin, "voices", "--json"], check=True, stdout=subprocess.PIPE).stdout)["voices"]
        rate = next(voice["rate"] for voice in voices if voice["id"] == options.voice)
        decoder = Decoder(samprate=RATE_HZ, loglevel="ERROR")
        total, ours, raw = 0, 0, 0
        for sentence in json.loads(pathlib.Path(timeline).read_text())["sentences"][:options.sentences]:
            spoken = script["utterances"][sentence["i"]]["spoken"]
            start, end = sentence["start_ms"] / 1000, sentence["end_ms"] / 1000
            said = words(spoken)
            total += len(said)
            ours += errors(said, heard(decoder, pcm(out, "-ss", f"{start}", "-to", f"{end}")))
            plain = f"{folder}/raw.wav"
            subprocess.run(["flite", "-voice", options.voice, "--setf", f"duration_stretch={1 / rate}",
                            "-t", spoken, "-o", plain], check=True)
            with wave.open(plain) as file:
                assert file.getnchannels() == 1
            raw += errors(said, heard(decoder, pcm(plain)))
        print(f"{total} words: engine alone {100 * raw / total:.2f} %, finished MP3 {100 * ours / total:.2f} %, "
              f"difference {100 * (ours - raw) / total:+.2f} points")


if __name__ == "__main__":
    sys.exit(main())
