// @ts-check
/**
 * How sound is made. Three ways behind one shape (`Way`), tried in this order:
 * a finished article by ranges of its one file; clips laid side by side in a media source; clips one
 * after the other. Each can start at any sentence, made or not (the first only when all are).
 */
import { chain } from './chain.js';
import { fetcher } from './clips.js';
import { stream } from './stream.js';
import { whole } from './whole.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Way} Way */

/**
 * Opens the article's sound at its place, silent until `play`.
 * @param {Deck} deck @param {() => Promise<void>} reload @param {AbortSignal} signal
 */
export function open(deck, reload, signal) {
  const { audio, player, tell } = deck;
  const clips = fetcher(deck, reload, signal);
  const ways = [whole, stream, chain];
  let stop = new AbortController();
  /** @type {Way} */
  let way;

  /** @param {AbortSignal} signal @returns {import('./types.js').On} */
  const listen = (signal) => (type, act) => audio.addEventListener(type, () => way.quiet?.() || act(), { signal });

  /** Goes on in the next way that can be gone here. @param {Place} place */
  function next(place) {
    deck.place = place;
    stop.abort();
    audio.pause();
    stop = new AbortController();
    const { signal } = stop;
    const on = listen(signal);
    /** @type {Way|undefined} */
    let found;
    while (!found && ways.length) {
      found = ways.shift()?.(deck, clips, (at = way.where()) => void (signal.aborted || next(at)), on, signal);
    }
    if (!found) return tell('failed');
    way = found;
    if (!player.paused) play().catch(({ name }) => name === 'AbortError' || tell('paused'));
  }

  const on = listen(signal);
  on('playing', () => tell('playing'));
  on('waiting', () => tell('waiting'));
  // Sound that moves again after something else was told says nothing of it by itself.
  on('timeupdate', () => player.state !== 'playing' && !audio.paused && audio.readyState > 2 && tell('playing'));
  on('pause', () => !player.paused && audio.paused && !audio.ended && tell('paused'));
  signal.addEventListener('abort', () => {
    stop.abort();
    audio.pause();
  });

  async function play() {
    try {
      await (way.play ?? (() => audio.play()))();
    } catch (error) {
      // What the element refuses it reports as an error, too; that leads to the next way.
      if (/** @type {Error} */ (error).name !== 'NotSupportedError') throw error;
    }
  }

  function rate() {
    // The pitch of the voice stays.
    audio.preservesPitch = true;
    audio.defaultPlaybackRate = audio.playbackRate = player.playbackRate;
    way?.rate?.();
  }

  rate();
  next(deck.place);
  return {
    play,
    rate,
    where: () => way.where(),
    go: () => way.go(deck.place),
    pause() {
      way.pause?.();
      audio.pause();
    },
  };
}
