// @ts-check
import { seconds } from './basics.js';
import { DELAY } from './clips.js';
import { setRate } from './whole.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Sound} Sound */
/** @typedef {import('./clips.js').Clips} Clips */

/**
 * Clips one after the other in one audio element, the pauses between them by a timer: for browsers
 * without a media source for this sound, and pages that allow none.
 * @implements {Sound}
 */
export class Chain {
  #stop = new AbortController();
  #playing = false;
  #turn = 0;
  /** @type {Place} Where it is to start, or stood when it was paused between two clips. */
  #place;
  /** Whether the clip of the place is in the element. */
  #loaded = false;
  /** When the pause after a clip began to run, or 0. */
  #since = 0;
  #speed = 1;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;

  static fits() {
    return true;
  }

  /** @param {Deck} deck @param {Clips} clips @param {Place} place @param {(at: Place) => void} broken */
  constructor(deck, clips, place, broken) {
    const { audio } = deck;
    this.deck = deck;
    this.audio = audio;
    this.clips = clips;
    this.#place = place;
    const { signal } = this.#stop;
    const on = (/** @type {string} */ type, /** @type {() => void} */ act) =>
      audio.addEventListener(type, () => this.#loaded && act(), { signal });
    on('playing', () => deck.tell('playing'));
    on('waiting', () => deck.tell('waiting'));
    on('pause', () => audio.paused && !audio.ended && this.#playing && deck.tell('paused'));
    on('ended', () => this.#between(this.#length()));
    on('error', () => broken(this.where()));
  }

  where() {
    const [i, offset] = this.#place;
    if (this.#since) {
      const gone = ((performance.now() - this.#since) / 1000) * this.#speed;
      return /** @type {Place} */ ([i, Math.min(offset + gone, this.#total())]);
    }
    if (!this.#loaded || !this.audio.readyState) return this.#place;
    return /** @type {Place} */ ([i, Math.max(0, this.audio.currentTime - DELAY)]);
  }

  /** @param {Place} place */
  go(place) {
    this.#halt();
    this.#loaded = false;
    this.audio.pause();
    this.#place = place;
    this.clips.jump();
    if (this.#playing) this.#next().catch(() => {});
  }

  async play() {
    this.#playing = true;
    if (this.#loaded && !this.audio.ended) return this.audio.play();
    if (this.#loaded) this.#between(this.#place[1]);
    else await this.#next();
  }

  pause() {
    this.#place = this.where();
    this.#playing = false;
    this.#halt();
    this.audio.pause();
  }

  /** @param {number} speed */
  rate(speed) {
    const pausing = this.#since > 0;
    if (pausing) this.#place = this.where();
    this.#speed = speed;
    setRate(this.audio, speed);
    if (pausing) this.#between(this.#place[1]);
  }

  stop() {
    this.#halt();
    this.#stop.abort();
    this.audio.pause();
  }

  #halt() {
    this.#turn++;
    this.#since = 0;
    clearTimeout(this.#timer);
  }

  /** Puts the clip of the place into the element, and plays it. */
  async #next() {
    const turn = ++this.#turn;
    const { deck, audio } = this;
    const [i, offset] = this.#place;
    if (i >= deck.manifest.sentences.length) {
      this.#playing = false;
      return deck.tell('ended');
    }
    const late = setTimeout(() => deck.tell('waiting'), 100);
    const clip = await this.clips.get(i).catch((error) => {
      if (error.name !== 'AbortError') throw error;
    });
    clearTimeout(late);
    // A clip that is undefined belongs to a state of the article that was replaced meanwhile.
    if (turn !== this.#turn || clip === undefined) return;
    if (!clip || offset >= this.#length()) return this.#between(offset);
    audio.src = clip.url;
    this.#loaded = true;
    setRate(audio, this.#speed);
    if (offset) audio.currentTime = offset + DELAY;
    await audio.play();
  }

  /** Waits for what is left of the pause, then goes on. @param {number} offset */
  #between(offset) {
    clearTimeout(this.#timer);
    const [i] = this.#place;
    this.#place = [i, offset];
    if (!this.#playing) return;
    this.#since = performance.now();
    const left = Math.max(0, this.#total() - offset) / this.#speed;
    this.#timer = setTimeout(() => {
      this.#since = 0;
      this.#loaded = false;
      this.#place = [i + 1, 0];
      this.#next().catch((error) => error.name !== 'AbortError' && this.deck.tell('paused'));
    }, left * 1000);
  }

  /** Length of the sentence, in seconds. */
  #length() {
    const { manifest } = this.deck;
    return seconds(manifest, manifest.sentences[this.#place[0]]?.frames ?? 0);
  }

  /** Length of the sentence and its pause, in seconds. */
  #total() {
    const { manifest } = this.deck;
    return this.#length() + seconds(manifest, manifest.sentences[this.#place[0]]?.pause_frames ?? 0);
  }
}
