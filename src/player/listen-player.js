// @ts-check
/**
 * `<listen-player>`: the listen version of the article it stands in. This file is all that a page
 * loads before somebody presses play; the rest comes then (`parts.js`).
 */
import { beginnings, lastNotAbove, seconds } from './basics.js';
import { Missing, json, locate, successor } from './manifest.js';
import { HOME, part } from './parts.js';
import { ENGLISH } from './strings.js';
import { Shell } from './shell.js';

/** @typedef {import('./types.js').Manifest} Manifest */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').News} News */
/** @typedef {'idle'|'loading'|'waiting'|'playing'|'paused'|'ended'|'offline'|'missing'|'failed'} State */

/** A boundary counts as reached this many seconds before: a timer may be that early. */
const EARLY = 0.005;

/** Longest pause between two looks at the clock while playing, in ms. */
const LOOK = 250;

/** How long one may be a reader of the middle of the first sentence: no place worth keeping, in seconds. */
const WORTH_KEEPING = 3;

/** @type {ListenPlayer|undefined} The one that speaks. */
let speaking;

/** What is kept in this browser: a place for each article, and the speed. A page may forbid it. */
const memory = {
  /** @param {string} key */
  get(key) {
    try {
      return JSON.parse(localStorage.getItem('listen:' + key) ?? 'null');
    } catch {
      return null;
    }
  },
  /** @param {string} key @param {unknown} value */
  set(key, value) {
    try {
      if (value === null) localStorage.removeItem('listen:' + key);
      else localStorage.setItem('listen:' + key, JSON.stringify(value));
    } catch {
      // Nothing is remembered; everything else works.
    }
  },
};

export class ListenPlayer extends HTMLElement {
  static observedAttributes = ['src', 'article', 'url', 'theme', 'duration', 'label'];

  /** @type {State} */
  #state = 'idle';
  /** @type {Place} Where it is, or will start. */
  #place = [0, 0];
  /** The sentence and the word that are shown; -1 for none. */
  #shown = -1;
  #word = -1;
  /** @type {number[]} */
  #starts = [0];
  #rate = 1;
  /** Whether it was started: only then is a place shown, kept and highlighted. */
  #started = false;
  /** Whether it is to speak. */
  #wanted = false;
  /** Counts what was asked of it, so that a late answer to an old question is dropped. */
  #turn = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** @type {Promise<void>|undefined} */
  #loading;
  /** @type {Deck|undefined} */
  #deck;
  /** @type {import('./types.js').Sound|undefined} */
  #sound;
  /** @type {any} The text of the page, once it is aligned. */
  #text;
  /** @type {HTMLElement|undefined} */
  #menu;
  /** @type {any} Media keys, figures, and what is next. */
  #session;
  /** @type {Shell} */
  #shell;
  /** @type {AbortController|undefined} Ends the listeners of one stay in the page. */
  #stay;
  /** @type {boolean|undefined} Whether the page scrolls with the voice, when the listener said so. */
  #scrolls;
  /** Whether it is in sight. */
  #visible = true;
  /** Address of the article that followed the one of this page, or empty. */
  #next = '';
  #audio = new Audio();

