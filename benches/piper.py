#!/usr/bin/env python3
"""What a Piper voice costs in rten (as `listen` runs it) beside onnxruntime, in one run.

    cargo build --release
    target/venv/bin/python benches/piper.py MODEL.onnx [--bin PROGRAM] [--rounds N]

A network as large as a voice of quality medium comes from `scripts/small_voice.py --medium FOLDER`.

Both say the same sentences in turns, on one thread each: `listen render` into a fresh cache, and a program that runs
onnxruntime on numbers of the same length. Prints the processor time (user + system, of all processes) of a second of
sound; what does not grow with the sentences (starting, loading, espeak-ng) is taken out by rendering one sentence alone.
Of a listen that renders, mastering and MP3 are a part; the same article in the voice `tone` measures them.
"""
import argparse
import json
import os
import pathlib
import resource
import subprocess
import sys
import tempfile

ROOT = pathlib.Path(__file__).resolve().parent.parent
SENTENCES = [
    "Every morning before sunrise, the custodian of the old observatory climbs ninety steps and opens the dome.",
    "The telescope has contributed nothing to astronomy for decades, and its photographs were never remarkable.",
    "Schoolchildren usually arrive in small groups, complaining that their telephones are considerably brighter.",
    "The custodian agrees with them, switches off the last lantern, and recommends looking once more.",
    "According to the register, more than forty thousand visitors have written something about their experience.",
    "Many mention the silence, and practically all of them promise to return.",
]


def cpu_s() -> float:
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def timed(command: list[str], **more) -> tuple[float, bytes]:
    before = cpu_s()
    done = subprocess.run(command, check=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, **more)
    return cpu_s() - before, done.stdout


def rendered(options, folder: str, voice: str, sentences: list[str]) -> tuple[float, float]:
    """Processor time and seconds of sound of an article."""
    article = pathlib.Path(folder) / "article.txt"
    article.write_text("\n\n".join(sentences) + "\n")
    cache = tempfile.mkdtemp(dir=folder)
    used, out = timed([options.bin, "render", str(article), "-o", f"{folder}/a.mp3", "--voice", voice, "--json", "--cache",
                       cache, "--voices", f"{folder}/voices"],
                      env={**os.environ, "LISTEN_SPEECH__BULK_WORKERS": "1"}, cwd=folder)
    return used, json.loads(out)["duration_ms"] / 1000


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


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("model", type=pathlib.Path)
    parser.add_argument("--bin", default=str(ROOT / "target/release/listen"))
    parser.add_argument("--rounds", type=int, default=3)
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
        ratios = []
        for turn in range(options.rounds):
            whole, one = (rendered(options, folder, "measured", part) for part in (SENTENCES, SENTENCES[:1]))
            chain = [rendered(options, folder, "tone", part) for part in (SENTENCES, SENTENCES[:1])]
            rest = (chain[0][0] - chain[1][0]) / (chain[0][1] - chain[1][1])
            ours = (whole[0] - one[0]) / (whole[1] - one[1])
            here = [sys.executable, __file__, str(model), "--reference"]
            many, few = (timed([*here, str(runs), "200"]) for runs in (len(SENTENCES), 1))
            theirs = (many[0] - few[0]) / (float(many[1]) - float(few[1]))
            ratios.append((ours - rest) / theirs)
            print(f"round {turn + 1}: listen {ours:.3f} CPU s a second of sound, of which mastering and MP3 {rest:.3f}; "
                  f"onnxruntime {theirs:.3f}; rten / onnxruntime {ratios[-1]:.2f}")
        print(f"median: {sorted(ratios)[len(ratios) // 2]:.2f}")


if __name__ == "__main__":
    main()
