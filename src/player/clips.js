// @ts-check
import { patience } from './basics.js';

/** @typedef {import('./types.js').Deck} Deck */

/** A clip's sound comes this much after its first byte, in seconds: what coder and decoder hold back. */
export const DELAY = 1105 / 24000;

/** Sentences fetched before they are needed: each may have to be made first. */
const FETCHED_AHEAD = 3;

/** How often a sentence that the service cannot give is asked for before it is left out. */
const TRIES = 3;

/** Pauses between two tries without a connection, in ms; the last one is repeated. */
const BACKOFF = [500, 1000, 2000, 4000, 8000];

/**
 * A sentence's sound.
 * @typedef {object} Clip
 * @property {Uint8Array} bytes
 * @property {string} url       its lasting address
 */

/** Fetches clips in the order they will be heard, a few ahead. */
export class Clips {
  /** @type {Map<number, Promise<Clip|null>>} */
  #coming = new Map();
  #stop = new AbortController();
  #revision = '';

  /** @param {Deck} deck */
  constructor(deck) {
    this.deck = deck;
    /** One frame of silence, to fill pauses with: a gap would stop the sound. */
    this.silence = Uint8Array.from(atob(deck.manifest.clips.silent_frame), (c) => c.charCodeAt(0));
  }

  /**
   * Sentence `i`, and those after it on their way. Null when it cannot be had: it is left out.
   * @param {number} i
   * @returns {Promise<Clip|null>}
   */
  get(i) {
    if (this.#revision !== this.deck.manifest.revision) this.jump();
    for (const [k] of this.#coming) if (k < i) this.#coming.delete(k);
    const last = Math.min(i + FETCHED_AHEAD, this.deck.manifest.sentences.length - 1);
    for (let k = i; k <= last; k++) {
      if (!this.#coming.has(k)) {
        const clip = this.#fetch(k, this.#stop.signal);
        clip.catch(() => this.#coming.delete(k));
        this.#coming.set(k, clip);
      }
    }
    return /** @type {Promise<Clip|null>} */ (this.#coming.get(i));
  }

  /** Drops what is on its way: something else is wanted first. */
  jump() {
    this.stop();
    this.#stop = new AbortController();
    this.#revision = this.deck.manifest.revision;
  }

  stop() {
    this.#stop.abort();
    this.#coming.clear();
  }

  /** @param {number} i @param {AbortSignal} signal @returns {Promise<Clip|null>} */
  async #fetch(i, signal) {
    const { manifest } = this.deck;
    const sentence = manifest.sentences[i];
    for (let tries = 0, lost = 0; sentence.state !== 'skipped' && tries < TRIES; ) {
      const answer = await fetch(this.deck.address(sentence.clip), { signal }).catch(() => null);
      const body = answer?.ok && (await answer.arrayBuffer().catch(() => null));
      signal.throwIfAborted();
      if (answer && body) {
        const bytes = new Uint8Array(body);
        this.#learn(i, Math.floor(bytes.length / manifest.clips.bytes_per_frame));
        return { bytes, url: answer.url };
      }
      if (!answer || answer.ok) {
        this.deck.tell('offline');
        await rest(BACKOFF[Math.min(lost++, BACKOFF.length - 1)], signal);
      } else if (answer.status === 409) {
        // Another state of the article is there: what is on its way is of the old one.
        await this.deck.reload();
        throw new DOMException('replaced', 'AbortError');
      } else if ([202, 429, 503].includes(answer.status)) {
        await rest(patience(answer) * 1000, signal);
      } else {
        tries++;
        await rest(tries < TRIES ? BACKOFF[tries] : 0, signal);
      }
    }
    sentence.state = 'skipped';
    this.#learn(i, 0);
    return null;
  }

  /** The true length of a sentence, where there was an estimate. @param {number} i @param {number} frames */
  #learn(i, frames) {
    const sentence = this.deck.manifest.sentences[i];
    if (frames) sentence.state = 'ready';
    if (sentence.frames === frames && (frames || !sentence.pause_frames)) return;
    sentence.frames = frames;
    if (!frames) sentence.pause_frames = 0;
    this.deck.tell('lengths');
  }
}

/**
 * Waits, or until the connection is back.
 * @param {number} ms @param {AbortSignal} [signal]
 */
export function rest(ms, signal) {
  return new Promise((done) => {
    const stop = new AbortController();
    const end = () => {
      stop.abort();
      clearTimeout(timer);
      done(undefined);
    };
    const timer = setTimeout(end, ms);
    addEventListener('online', end, { signal: stop.signal });
    signal?.addEventListener('abort', end, { signal: stop.signal });
  });
}
