#!/usr/bin/env python3
"""What a Piper voice costs in rten and in a library of ONNX Runtime (as `listen` runs them) beside onnxruntime, in one run.

    cargo build --release --features ort
    target/venv/bin/python benches/piper.py MODEL.onnx [--bin PROGRAM] [--rounds N] [--library FILE]

A network as large as a voice of quality medium comes from `scripts/small_voice.py --medium FOLDER`. The library is that of
the Python that runs this, if no other is named.

All say the same sentences in turns, on one thread each: `listen render` into a fresh cache, once by either runtime, and a program
that runs onnxruntime on numbers of the same length. Prints the processor time (user + system, of all processes) of a second of
sound; what does not grow with the sentences (starting, loading, espeak-ng) is taken out by rendering one sentence alone.
Of a listen that renders, mastering and MP3 are a part; the same article in the voice `tone` measures them. Prints the most
memory that a process had, too.
"""
import argparse
import importlib.util
import json
import os
import pathlib
import statistics
import subprocess
import sys
import tempfile
from typing import NamedTuple

ROOT = pathlib.Path(__file__).resolve().parent.parent
SENTENCES = [
    "Every morning before sunrise, the custodian of the old observatory climbs ninety steps and opens the dome.",
    "The telescope has contributed nothing to astronomy for decades, and its photographs were never remarkable.",
    "Schoolchildren usually arrive in small groups, complaining that their telephones are considerably brighter.",
    "The custodian agrees with them, switches off the last lantern, and recommends looking once more.",
    "According to the register, more than forty thousand visitors have written something about their experience.",
    "Many mention the silence, and practically all of them promise to return.",
]


class Run(NamedTuple):
    cpu_s: float
    sound_s: float
    peak_mib: float


def timed(command: list[str], sound_s, **more) -> Run:
    """A run of a program, whose output tells the seconds of sound."""
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more) as program:
        out = program.stdout.read()
        _, status, used = os.wait4(program.pid, 0)
        program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        sys.exit(f"{command[0]} ended with {program.returncode}; try it by hand: {' '.join(command)}")
    return Run(used.ru_utime + used.ru_stime, sound_s(out), used.ru_maxrss / 1024)


def rendered(options, folder: str, voice: str, library: str, sentences: list[str]) -> Run:
    """An article."""
    article = pathlib.Path(folder) / "article.txt"
    article.write_text("\n\n".join(sentences) + "\n")
    cache = tempfile.mkdtemp(dir=folder)
    command = [options.bin, "render", str(article), "-o", f"{folder}/a.mp3", "--voice", voice, "--json", "--cache", cache,
               "--voices", f"{folder}/voices"]
    settings = {"LISTEN_SPEECH__BULK_WORKERS": "1", "LISTEN_SPEECH__ONNXRUNTIME": library}
    return timed(command, lambda out: json.loads(out)["duration_ms"] / 1000, env={**os.environ, **settings}, cwd=folder)


def growth(many: Run, few: Run) -> float:
    """Processor time of a second of sound."""
    return (many.cpu_s - few.cpu_s) / (many.sound_s - few.sound_s)


def own_library() -> str:
    folder = pathlib.Path(importlib.util.find_spec("onnxruntime").origin).parent / "capi"
    return str(next(folder.glob("libonnxruntime.*")))


def reference(model: str, runs: int, length: int) -> None:
    """The other side: `runs` runs of onnxruntime on `length` numbers. Prints the seconds of sound."""
    import numpy as np
    import onnxruntime
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(model, options, providers=["CPUExecutionProvider"])
    config = json.loads(pathlib.Path(model + ".json").read_text())
    known = [ids[0] for ids in config["phoneme_id_map"].values()]
    ids = np.array([[known[(7 * i) % len(known)] if i % 2 else 0 for i in range(length)]], np.int64)
    inputs = {"input": ids, "input_lengths": np.array([length], np.int64), "scales": np.array([0.667, 1, 0.8], np.float32)}
    if "sid" in [wanted.name for wanted in session.get_inputs()]:
        inputs["sid"] = np.array([0], np.int64)
    samples = sum(session.run(["output"], inputs)[0].size for _ in range(runs))
    print(samples / config["audio"]["sample_rate"])


def measure(options, folder: str, model: pathlib.Path) -> dict[str, tuple[float, float]]:
    """One round: of each side, the processor time of a second of sound, and the most memory in MiB."""
    chain = growth(*(rendered(options, folder, "tone", "", part) for part in (SENTENCES, SENTENCES[:1])))
    sides = {}
    for name, library in (("rten", ""), ("ort", options.library)):
        whole, one = (rendered(options, folder, "measured", library, part) for part in (SENTENCES, SENTENCES[:1]))
        sides[name] = growth(whole, one) - chain, whole.peak_mib
    here = [sys.executable, __file__, str(model), "--reference"]
    many, few = (timed([*here, str(runs), "200"], float) for runs in (len(SENTENCES), 1))
    sides["onnxruntime"] = growth(many, few), many.peak_mib
    costs = "; ".join(f"{name} {cost:.3f}, {peak:.0f} MiB" for name, (cost, peak) in sides.items())
    print(f"mastering and MP3 {chain:.3f}; {costs}")
    return sides


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--bin", default=str(ROOT / "target/release/listen"))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--library", default=own_library(), help="of ONNX Runtime, for listen")
    parser.add_argument("--reference", type=int, nargs=2, help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.reference:
        return reference(str(options.model), *options.reference)
    model = options.model.resolve()
    with tempfile.TemporaryDirectory() as folder:
        voice = pathlib.Path(folder) / "voices" / "measured"
        voice.mkdir(parents=True)
        (voice / "voice.toml").write_text(
            'engine = "piper"\nlangs = ["en"]\ntitle = "x"\nlicence = "x"\nsample = "x"\ngain_db = 0\nrate = 1\n'
            f"words_per_minute = 155\n[piper]\nmodel = {json.dumps(str(model))}\n")
        print("CPU s a second of sound, and the most memory")
        rounds = [measure(options, folder, model) for _ in range(options.rounds)]
    for name in rounds[0]:
        cost = statistics.median(sides[name][0] for sides in rounds)
        ratio = statistics.median(sides[name][0] / sides["onnxruntime"][0] for sides in rounds)
        peak = statistics.median(sides[name][1] for sides in rounds)
        print(f"median of {name}: {cost:.3f}, {ratio:.2f} times onnxruntime, {peak:.0f} MiB")


if __name__ == "__main__":
    main()
