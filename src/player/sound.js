// @ts-check
/**
 * How sound is made. Three ways behind one shape (`Sound`), tried in this order:
 * a finished article by ranges of its one file; clips laid side by side in a media source; clips one
 * after the other. Each can start at any sentence, made or not (the first only when all are).
 */
import { Clips } from './clips.js';
import { Chain } from './chain.js';
import { Stream } from './stream.js';
import { Whole } from './whole.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Sound} Sound */

/**
 * Opens the article's sound at a place, silent until `play`.
 * @param {Deck} deck @param {Place} place
 * @returns {Sound}
 */
export function open(deck, place) {
  const clips = new Clips(deck);
  const ways = [Whole, Stream, Chain].filter((way) => way.fits(deck));
  let speed = 1;
  let playing = false;
  /** @type {Sound} */
  let sound;
  /** @param {Place} from */
  const next = (from) => {
    const Way = ways.shift();
    if (!Way) return deck.tell('failed');
    sound?.stop();
    sound = new Way(deck, clips, from, (at) => {
      // What cannot play here, or not any more, is followed by the next way at the same place.
      next(at);
      if (playing) sound.play().catch((error) => error.name !== 'AbortError' && deck.tell('paused'));
    });
    sound.rate(speed);
  };
  next(place);
  return {
    where: () => sound.where(),
    go: (to) => sound.go(to),
    play: () => {
      playing = true;
      return sound.play().catch((error) => {
        // What the element refuses it reports as an error, too; that leads to the next way.
        if (error.name !== 'NotSupportedError') throw error;
      });
    },
    pause: () => {
      playing = false;
      sound.pause();
    },
    rate: (to) => {
      speed = to;
      sound.rate(to);
    },
    stop: () => {
      clips.stop();
      sound.stop();
    },
  };
}
