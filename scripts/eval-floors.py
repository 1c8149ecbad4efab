#!/usr/bin/env python3
"""Compares the scores of the text evaluation kit with the floors the project holds.

    python3 scripts/eval-floors.py SCORES [--floors tests/eval-floors.toml] [--raise]

SCORES is what the kit printed; its summary lines read `extract f1 0.973 (n=79)`. Every floor must
be met, and a score that was not measured is not met. With --raise the floors that are lower than
the scores are raised to them (never lowered). Exit 0: all met, 1: some not, 2: wrong usage.
"""

import argparse
import re
import sys
import tomllib
from pathlib import Path

# Scores of which less is better; their "floor" is a ceiling.
LESS_IS_BETTER = {"damaged"}
SETS = ("extract", "dump", "split", "normalize", "repair")
# The kit rounds to three decimals.
ROUNDING = 0.0005


def number(text):
    """`0.973`, `3`, or `180/440` as a share."""
    part, _, whole = text.partition("/")
    return float(part) / float(whole) if whole else float(part)


def scores(printed):
    """{set: {name: score}} of the summary lines."""
    found = {}
    summary = printed.partition("== summary")[2] or printed
    for line in summary.splitlines():
        words = re.sub(r"\(n=\d+\)\s*$", "", line).split()
        # The kit names the folder of the dumps after the program that scores them.
        if len(words) >= 3 and words[0] in SETS and len(words) % 2 == 1:
            try:
                pairs = {name: number(value) for name, value in zip(words[1::2], words[2::2])}
            except (ValueError, ZeroDivisionError):
                continue
            found[words[0]] = pairs
    return found


def misses(floors, found):
    """One line for every floor that is not met."""
    lines = []
    for name, wanted in floors.items():
        for measure, floor in wanted.items():
            score = found.get(name, {}).get(measure)
            if score is None:
                lines.append(f"{name} {measure}: not measured, must be {floor:.3f}")
            elif measure in LESS_IS_BETTER and score > floor + ROUNDING:
                lines.append(f"{name} {measure}: {score:.3f} is over {floor:.3f}")
            elif measure not in LESS_IS_BETTER and score < floor - ROUNDING:
                lines.append(f"{name} {measure}: {score:.3f} is under {floor:.3f}")
    return lines


def raised(text, floors, found):
    """The text of the floors file with every better score written in; comments stay."""
    for name, wanted in floors.items():
        for measure, floor in wanted.items():
            score = found.get(name, {}).get(measure)
            if score is None:
                continue
            better = score < floor if measure in LESS_IS_BETTER else score > floor
            if better:
                # Cut, never rounded up: the next run must reach it.
                shown = f"{int(score * 1000) / 1000:.3f}" if measure not in LESS_IS_BETTER else f"{score:g}"
                pattern = rf"(?ms)(^\[{name}\]$.*?^{measure} = )[0-9.]+"
                text = re.sub(pattern, rf"\g<1>{shown}", text, count=1)
    return text


def main():
    cli = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    cli.add_argument("scores", type=Path)
    cli.add_argument("--floors", type=Path, default=Path(__file__).parent.parent / "tests/eval-floors.toml")
    cli.add_argument("--raise", dest="raise_floors", action="store_true", help="raise the floors to the scores")
    args = cli.parse_args()
    text = args.floors.read_text(encoding="utf-8")
    floors = tomllib.loads(text)
    found = scores(args.scores.read_text(encoding="utf-8"))
    below = misses(floors, found)
    for line in below:
        print(f"below its floor: {line}")
    if below:
        print(f"{len(below)} scores are below the floors of {args.floors}")
        return 1
    if args.raise_floors:
        args.floors.write_text(raised(text, floors, found), encoding="utf-8")
        print(f"raised the floors of {args.floors}; commit it")
    count = sum(len(wanted) for wanted in floors.values())
    print(f"all {count} scores are at or above their floors")
    return 0


if __name__ == "__main__":
    sys.exit(main())
