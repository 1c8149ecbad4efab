// @ts-check
import { seconds } from './basics.js';
import { DELAY } from './clips.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Way} Way */
/** @typedef {import('./clips.js').Clips} Clips */

/** How long a clip may be awaited before that is told, in ms. */
const LATE = 100;

/**
 * Clips one after the other in one audio element, the pauses between them by a timer: for browsers
 * without a media source for this sound, and pages that allow none.
 * @param {Deck} deck @param {Clips} clips @param {(at?: Place) => void} broken @param {import('./types.js').On} on @param {AbortSignal} signal
 * @returns {Way}
 */
export function chain(deck, clips, broken, on, signal) {
  const { player, audio, tell } = deck;
  let turn = 0;
  /** Where it is to start, or stood when it was paused between two clips. */
  let place = deck.place;
  /** Whether the clip of the place is in the element. */
  let loaded = false;
  /** When the pause after a clip began to run, or 0. */
  let since = 0;
  let speed = 1;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;

  /** Length of the sentence, without and with its pause, in seconds. */
  const lengths = () => {
    const { frames = 0, pause_frames = 0 } = deck.manifest.sentences[place[0]] ?? {};
    return [seconds(deck.manifest, frames), seconds(deck.manifest, frames + pause_frames)];
  };

  /** @returns {Place} */
  function where() {
    const [i, offset] = place;
    if (since) return [i, Math.min(offset + ((performance.now() - since) / 1000) * speed, lengths()[1])];
    return loaded && audio.readyState ? [i, Math.max(0, audio.currentTime - DELAY)] : place;
  }

  function halt() {
    turn++;
    since = 0;
    clearTimeout(timer);
  }

  /** Puts the clip of the place into the element, and plays it. */
  async function next() {
    const mine = ++turn;
    const [i, offset] = place;
    if (i >= deck.manifest.sentences.length) {
      place = [i - 1, lengths()[1]];
      return tell('ended');
    }
    const late = setTimeout(() => tell('waiting'), LATE);
    const clip = await clips.get(i).catch((error) => {
      if (error.name !== 'AbortError') throw error;
    });
    clearTimeout(late);
    // A clip that is undefined belongs to a state of the article that was replaced meanwhile.
    if (mine !== turn || clip === undefined) return;
    if (!clip || offset >= lengths()[0]) return between(offset);
    audio.src = clip.url;
    loaded = true;
    if (offset) audio.currentTime = offset + DELAY;
    await audio.play();
  }

  /** Waits for what is left of the pause, then goes on. @param {number} offset */
  function between(offset) {
    clearTimeout(timer);
    const [i] = place;
    place = [i, offset];
    if (player.paused) return;
    since = performance.now();
    speed = audio.playbackRate;
    const left = Math.max(0, lengths()[1] - offset) / speed;
    timer = setTimeout(() => {
      since = 0;
      loaded = false;
      place = [i + 1, 0];
      next().catch(({ name }) => name === 'AbortError' || tell('paused'));
    }, left * 1000);
  }

  on('ended', () => between(lengths()[0]));
  on('error', broken);
  signal.addEventListener('abort', halt);

  return {
    where,
    quiet: () => !loaded,
    async play() {
      if (loaded && !audio.ended) await audio.play();
      else if (loaded) between(place[1]);
      else await next();
    },
    pause() {
      place = where();
      halt();
    },
    go(to) {
      halt();
      loaded = false;
      audio.pause();
      place = to;
      clips.jump();
      if (!player.paused) next().catch(() => {});
    },
    rate() {
      if (!since) return;
      place = where();
      between(place[1]);
    },
  };
}
