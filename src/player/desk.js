// @ts-check
/**
 * The other half of the player, fetched when somebody comes near the play button: it makes the sound,
 * shows where it is, in the player and in the page, and tells others of it.
 */
import { controls } from './controls.js';
import { match } from './match.js';
import { reading } from './reading.js';
import { accompany } from './session.js';
import { open } from './sound.js';

export { reading };

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').State} State */
/** @typedef {ReturnType<typeof desk>} Desk */

/** A boundary counts as reached this many seconds before: a timer may be that early. */
const AHEAD_OF_TIME = 0.005;

/** Longest pause between two looks at the clock while playing, in ms. */
const LOOK_MAX = 250;

/** How long a sentence may be awaited before that is said, in ms. */
const MOMENT = 1000;

/** Plays an article, silent until `play`. @param {Deck} deck */
export function desk(deck) {
  const { player } = deck;
  const stop = new AbortController();
  const { signal } = stop;
  const board = controls(deck, signal);
  /** @type {ReturnType<typeof open>|undefined} */
  let sound;
  /** @type {ReturnType<typeof reading>|undefined} */
  let text;
  /** @type {ReturnType<typeof accompany>|undefined} */
  let session;
  /** The sentence and the word that are shown; -1 for none. */
  let [shown, word] = [-1, -1];
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  const where = () => sound?.where() ?? deck.place;

  /** Looks where the sound is, shows it, and comes again when the next sentence or word begins. */
  function look() {
    clearTimeout(timer);
    const { manifest } = deck;
    const [i, offset] = (deck.place = where());
    const sentence = manifest.sentences[i];
    if (!sentence || signal.aborted) return;
    const words = sentence.words ?? [];
    const at = (offset + AHEAD_OF_TIME) * 1000;
    let w = words.findLastIndex(([, , start]) => start <= at);
    const next = words[w + 1]?.[2] ?? Infinity;
    if (at > words[w]?.[3]) w = -1;
    if (player.started && (i !== shown || w !== word)) {
      text?.show(i, w);
      word = w;
      if (i !== shown && !player.paused) {
        deck.emit('sentence', { index: i, time: player.currentTime, text: sentence.text });
        deck.keep();
      }
      shown = i;
    }
    deck.paint();
    if (player.state === 'waiting') timer = setTimeout(() => deck.tell('making'), MOMENT);
    if (player.state !== 'playing') return;
    const end = deck.starts[i + 1] - deck.starts[i];
    const wait = (Math.min(end, next / 1000) - offset) / player.playbackRate;
    timer = setTimeout(look, Math.max(4, Math.min(wait * 1000, LOOK_MAX)));
  }

  function anchor() {
    if (signal.aborted || player.hasAttribute('no-highlight')) return;
    text ??= reading(deck, signal);
    deck.emit('anchored', { found: text.anchor(), of: deck.manifest.sentences.length });
    if (player.started) text.show(deck.place[0], -1);
  }

  /** Goes on with another revision of the article, at the same words. */
  async function reload() {
    const now = await deck.read();
    const old = deck.manifest;
    const [i, offset] = deck.place;
    const [before, after] = [old, now].map(({ sentences }) => sentences.map((sentence) => sentence.text));
    const map = match(before, after);
    let k = i;
    while (map[k] < 0) k--;
    deck.manifest = now;
    deck.tell('lengths');
    if (text) anchor();
    // What is gone is followed by what comes after the sentence before it that is still there.
    deck.go(k === i ? [map[i], offset] : [Math.min((map[k] ?? -1) + 1, after.length - 1), 0]);
  }

  return {
    where,
    anchor,

    /** @param {boolean} again from the start */
    async play(again) {
      if (again) deck.place = [0, 0];
      if (sound && again) sound.go();
      sound ??= open(deck, reload, signal);
      const heard = sound.play();
      session ??= accompany(deck, board, reload, signal);
      await heard;
    },

    pause: () => sound?.pause(),
    paint: board.paint,

    /** The place is another one. */
    go() {
      shown = -1;
      sound?.go();
      look();
    },

    rate() {
      sound?.rate();
      look();
    },

    /** @param {State} state */
    tell(state) {
      session?.tell(state);
      if (state === 'ended') text?.show(-1, -1);
      else look();
      // The sound does not wait for the text.
      if (state === 'playing' && !text) setTimeout(anchor);
    },

    stop() {
      clearTimeout(timer);
      session?.report();
      stop.abort();
    },
  };
}
