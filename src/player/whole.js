// @ts-check
import { beginnings, lastNotAbove } from './basics.js';
import { rest } from './clips.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Sound} Sound */

/** Pause before a broken connection is tried again, in ms. */
const AGAIN = 3000;

/** A media element may stand this much before the time it was sent to, in seconds. */
export const NEAR = 0.002;

/** The code of a media element's error when the connection broke (HTML, MEDIA_ERR_NETWORK). */
const NETWORK = 2;

/** A finished article, by ranges of its one file. @implements {Sound} */
export class Whole {
  #stop = new AbortController();
  #playing = false;
  #starts;
  /** @type {Place} Where it is to be, until the file is open. */
  #goal;

  /** @param {Deck} deck */
  static fits(deck) {
    const { manifest, audio } = deck;
    const file = manifest.audio.find((link) => link.bytes && audio.canPlayType(link.type));
    return manifest.state === 'ready' && !!file;
  }

  /** @param {Deck} deck @param {unknown} _ @param {Place} place @param {(at: Place) => void} broken */
  constructor(deck, _, place, broken) {
    const { audio, manifest } = deck;
    this.audio = audio;
    this.#starts = beginnings(manifest);
    this.#goal = place;
    const { signal } = this.#stop;
    const on = (/** @type {string} */ type, /** @type {() => void} */ act) =>
      audio.addEventListener(type, act, { signal });
    this.broken = broken;
    on('loadedmetadata', () => this.go(this.#goal));
    on('playing', () => deck.tell('playing'));
    on('waiting', () => deck.tell('waiting'));
    on('timeupdate', () => this.#playing && !audio.paused && audio.readyState > 2 && deck.tell('playing'));
    on('pause', () => audio.paused && !audio.ended && this.#playing && deck.tell('paused'));
    on('ended', () => deck.tell('ended'));
    on('error', async () => {
      if (audio.error?.code !== NETWORK) return broken(this.where());
      this.#goal = this.where();
      deck.tell('offline');
      await rest(AGAIN, signal);
      if (signal.aborted) return;
      audio.load();
      if (this.#playing) audio.play().catch(() => {});
    });
    const file = manifest.audio.find((link) => link.bytes && audio.canPlayType(link.type));
    audio.preload = 'auto';
    audio.src = deck.address(/** @type {{url: string}} */ (file).url);
  }

  where() {
    if (!this.audio.readyState) return this.#goal;
    const at = this.audio.currentTime;
    const i = Math.min(lastNotAbove(this.#starts, at + NEAR), this.#starts.length - 2);
    return /** @type {Place} */ ([i, Math.max(0, at - this.#starts[i])]);
  }

  /** @param {Place} place */
  go(place) {
    this.#goal = place;
    const { audio } = this;
    if (!audio.readyState) return;
    const to = this.#time(place);
    const { seekable } = audio;
    // A server without ranges gives a file in which nobody can move; among clips one can.
    if (to && (!seekable.length || seekable.end(seekable.length - 1) < to - 1)) this.broken(place);
    else if (to || audio.currentTime) audio.currentTime = to;
  }

  play() {
    this.#playing = true;
    return this.audio.play();
  }

  pause() {
    this.#playing = false;
    this.audio.pause();
  }

  /** @param {number} speed */
  rate(speed) {
    setRate(this.audio, speed);
  }

  stop() {
    this.#stop.abort();
    this.audio.pause();
  }

  /** @param {Place} place */
  #time([i, offset]) {
    return Math.min(this.#starts[i] + offset, this.#starts[this.#starts.length - 1]);
  }
}

/** The pitch of the voice stays. @param {HTMLAudioElement} audio @param {number} speed */
export function setRate(audio, speed) {
  audio.preservesPitch = true;
  audio.defaultPlaybackRate = audio.playbackRate = speed;
}
