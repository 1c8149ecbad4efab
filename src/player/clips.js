// @ts-check
/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {ReturnType<typeof fetcher>} Clips */

/** A clip's sound comes this much after its first byte, in seconds: what coder and decoder hold back. */
export const DELAY = 1105 / 24000;

/** Sentences fetched before they are needed: each may have to be made first. */
const FETCHED_AHEAD = 3;

/** How often a sentence that the service cannot give is asked for before it is left out. */
const TRIES = 3;

/** The first and the longest pause between two tries, in ms; each is twice the one before. */
const BACKOFF = 500;
const BACKOFF_MAX = 8000;

/**
 * A sentence's sound.
 * @typedef {object} Clip
 * @property {ArrayBuffer} bytes
 * @property {string} url       its lasting address
 */

/**
 * Fetches clips in the order they will be heard, a few ahead.
 * @param {Deck} deck @param {() => Promise<void>} reload @param {AbortSignal} over
 */
export function fetcher(deck, reload, over) {
  /** @type {Map<number, Promise<Clip|null>>} */
  const coming = new Map();
  let stop = new AbortController();
  let revision = '';

  /** Drops what is on its way: something else is wanted first. */
  function jump() {
    stop.abort();
    coming.clear();
    stop = new AbortController();
    revision = deck.manifest.revision;
  }
  over.addEventListener('abort', jump);

  /** @param {number} i @param {AbortSignal} signal @returns {Promise<Clip|null>} */
  async function get(i, signal) {
    const { manifest } = deck;
    const sentence = manifest.sentences[i];
    for (let tries = 0, lost = 0; sentence.state !== 'skipped' && tries < TRIES; ) {
      const answer = await fetch(deck.address(sentence.clip), { signal }).catch(() => null);
      const bytes = answer?.ok && (await answer.arrayBuffer().catch(() => null));
      signal.throwIfAborted();
      if (answer && bytes) {
        learn(i, Math.floor(bytes.byteLength / manifest.clips.bytes_per_frame));
        return { bytes, url: answer.url };
      }
      let pause = Math.min(BACKOFF * 2 ** lost++, BACKOFF_MAX);
      if (!answer || answer.ok) {
        // While there is sound nobody needs to know.
        if (deck.audio.paused || deck.audio.readyState < 3) deck.tell('offline');
      } else if (answer.status === 409) {
        // Another state of the article is there: what is on its way is of the old one.
        await reload();
        throw new DOMException('', 'AbortError');
      } else {
        const asked = deck.patience(answer);
        if (asked) pause = asked;
        else tries++;
      }
      if (tries < TRIES) await rest(pause, signal);
    }
    sentence.state = 'skipped';
    learn(i, 0);
    return null;
  }

  /** The true length of a sentence, where there was an estimate. @param {number} i @param {number} frames */
  function learn(i, frames) {
    const sentence = deck.manifest.sentences[i];
    if (frames) sentence.state = 'ready';
    else sentence.pause_frames = 0;
    if (sentence.frames === frames) return;
    sentence.frames = frames;
    deck.tell('lengths');
  }

  return {
    jump,
    /** One frame of silence, to fill pauses with: a gap would stop the sound. */
    silence: Uint8Array.from(atob(deck.manifest.clips.silent_frame), (c) => c.charCodeAt(0)),
    /**
     * Sentence `i`, and those after it on their way. Null when it cannot be had: it is left out.
     * @param {number} i
     * @returns {Promise<Clip|null>}
     */
    get(i) {
      if (revision !== deck.manifest.revision) jump();
      for (const k of coming.keys()) if (k < i) coming.delete(k);
      const { signal } = stop;
      /** @param {number} k */
      const fetched = (k) => {
        const clip = coming.get(k) ?? get(k, signal);
        clip.catch(() => coming.delete(k));
        coming.set(k, clip);
        return clip;
      };
      const wanted = fetched(i);
      // Only then the next ones: of several that are asked for at once a service may make any first.
      wanted.then(() => {
        for (let k = i + 1; k <= i + FETCHED_AHEAD && deck.manifest.sentences[k] && !signal.aborted; k++) fetched(k);
      }, () => {});
      return wanted;
    },
  };
}

/**
 * Waits, or until the connection is back.
 * @param {number} ms @param {AbortSignal} signal
 */
export function rest(ms, signal) {
  return new Promise((done) => {
    setTimeout(done, ms);
    addEventListener('online', done, { once: true, signal });
    signal.addEventListener('abort', done);
  });
}
