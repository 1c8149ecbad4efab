// @ts-check
import { seconds } from './basics.js';
import { DELAY } from './clips.js';
import { NEAR } from './whole.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Way} Way */
/** @typedef {import('./clips.js').Clips} Clips */

/** Seconds of sound kept before and after what is heard. */
const BEHIND = 30;
const AHEAD = 60;

/** Nothing, in the buffer, between what was heard and where a jump begins, in seconds. */
const GAP = 1;

/**
 * Clips laid side by side in a media source. Its time is private: every sentence that is appended
 * notes where it begins there, and a jump goes on behind everything else. So nothing that is buffered
 * ever moves, whatever the lengths of sentences turn out to be.
 * @param {Deck} deck @param {Clips} clips @param {(at?: Place) => void} broken @param {import('./types.js').On} on @param {AbortSignal} signal
 * @returns {Way|undefined}
 */
export function stream(deck, clips, broken, on, signal) {
  const { audio, tell } = deck;
  const { type, bytes_per_frame } = deck.manifest.clips;
  /** @type {typeof MediaSource|undefined} */
  const Source = /** @type {any} */ (globalThis).ManagedMediaSource ?? globalThis.MediaSource;
  if (!Source?.isTypeSupported(type)) return;
  const source = new Source();
  /** Counts jumps: what belongs to an earlier one ends. */
  let turn = 0;
  let goal = deck.place;
  /** @type {{i: number, at: number}[]} The sentences since the last jump, and where each begins. */
  let run = [];
  let end = 0;
  let revision = '';
  let kept = 0;
  /** @type {SourceBuffer} */
  let buffer;
  /** @type {Promise<unknown>} The last change of the buffer. It takes one at a time. */
  let busy;
  /** Tells who waits for room in the buffer to look again. */
  let wake = () => {};

  /** @returns {Place} */
  function where() {
    const at = audio.currentTime - DELAY + NEAR;
    const entry = run.findLast((entry) => entry.at <= at) ?? run[0];
    return entry ? [entry.i, Math.max(0, at - entry.at)] : goal;
  }

  /** @param {Place} place */
  function go(place) {
    goal = place;
    const [i, offset] = place;
    const entry = run.find((entry) => entry.i === i);
    if (entry && entry.at + offset < end && revision === deck.manifest.revision) {
      audio.currentTime = entry.at + offset + DELAY;
      return;
    }
    feed(++turn).catch(({ name }) => name === 'AbortError' || broken());
  }

  /** Appends sentence after sentence from the goal on, until the end or the next jump. @param {number} mine */
  async function feed(mine) {
    /** What is waited for, unless another jump comes first. @template T @param {T|Promise<T>} what */
    const still = async (what) => {
      const got = await what;
      if (mine !== turn || signal.aborted) throw new DOMException('', 'AbortError');
      return got;
    };
    const { manifest } = deck;
    const [first, offset] = goal;
    run = [];
    revision = manifest.revision;
    clips.jump();
    clips.get(first).catch(() => {});
    await still(busy);
    let target = begin(offset);
    for (let i = first; i < manifest.sentences.length; i++) {
      while (end - audio.currentTime > AHEAD) await still(new Promise((done) => (wake = () => done(0))));
      const clip = await still(clips.get(i));
      if (!clip) continue;
      const { pause_frames } = manifest.sentences[i];
      const silence = Array(pause_frames).fill(clips.silence);
      const sound = await still(new Blob([clip.bytes, ...silence]).arrayBuffer());
      const at = end;
      await still(change(() => buffer.appendBuffer(sound)));
      run.push({ i, at });
      end = at + seconds(manifest, sound.byteLength / bytes_per_frame);
      if (target && target < end) {
        audio.currentTime = target;
        target = 0;
      }
      await still(trim());
    }
    if (source.readyState === 'open') source.endOfStream();
  }

  /**
   * Makes room behind everything that is buffered, and is silent until sound arrives there. A media
   * element cannot go where nothing is: the way to the place itself is given back, 0 for none.
   * @param {number} offset
   */
  function begin(offset) {
    if (end) {
      const { buffered } = buffer;
      const last = buffered.length ? buffered.end(buffered.length - 1) : 0;
      end = Math.max(end, last) + GAP;
      // This opens a source that had ended, too.
      buffer.timestampOffset = end;
      source.duration = Infinity;
      audio.currentTime = last;
    }
    return end || offset ? end + offset + DELAY : 0;
  }

  /** Forgets what was heard long ago. */
  async function trim() {
    const until = audio.currentTime - BEHIND;
    if (until < kept + BEHIND) return;
    kept = until;
    run = run.filter((entry) => entry.at > until);
    await change(() => buffer.remove(0, until));
  }

  /** @param {() => void} act */
  function change(act) {
    busy = new Promise((done) => buffer.addEventListener('updateend', done, { once: true }));
    act();
    return busy;
  }

  on('ended', () => source.readyState === 'ended' && tell('ended'));
  on('timeupdate', () => wake());
  on('error', broken);
  signal.addEventListener('abort', () => wake());
  // A managed source opens only where the sound cannot be taken to another device.
  audio.disableRemotePlayback = true;
  const url = (audio.src = URL.createObjectURL(source));
  busy = new Promise((done) => source.addEventListener('sourceopen', done, { once: true })).then(() => {
    URL.revokeObjectURL(url);
    source.duration = Infinity;
    buffer = source.addSourceBuffer(type);
    buffer.mode = 'sequence';
  });
  go(goal);
  return { where, go };
}
