// @ts-check
import { seconds } from './basics.js';
import { DELAY } from './clips.js';
import { NEAR, setRate } from './whole.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Sound} Sound */
/** @typedef {import('./clips.js').Clips} Clips */

/** Seconds of sound kept before and after what is heard. */
const BEHIND = 30;
const AHEAD = 60;

/** Nothing, in the buffer, between what was heard and where a jump begins, in seconds. */
const GAP = 1;

/** @type {typeof MediaSource|undefined} */
const Source = /** @type {any} */ (globalThis).ManagedMediaSource ?? globalThis.MediaSource;

/**
 * Clips laid side by side in a media source. Its time is private: every sentence that is appended
 * notes where it begins there, and a jump goes on behind everything else. So nothing that is buffered
 * ever moves, whatever the lengths of sentences turn out to be.
 * @implements {Sound}
 */
export class Stream {
  #stop = new AbortController();
  #playing = false;
  /** Counts jumps: what belongs to an earlier one ends. */
  #turn = 0;
  /** @type {Place} */
  #goal;
  /** @type {{i: number, at: number}[]} The sentences since the last jump, and where each begins. */
  #run = [];
  #end = 0;
  #revision = '';
  #kept = 0;
  /** @type {SourceBuffer|undefined} */
  #buffer;
  /** @type {Promise<unknown>} The last change of the buffer. It takes one at a time. */
  #busy;
  /** Tells who waits for room in the buffer to look again. */
  #wake = () => {};

  /** @param {Deck} deck */
  static fits(deck) {
    return !!Source && Source.isTypeSupported(deck.manifest.clips.type);
  }

  /** @param {Deck} deck @param {Clips} clips @param {Place} place @param {(at: Place) => void} broken */
  constructor(deck, clips, place, broken) {
    const { audio } = deck;
    this.deck = deck;
    this.audio = audio;
    this.clips = clips;
    this.broken = broken;
    this.#goal = place;
    const { signal } = this.#stop;
    const on = (/** @type {string} */ type, /** @type {() => void} */ act) =>
      audio.addEventListener(type, act, { signal });
    this.source = new /** @type {typeof MediaSource} */ (Source)();
    // A managed source opens only where the sound cannot be taken to another device.
    audio.disableRemotePlayback = true;
    const url = URL.createObjectURL(this.source);
    audio.src = url;
    on('playing', () => deck.tell('playing'));
    on('waiting', () => deck.tell('waiting'));
    on('pause', () => audio.paused && !audio.ended && this.#playing && deck.tell('paused'));
    on('ended', () => this.source.readyState === 'ended' && deck.tell('ended'));
    on('timeupdate', () => this.#wake());
    on('error', () => broken(this.where()));
    this.#busy = new Promise((done) => this.source.addEventListener('sourceopen', done, { once: true })).then(() => {
      URL.revokeObjectURL(url);
      this.source.duration = Infinity;
      this.#buffer = this.source.addSourceBuffer(deck.manifest.clips.type);
      this.#buffer.mode = 'sequence';
    });
    this.go(place);
  }

  where() {
    const at = this.audio.currentTime - DELAY + NEAR;
    const run = this.#run;
    if (!run.length) return this.#goal;
    let k = run.length - 1;
    while (k > 0 && run[k].at > at) k--;
    return /** @type {Place} */ ([run[k].i, Math.max(0, at - run[k].at)]);
  }

  /** @param {Place} place */
  go(place) {
    this.#goal = place;
    const [i, offset] = place;
    const entry = this.#run.find((entry) => entry.i === i);
    if (entry && entry.at + offset < this.#end && this.#revision === this.deck.manifest.revision) {
      this.audio.currentTime = entry.at + offset + DELAY;
      return;
    }
    this.#feed(++this.#turn).catch((error) => {
      if (error.name !== 'AbortError' && !this.#stop.signal.aborted) this.broken(this.where());
    });
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
    this.#turn++;
    this.#stop.abort();
    this.#wake();
    this.audio.pause();
  }

  /** Appends sentence after sentence from the goal on, until the end or the next jump. @param {number} turn */
  async #feed(turn) {
    const stale = () => turn !== this.#turn;
    const { manifest } = this.deck;
    const [first, offset] = this.#goal;
    this.#run = [];
    this.#revision = manifest.revision;
    this.clips.jump();
    void this.clips.get(first).catch(() => {});
    await this.#busy;
    if (stale()) return;
    let target = this.#begin(offset);
    for (let i = first; i < manifest.sentences.length; i++) {
      while (this.#end - this.audio.currentTime > AHEAD) {
        await new Promise((done) => (this.#wake = () => done(undefined)));
        if (stale()) return;
      }
      const clip = await this.clips.get(i);
      if (stale()) return;
      if (!clip) continue;
      const { pause_frames } = manifest.sentences[i];
      const at = this.#end;
      await this.#change((buffer) => buffer.appendBuffer(join(clip.bytes, this.clips.silence, pause_frames)));
      if (stale()) return;
      this.#run.push({ i, at });
      this.#end = at + seconds(manifest, clip.bytes.length / manifest.clips.bytes_per_frame + pause_frames);
      if (target && target < this.#end) {
        this.audio.currentTime = target;
        target = 0;
      }
      await this.#trim();
      if (stale()) return;
    }
    if (this.source.readyState === 'open') this.source.endOfStream();
  }

  /**
   * Makes room behind everything that is buffered, and is silent until sound arrives there. A media
   * element cannot go where nothing is: the way to the place itself is given back, 0 for none.
   * @param {number} offset
   */
  #begin(offset) {
    const buffer = /** @type {SourceBuffer} */ (this.#buffer);
    if (this.#end) {
      const { buffered } = buffer;
      const end = buffered.length ? buffered.end(buffered.length - 1) : 0;
      this.#end = Math.max(this.#end, end) + GAP;
      // This opens a source that had ended, too.
      buffer.timestampOffset = this.#end;
      this.source.duration = Infinity;
      this.audio.currentTime = end;
    }
    return this.#end || offset ? this.#end + offset + DELAY : 0;
  }

  /** Forgets what was heard long ago. */
  async #trim() {
    const until = this.audio.currentTime - BEHIND;
    if (until < this.#kept + BEHIND) return;
    this.#kept = until;
    this.#run = this.#run.filter((entry) => entry.at > until);
    await this.#change((buffer) => buffer.remove(0, until));
  }

  /** @param {(buffer: SourceBuffer) => void} act */
  #change(act) {
    const buffer = /** @type {SourceBuffer} */ (this.#buffer);
    const done = new Promise((done) => buffer.addEventListener('updateend', done, { once: true }));
    act(buffer);
    return (this.#busy = done);
  }
}

/**
 * A clip and the pause after it.
 * @param {Uint8Array} clip @param {Uint8Array} silence @param {number} frames
 */
function join(clip, silence, frames) {
  const joined = new Uint8Array(clip.length + silence.length * frames);
  joined.set(clip);
  for (let k = 0; k < frames; k++) joined.set(silence, clip.length + k * silence.length);
  return joined;
}