  constructor() {
    super();
    this.#audio.preload = 'none';
    this.#shell = new Shell(this.attachShadow({ mode: 'open' }), {
      toggle: () => this.toggle(),
      seek: (to) => this.seek(to),
      skip: (by) => this.seek(this.currentTime + by),
      step: (by) => this.seekSentence(this.sentenceIndex + by),
      rate: (to) => (this.playbackRate = to),
      menu: () => void this.#open(),
      close: () => this.#shell.mini(false),
      home: () => this.scrollIntoView({ block: 'center' }),
      warm: () => this.#warm(),
    });
  }

  connectedCallback() {
    this.#stay = new AbortController();
    const { signal } = this.#stay;
    this.#shell.dress(this);
    this.#rate = memory.get('rate') ?? 1;
    this.#paint();
    const seen = new IntersectionObserver((entries) => {
      this.#visible = entries[entries.length - 1].isIntersecting;
      if (this.#visible) void this.load().catch(() => {});
      this.#float();
    });
    seen.observe(this);
    signal.addEventListener('abort', () => seen.disconnect());
    addEventListener('hashchange', () => void this.#follow(), { signal });
    matchMedia('(prefers-color-scheme: dark)').addEventListener('change', () => this.#shell.dress(this), { signal });
    void this.#follow();
  }

  disconnectedCallback() {
    this.pause();
    this.#stay?.abort();
    this.#session?.stop();
    this.#silence();
    if (speaking === this) speaking = undefined;
  }

  /** @param {string} name @param {string|null} before @param {string|null} now */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    if (name === 'theme') this.#shell.dress(this);
    else if (name === 'duration' || name === 'label') this.#paint();
    else {
      this.#leave();
      void this.load().catch(() => {});
    }
  }

  /** The small player is at the edge of the window while this one is heard and out of sight. */
  #float() {
    const heard = this.#started && !['ended', 'missing', 'failed'].includes(this.#state);
    this.#shell.mini(heard && !this.#visible && !this.hasAttribute('no-mini'));
  }

  /** What it does now. */
  get state() {
    return this.#state;
  }

  get paused() {
    return !this.#wanted;
  }

  /** Seconds from the start, by the lengths known now. */
  get currentTime() {
    const [i, offset] = this.#sound?.where() ?? this.#place;
    return (this.#starts[i] ?? 0) + offset;
  }

  set currentTime(to) {
    this.seek(to);
  }

  /** Whether a listener has started it. */
  get started() {
    return this.#started;
  }

  /** Whether it stands on a dark page, or was told so. */
  get dark() {
    return this.#shell.dark;
  }

  /** Whether the page scrolls with the voice. */
  get follow() {
    return this.#scrolls ?? this.hasAttribute('follow');
  }

  set follow(on) {
    this.#scrolls = on;
  }

  /** Length in seconds; an estimate until everything is made. */
  get duration() {
    return this.#starts[this.#starts.length - 1];
  }

  get sentenceIndex() {
    return this.#place[0];
  }

  get playbackRate() {
    return this.#rate;
  }

  set playbackRate(to) {
    this.#rate = Math.min(4, Math.max(0.25, to));
    memory.set('rate', this.#rate);
    this.#sound?.rate(this.#rate);
    this.#paint();
    this.#tick();
    this.#emit('ratechange', { rate: this.#rate });
  }

  /** Starts, or goes on. */
  async play() {
    const turn = ++this.#turn;
    const again = this.#state === 'ended';
    if (speaking && speaking !== this) speaking.pause();
    speaking = this;
    this.#wanted = this.#started = true;
    // Some browsers let only a press start sound; the element keeps that leave until the parts are here.
    if (!this.#sound) this.#audio.play().catch(() => {});
    this.#become('waiting');
    if (!this.#text) void this.anchor();
    try {
      await this.load();
      const { open } = await part('sound');
      if (turn !== this.#turn || !this.#deck) return;
      if (!this.#sound) {
        this.#sound = /** @type {import('./types.js').Sound} */ (open(this.#deck, this.#place));
        this.#sound.rate(this.#rate);
        void this.#accompany();
      } else if (again) {
        this.#sound.go([0, 0]);
      }
      await this.#sound.play();
    } catch (error) {
      if (turn !== this.#turn) return;
      const { name } = /** @type {Error} */ (error);
      // A jump or a pause came before the sound did.
      if (name === 'AbortError') return;
      this.#wanted = false;
      if (name === 'NotAllowedError') this.#become('paused');
      else if (!(error instanceof Missing)) this.#fail(error);
    }
  }

  pause() {
    ++this.#turn;
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#sound?.pause();
    this.#audio.pause();
    this.#become('paused');
    this.#keep();
  }

  /** Plays when it is silent, and the other way round. */
  toggle() {
    if (this.#wanted) this.pause();
    else void this.play();
  }

  /** @param {number} to seconds from the start */
  seek(to) {
    const sentences = this.#deck?.manifest.sentences.length ?? 0;
    if (!sentences) return;
    const at = Math.max(0, Math.min(to, this.duration - 0.1));
    const i = Math.min(lastNotAbove(this.#starts, at), sentences - 1);
    this.#go([i, at - this.#starts[i]]);
  }

  /** @param {number} i index of a sentence */
  seekSentence(i) {
    const sentences = this.#deck?.manifest.sentences.length ?? 0;
    if (sentences) this.#go([Math.max(0, Math.min(i, sentences - 1)), 0]);
  }

  /** Reads the manifest. Happens by itself when the player comes into sight. */
  load() {
    this.#loading ??= this.#read().catch((error) => {
      this.#loading = undefined;
      this.#fail(error);
      throw error;
    });
    return this.#loading;
  }

  /** Finds the sentences in the page, again when it was changed. */
  async anchor() {
    if (this.hasAttribute('no-highlight')) return;
    try {
      const [{ Reading }] = await Promise.all([part('text'), this.load()]);
      if (!this.#deck || !this.isConnected) return;
      this.#text ??= new Reading(this.#deck);
      const found = this.#text.anchor();
      this.#emit('anchored', { found, of: this.#deck.manifest.sentences.length });
      if (this.#started) this.#text.show(this.#place[0]);
    } catch {
      // The sound does not wait for the text.
    }
  }

  /** Reads the manifest and takes the place where the listener was, or that the address names. */
  async #read() {
    if (this.#state === 'idle') this.#become('loading');
    const inline = this.querySelector(':scope > script[type="application/json"]');
    const own = inline && !this.#next;
    const address = this.#next || (own && !this.hasAttribute('src') ? HOME : await locate(this));
    const manifest = /** @type {Manifest} */ (own ? JSON.parse(inline.textContent) : await json(address));
    if (manifest.state === 'failed' || !manifest.sentences.length) throw new Missing('unavailable');
    const base = address.includes('/v1/') ? address.slice(0, address.lastIndexOf('/v1/') + 1) : address;
    this.#deck = {
      player: this,
      audio: this.#audio,
      manifest,
      address: (path) => new URL(path.replace(/^\//, ''), base).href,
      say: (key, values = {}) =>
        (this.#deck?.manifest.ui?.[key] ?? ENGLISH[key]).replace(/\{(\w+)\}/g, (_, name) => `${values[name]}`),
      tell: (news) => this.#hear(news),
      shell: this.#shell,
      reload: async () => this.#replace(await json(`${base}v1/articles/${manifest.id}`)),
    };
    this.#starts = beginnings(manifest);
    const kept = this.hasAttribute('no-resume') ? null : memory.get('at:' + manifest.id);
    if (kept) this.#place = this.#find(kept);
    this.#shell.speak(this, this.#deck);
    if (this.#state === 'loading') this.#become(kept ? 'paused' : 'idle');
    else this.#paint();
    this.#emit('ready', { manifest });
  }

  /**
   * A place that was kept: in the sentence with the same words, if it is still there.
   * @param {[number, number, string]} kept
   * @returns {Place}
   */
  #find([i, offset, text]) {
    const { sentences } = /** @type {Deck} */ (this.#deck).manifest;
    const at = sentences.findIndex((sentence, k) => k >= i && sentence.text.startsWith(text));
    if (at >= 0) return [at, offset];
    return sentences[i] ? [i, 0] : [0, 0];
  }

  /**
   * Goes on with another state of the article, at the same words.
   * @param {Manifest} manifest
   */
  #replace(manifest) {
    const deck = this.#deck;
    if (!deck) return;
    const old = deck.manifest;
    if (old.revision === manifest.revision) {
      // What is known already is not forgotten for an estimate.
      manifest.sentences.forEach((now, i) => now.state !== 'pending' && Object.assign(old.sentences[i], now));
      Object.assign(old, { ...manifest, sentences: old.sentences });
      this.#starts = beginnings(old);
      return this.#paint();
    }
    deck.manifest = manifest;
    this.#starts = beginnings(manifest);
    const [i, offset] = this.#place;
    const { i: now, same } = successor(old.sentences, i, manifest.sentences);
    void this.anchor();
    this.#go([now, same ? offset : 0]);
  }

  /** `#listen=33`, and `#t=33`: a link to a time. */
  async #follow() {
    const at = /^#(?:listen|t)=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (!at || document.querySelector(this.localName) !== this) return;
    try {
      await this.load();
      this.seek(Number(at[1]));
      this.#shell.start();
    } catch {
      // What is missing was told by `load`.
    }
  }

  /** @param {Place} place */
  #go(place) {
    this.#place = place;
    this.#shown = -1;
    if (this.#sound) {
      if (this.#state === 'ended') this.#become('paused');
      this.#sound.go(place);
    }
    this.#keep();
    this.#tick();
    this.#emit('seek', { index: place[0], time: this.currentTime });
  }

  /** Fetches what a press on play will need, when one comes near. */
  #warm() {
    if (!this.#deck) return;
    part('sound').catch(() => {});
    if (!this.#text) void this.anchor();
  }

  /** Media keys, figures and what is next: after the sound, which must not wait for them. */
  async #accompany() {
    try {
      const { Session } = await part('session');
      if (this.#deck && this.isConnected && !this.#session) this.#session = new Session(this.#deck);
      this.#session?.tell(this.#state);
    } catch {
      // The sound goes on without.
    }
  }

  /** Makes the menu; once it is there it opens and closes by itself. */
  async #open() {
    const deck = this.#deck;
    if (!deck || this.#menu) return;
    const { openMenu } = await part('menu');
    if (deck === this.#deck) this.#menu ??= openMenu(deck);
  }

  /**
   * What the sound tells.
   * @param {News} news
   */
  #hear(news) {
    if (news === 'lengths') {
      if (this.#deck) this.#starts = beginnings(this.#deck.manifest);
      return this.#paint();
    }
    if (news === 'failed') return this.#fail(new Missing('unavailable'));
    if (news === 'ended' || news === 'paused') this.#wanted = false;
    else if (!this.#wanted) return;
    this.#become(news);
    if (news === 'ended') {
      this.#text?.clear();
      if (this.#deck) memory.set('at:' + this.#deck.manifest.id, null);
    } else {
      this.#tick();
    }
  }

  /** @param {State} state */
  #become(state) {
    const before = this.#state;
    this.#state = state;
    this.#paint();
    this.#float();
    this.#session?.tell(state);
    if (before === state) return;
    if (state === 'playing') this.#emit('play');
    if (state === 'paused' && this.#started) this.#emit('pause');
    if (state === 'ended') this.#emit('ended');
  }

  /** @param {unknown} error */
  #fail(error) {
    const code = error instanceof Missing ? error.code : 'unavailable';
    this.#wanted = false;
    this.#sound?.pause();
    this.#become(code === 'not_found' || code === 'gone' ? 'missing' : 'failed');
    this.#emit('error', { code });
  }

  /** Looks where the sound is, shows it, and comes again when the next sentence or word begins. */
  #tick() {
    clearTimeout(this.#timer);
    const sentences = this.#deck?.manifest.sentences;
    if (!sentences || !this.#deck) return;
    if (this.#sound) this.#place = this.#sound.where();
    const [i, offset] = this.#place;
    const sentence = sentences[i];
    if (!sentence) return;
    const words = sentence.words ?? [];
    const at = (offset + EARLY) * 1000;
    let word = words.length ? lastNotAbove(words.map(([, , start]) => start), at) : -1;
    if (word >= 0 && (at < words[word][2] || at > words[word][3])) word = -1;
    const moved = i !== this.#shown;
    if (this.#started && (moved || word !== this.#word)) {
      this.#shown = i;
      this.#word = word;
      if (moved) this.#text?.show(i);
      this.#text?.word(i, word);
    }
    if (moved && this.#wanted) {
      this.#emit('sentence', { index: i, time: this.currentTime, text: sentence.text });
      this.#keep();
    }
    this.#paint();
    if (this.#state !== 'playing') return;
    const end = seconds(this.#deck.manifest, sentence.frames + sentence.pause_frames);
    const next = words.find(([, , start]) => start > at)?.[2] ?? Infinity;
    const wait = (Math.min(end, next / 1000) - offset) / this.#rate;
    this.#timer = setTimeout(() => this.#tick(), Math.max(4, Math.min(wait * 1000, LOOK)));
  }

  #keep() {
    const manifest = this.#deck?.manifest;
    const [i, offset] = this.#place;
    if (!manifest || !this.#started || this.hasAttribute('no-resume')) return;
    const worth = i > 0 || offset > WORTH_KEEPING;
    const text = manifest.sentences[i]?.text.slice(0, 40) ?? '';
    memory.set('at:' + manifest.id, worth ? [i, Math.round(offset * 10) / 10, text] : null);
  }

  #paint() {
    this.#shell.paint({
      state: this.#state,
      started: this.#started,
      at: this.currentTime,
      duration: this.duration || Number(this.getAttribute('duration')) || 0,
      rate: this.#rate,
      label: this.getAttribute('label') ?? this.#deck?.manifest.label ?? '',
    });
  }

  /** Goes on with the article that the manifest names as the next one. */
  async playNext() {
    const next = this.#deck?.manifest.next;
    if (!next) return;
    const address = this.#deck?.address(`v1/articles/${next.id}`) ?? '';
    this.#leave();
    this.#next = address;
    await this.play();
  }

  /** Lets go of an article, for another one. */
  #leave() {
    this.#next = '';
    this.pause();
    this.#silence();
    this.#session?.stop();
    this.#menu?.remove();
    this.#session = this.#menu = this.#loading = this.#deck = undefined;
    this.#started = false;
    this.#place = [0, 0];
    this.#starts = [0];
    this.#state = 'idle';
    this.#paint();
  }

  #silence() {
    clearTimeout(this.#timer);
    this.#sound?.stop();
    this.#text?.stop();
    this.#sound = this.#text = undefined;
    this.#shell.mini(false);
  }

  /** @param {string} type @param {Record<string, unknown>} [detail] */
  #emit(type, detail = {}) {
    this.dispatchEvent(new CustomEvent('listen-' + type, { bubbles: true, composed: true, detail }));
  }
}

if (!customElements.get('listen-player')) customElements.define('listen-player', ListenPlayer);
