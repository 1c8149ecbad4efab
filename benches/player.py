#!/usr/bin/env python3
"""How soon the player on a page is heard, and how exactly it follows the sound.

For each article: publish it, open its page in a Chromium that has played before, press play at once,
and take the time until the first sentence is heard; then jump to a sentence that is not made yet.
Then the lateness of what is told at sentence boundaries of a finished article.
"""

from chromium import Chromium
from service import Service, arguments, article, percentile

# Sentences of a measured article, and how far before its end a jump goes: nobody has made that by then.
SENTENCES = 400
FROM_END = 10

# Runs in the page: until the sound of sentence `i` moves, in milliseconds.
SOON = """(async (act, i) => {
    const player = document.querySelector('listen-player');
    await player.load();
    const began = performance.now();
    act(player);
    for (let at = -1; performance.now() - began < 20000; await new Promise(done => setTimeout(done, 2))) {
        if (player.state !== 'playing' || player.sentenceIndex !== i) continue;
        if (at >= 0 && player.currentTime > at) return performance.now() - began;
        at = player.currentTime;
    }
    throw new Error(`sentence ${i} was not heard: ${player.state}`);
})"""

# Runs in the page: of each boundary, reached from a quarter of a second before, how late it was told.
LATE = """(async count => {
    const player = document.querySelector('listen-player');
    await player.load();
    const { sentences, frame_ms } = await (await fetch(player.getAttribute('src'))).json();
    const starts = [0];
    for (const s of sentences) starts.push(starts.at(-1) + (s.frames + s.pause_frames) * frame_ms / 1000);
    const late = [];
    await player.play();
    for (let k = 0; k < count; k++) {
        const i = 1 + k % (sentences.length - 1);
        const told = new Promise(done => player.addEventListener('listen-sentence', function hear({ detail }) {
            if (detail.index !== i) return;
            player.removeEventListener('listen-sentence', hear);
            done(detail.time);
        }));
        player.seek(starts[i] - 0.25);
        late.push((await told - starts[i]) * 1000);
    }
    player.pause();
    return late;
})"""


def row(label, times):
    figures = (min(times), percentile(times, 0.5), percentile(times, 0.99), max(times))
    print(f"| {label} | {len(times)} | " + " | ".join(f"{figure:.1f}" for figure in figures) + " |", flush=True)


def unmade(service, chromium, name, start, voice):
    """Milliseconds from the press and from the jump to the sound of a new article."""
    manifest = service.put(name, article(start, SENTENCES), voice)
    tab = chromium.open(f"http://{service.address}/embed/{name}")
    press = tab.eval(SOON + "(player => player.shadowRoot.querySelector('.play').click(), 0)")
    far = len(manifest["sentences"]) - FROM_END
    jump = tab.eval(SOON + f"(player => player.seekSentence({far}), {far})")
    tab.close()
    # It is not made to its end: the next one is measured on a quiet service.
    service.ask("DELETE", f"/v1/articles/{name}")
    return press, jump


def main():
    chosen = arguments(
        __doc__.split("\n")[0],
        articles=(30, "articles of which nothing is made"),
        boundaries=(200, "sentence boundaries"),
    )
    with Service(chosen.bin) as service, Chromium() as chromium:
        cold, _ = unmade(service, chromium, "cold", 0, chosen.voice)
        times = [
            unmade(service, chromium, f"story-{n}", n * SENTENCES, chosen.voice) for n in range(1, chosen.articles + 1)
        ]
        service.put("finished", article(0, 30), chosen.voice)
        service.ready("finished")
        tab = chromium.open(f"http://{service.address}/embed/finished")
        print(f"voice {chosen.voice}; milliseconds\n| | n | least | p50 | p99 | most |\n|---|---|---|---|---|---|")
        row("from the first press in a new browser to the sound", [cold])
        row("from a press to the sound", [press for press, _ in times])
        row("from a jump to the sound", [jump for _, jump in times])
        row("a boundary is told late by", tab.eval(LATE + f"({chosen.boundaries})"))


if __name__ == "__main__":
    main()
