// @ts-check
/**
 * `<listen-player>`: the listen version of the article it stands in. This file is all that a page
 * loads before somebody comes near the play button; the rest comes then (`desk.js`).
 */
import { beginnings, patience } from './basics.js';
import { Missing, json, locate } from './manifest.js';
import { HOME, part } from './part.js';
import { EARLY } from './strings.js';
import { isDark, recall, remember } from './surroundings.js';
import { shell } from './shell.js';

/** @typedef {import('./types.js').Manifest} Manifest */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').News} News */
/** @typedef {import('./types.js').Say} Say */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./desk.js').Desk} Desk */

/** How long one may be a reader of the middle of the first sentence: no place worth keeping, in seconds. */
const WORTH_KEEPING = 3;

/** How much of a sentence is remembered with a place, to find it again in a changed article. */
const REMEMBERED = 40;

/** @type {ListenPlayer|undefined} The one that speaks. */
let speaking;

/** @type {Partial<Record<State, string>>} */
const EVENTS = { playing: 'play', paused: 'pause', ended: 'ended' };

const ignore = () => {};

export class ListenPlayer extends HTMLElement {
  static observedAttributes = ['src', 'article', 'url', 'theme', 'duration', 'label'];

  /** @type {State} */
  #state = 'idle';
  /** Whether it was started: only then is a place shown, kept and coloured. */
  #started = false;
  /** Whether it is to speak. */
  #wanted = false;
  /** Counts what was asked of it, so that a late answer to an old question is dropped. */
  #turn = 0;
  #rate = 1;
  /** @type {Promise<void>|undefined} */
  #loading;
  /** @type {Deck|undefined} The article, once it is known. */
  #deck;
  /** @type {Desk|undefined} What plays it, once somebody came near the play button. */
  #desk;
  /** @type {AbortController|undefined} Ends the listeners of one stay in the page. */
  #stay;
  /** @type {boolean|undefined} Whether the page scrolls with the voice, when the listener said so. */
  #scrolls;
  /** Whether it is in sight. */
  #visible = true;
  /** Address of the article that followed the one of this page, or empty. */
  #next = '';
  #audio = new Audio();
  /** @type {Say} */
  #say = (key, values = {}) =>
    (this.#deck?.manifest.ui?.[key] ?? EARLY[key] ?? '').replace(/\{(\w+)\}/g, (_, name) => `${values[name]}`);
  #shell = shell(
    this.attachShadow({ mode: 'open' }),
    this.#say,
    () => this.toggle(),
    () => void (this.#deck && this.anchor()),
  );

  connectedCallback() {
    this.#stay = new AbortController();
    const { signal } = this.#stay;
    this.#audio.preload = 'none';
    this.#rate = recall('rate') ?? 1;
    const seen = new IntersectionObserver((entries) => {
      this.#visible = entries[entries.length - 1].isIntersecting;
      if (this.#visible) this.load().catch(ignore);
      this.#look();
    });
    seen.observe(this);
    signal.addEventListener('abort', () => seen.disconnect());
    addEventListener('hashchange', () => void this.#follow(), { signal });
    // The style sheet makes an event of every change of the colours around it.
    this.addEventListener('transitionend', () => this.#look(), { signal });
    this.#look();
    void this.#follow();
  }

  disconnectedCallback() {
    this.pause();
    this.#stay?.abort();
    this.#close();
    if (speaking === this) speaking = undefined;
  }

  /** @param {string} name @param {string|null} before @param {string|null} now */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.isConnected) return;
    if (/theme|duration|label/.test(name)) this.#look();
    else {
      this.#leave();
      this.load().catch(ignore);
    }
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
    if (!this.#deck) return 0;
    const [i, offset] = this.#desk?.where() ?? this.#deck.place;
    return this.#deck.starts[i] + offset;
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
    const theme = this.getAttribute('theme');
    return theme === 'dark' || (theme !== 'light' && isDark(this));
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
    return this.#deck?.starts.at(-1) ?? 0;
  }

  get sentenceIndex() {
    return this.#deck?.place[0] ?? 0;
  }

  get playbackRate() {
    return this.#rate;
  }

  set playbackRate(to) {
    this.#rate = Math.min(4, Math.max(0.25, to));
    remember('rate', this.#rate);
    this.#desk?.rate();
    this.#paint();
    this.#emit('ratechange', { rate: this.#rate });
  }

  /** Starts, or goes on. */
  async play() {
    const turn = ++this.#turn;
    const again = this.#state === 'ended';
    if (speaking !== this) speaking?.pause();
    speaking = this;
    this.#wanted = this.#started = true;
    // Some browsers let only a press start sound; the element keeps that leave until the rest is here.
    if (!this.#desk) this.#audio.play().catch(ignore);
    this.#become('waiting');
    try {
      const desk = await this.#open();
      if (turn === this.#turn) await desk?.play(again);
    } catch (error) {
      const { name } = /** @type {Error} */ (error);
      // A jump or a pause came before the sound did.
      if (turn !== this.#turn || name === 'AbortError') return;
      this.#wanted = false;
      if (name === 'NotAllowedError') this.#become('paused');
      else if (!(error instanceof Missing)) this.#fail(error);
    }
  }

  pause() {
    ++this.#turn;
    if (!this.#wanted) return;
    this.#wanted = false;
    this.#desk?.pause();
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
    if (!this.#deck) return;
    this.#go(this.#placeAt(Math.max(0, Math.min(to, this.duration - 0.1))));
  }

  /** @param {number} i index of a sentence */
  seekSentence(i) {
    if (this.#deck) this.#go([Math.max(0, Math.min(i, this.#deck.manifest.sentences.length - 1)), 0]);
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
    try {
      (await this.#open())?.anchor();
    } catch {
      // The sound does not wait for the text.
    }
  }

  /** Goes on with the article that the manifest names as the next one. */
  async playNext() {
    const next = this.#deck?.manifest.next;
    if (!next) return;
    const address = /** @type {Deck} */ (this.#deck).address('v1/articles/' + next.id);
    this.#leave();
    this.#next = address;
    await this.play();
  }

  /** The article, and what plays it; nothing when the player was taken out of the page meanwhile. */
  async #open() {
    const [{ desk }] = await Promise.all([part(), this.load()]);
    if (this.#deck && this.isConnected) this.#desk ??= desk(this.#deck);
    return this.#desk;
  }

  /** Reads the manifest and takes the place where the listener was, or that the address names. */
  async #read() {
    if (this.#state === 'idle') this.#become('loading');
    const inline = this.querySelector(':scope > script[type="application/json"]');
    const own = inline && !this.#next;
    const address = this.#next || (own && !this.hasAttribute('src') ? HOME : await locate(this));
    const manifest = /** @type {Manifest} */ (own ? JSON.parse(inline.textContent) : await json(address));
    if (manifest.state === 'failed' || !manifest.sentences.length) throw new Missing('unavailable');
    const [base] = /.*\/(?=v1\/)/.exec(address) ?? [address];
    const kept = this.hasAttribute('no-resume') ? null : recall('at:' + manifest.id);
    const [i, offset, text] = kept ?? [0, 0, ''];
    const at = manifest.sentences.findIndex((sentence, k) => k >= i && sentence.text.startsWith(text));
    this.#deck = {
      player: this,
      audio: this.#audio,
      manifest,
      place: at < 0 ? [manifest.sentences[i] ? i : 0, 0] : [at, offset],
      starts: beginnings(manifest),
      placeAt: this.#placeAt,
      address: (path) => new URL(path.replace(/^\//, ''), base).href,
      say: this.#say,
      patience,
      tell: this.#hear,
      emit: this.#emit,
      go: this.#go,
      keep: this.#keep,
      paint: this.#paint,
      read: () => json(`${base}v1/articles/${manifest.id}`),
      shell: this.#shell,
    };
    this.#shell.bar.lang = manifest.lang;
    this.#look();
    if (this.#state === 'loading') this.#become(kept ? 'paused' : 'idle');
    this.#emit('ready', { manifest });
  }

  /** `#listen=33`, and `#t=33`: a link to a time. */
  async #follow() {
    const at = /^#(?:listen|t)=(\d+(?:\.\d+)?)$/.exec(location.hash);
    if (!at || document.querySelector(this.localName) !== this) return;
    await this.load().then(() => this.seek(Number(at[1])), ignore);
  }

  /** @param {number} at seconds from the start @returns {Place} */
  #placeAt = (at) => {
    const { starts } = /** @type {Deck} */ (this.#deck);
    const i = starts.slice(0, -1).findLastIndex((start) => start <= at);
    return [i, at - starts[i]];
  };

  /** @param {Place} place */
  #go = (place) => {
    const deck = /** @type {Deck} */ (this.#deck);
    deck.place = place;
    if (this.#state === 'ended') this.#become('paused');
    this.#desk?.go();
    this.#keep();
    this.#paint();
    this.#emit('seek', { index: place[0], time: this.currentTime });
  };

  /**
   * What the sound tells.
   * @param {News} news
   */
  #hear = (news) => {
    if (news === 'lengths') {
      if (this.#deck) this.#deck.starts = beginnings(this.#deck.manifest);
      return this.#paint();
    }
    if (news === 'failed') return this.#fail();
    if (news === 'ended' || news === 'paused') this.#wanted = false;
    else if (!this.#wanted) return;
    this.#become(news);
    if (news === 'ended' && this.#deck) remember('at:' + this.#deck.manifest.id, null);
  };

  /** @param {State} state */
  #become(state) {
    const before = this.#state;
    this.#state = state;
    this.#paint();
    this.#desk?.tell(state);
    const event = EVENTS[state];
    if (event && this.#started && before !== state) this.#emit(event);
  }

  /** @param {unknown} [error] */
  #fail(error) {
    const code = error instanceof Missing ? error.message : 'unavailable';
    this.#wanted = false;
    this.#desk?.pause();
    this.#become(/not_found|gone/.test(code) ? 'missing' : 'failed');
    this.#emit('error', { code });
  }

  #keep = () => {
    if (!this.#deck || !this.#started || this.hasAttribute('no-resume')) return;
    const { manifest, place } = this.#deck;
    const [i, offset] = place;
    const worth = i || offset > WORTH_KEEPING;
    const text = manifest.sentences[i].text.slice(0, REMEMBERED);
    remember('at:' + manifest.id, worth ? [i, Math.round(offset * 10) / 10, text] : null);
  };

  #paint = () => {
    const { manifest } = this.#deck ?? {};
    const state = this.#state;
    const heard = this.#started && !/ended|missing|failed/.test(state);
    const view = {
      state,
      started: this.#started,
      away: heard && !this.#visible && !this.hasAttribute('no-mini'),
      at: this.currentTime,
      duration: this.duration || Number(this.getAttribute('duration')),
      rate: this.#rate,
      title: manifest?.title ?? '',
      label: manifest?.label ?? this.getAttribute('label') ?? '',
    };
    this.#shell.paint(view);
    this.#desk?.paint(view);
  };

  /** Looks at the page around it, and how it is to look there. */
  #look() {
    this.#shell.bar.style.colorScheme = this.dark ? 'dark' : 'light';
    this.#paint();
  }

  /** Lets go of an article, for another one. */
  #leave() {
    this.pause();
    this.#close();
    this.#next = '';
    this.#loading = this.#deck = undefined;
    this.#started = false;
    this.#state = 'idle';
    this.#paint();
  }

  #close() {
    this.#desk?.stop();
    this.#desk = undefined;
  }

  /** @param {string} type @param {Record<string, unknown>} [detail] */
  #emit = (type, detail = {}) => {
    this.dispatchEvent(new CustomEvent('listen-' + type, { bubbles: true, composed: true, detail }));
  };
}

if (!customElements.get('listen-player')) customElements.define('listen-player', ListenPlayer);
