// @ts-check
import { ENGLISH } from './strings.js';
import { STYLE } from './style.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./listen-player.js').ListenPlayer} ListenPlayer */

/**
 * What a person can ask for.
 * @typedef {object} Wishes
 * @property {() => void} toggle
 * @property {(seconds: number) => void} seek
 * @property {(seconds: number) => void} skip
 * @property {(sentences: number) => void} step
 * @property {(rate: number) => void} rate
 * @property {(button: HTMLElement) => void} menu
 * @property {() => void} close
 * @property {() => void} home
 * @property {() => void} warm
 */

/**
 * What is shown.
 * @typedef {object} View
 * @property {import('./listen-player.js').State} state
 * @property {boolean} started
 * @property {number} at        seconds
 * @property {number} duration  seconds; 0 when unknown
 * @property {number} rate
 * @property {string} label     how long it is, in words; may be empty
 */

/** Outlines of 24 by 24. */
const ICONS = {
  play: 'M8 5.2v13.6a1 1 0 0 0 1.5.85l11-6.8a1 1 0 0 0 0-1.7l-11-6.8A1 1 0 0 0 8 5.2z',
  pause: 'M7 5h3.5v14H7zM13.5 5H17v14h-3.5z',
  back: 'M11.5 5V1.5L6 6.5l5.5 5V8a5.5 5.5 0 1 1-5.5 5.5H3a8.5 8.5 0 1 0 8.5-8.5z',
  forward: 'M12.5 5V1.5l5.5 5-5.5 5V8a5.5 5.5 0 1 0 5.5 5.5h3A8.5 8.5 0 1 1 12.5 5z',
  more: 'M12 4a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4zm0 6a2 2 0 1 0 0 4 2 2 0 0 0 0-4z',
  close: 'M18.3 7.1 16.9 5.7 12 10.6 7.1 5.7 5.7 7.1 10.6 12l-4.9 4.9 1.4 1.4L12 13.4l4.9 4.9 1.4-1.4L13.4 12z',
};

/** Keys that move by sentences or seconds while the focus is inside the player. */
const KEY_SECONDS = 5;

const RATES = '0.5 0.75 1 1.25 1.5 1.75 2 2.5 3';
const RIGHT_TO_LEFT = /^(ar|dv|fa|he|ks|ku|ps|sd|ug|ur|yi)\b/;

/**
 * An element with attributes and listeners (`onclick`), made without any text that is parsed as markup.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {(Node|string)[]} children
 * @returns {any}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (typeof value === 'function') element.addEventListener(name.slice(2), value);
    else if (value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children);
  return element;
}

/** @param {keyof typeof ICONS} name */
function icon(name) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  for (const [key, value] of Object.entries({ viewBox: '0 0 24 24', width: 22, height: 22, 'aria-hidden': true })) {
    svg.setAttribute(key, `${value}`);
  }
  path.setAttribute('d', ICONS[name]);
  svg.append(path);
  return svg;
}

/** Seconds as `1:05` or `1:01:05`. @param {number} seconds */
function clock(seconds) {
  const s = Math.max(0, Math.floor(seconds || 0));
  const two = (/** @type {number} */ n) => `${n}`.padStart(2, '0');
  const [h, m] = [Math.floor(s / 3600), Math.floor(s / 60) % 60];
  return (h ? `${h}:${two(m)}` : `${m}`) + ':' + two(s % 60);
}

/** @type {CSSStyleSheet} One for all players of a page. */
let sheet;

/** What is seen of a player, in its shadow tree. */
export class Shell {
  /** @type {(key: keyof typeof ENGLISH, values?: Record<string, string|number>) => string} */
  #say = (key, values = {}) => ENGLISH[key].replace(/\{(\w+)\}/g, (_, name) => `${values[name]}`);
  #title = '';
  #minutes = 0;
  /** Whether the listener holds the timeline: then it does not move by itself. */
  #held = false;
  /** Whether the listener put the small player away. */
  #closed = false;
  #duration = 0;
  #skips = [15, 30];
  /** @type {HTMLElement|undefined} */
  #offer;

  /** @param {ShadowRoot} root @param {Wishes} wishes */
  constructor(root, wishes) {
    this.wishes = wishes;
    this.make = make;
    this.clock = clock;
    this.dark = false;
    if (!sheet) {
      sheet = new CSSStyleSheet();
      sheet.replaceSync(STYLE);
    }
    root.adoptedStyleSheets = [sheet];
    const button = (/** @type {string} */ name, /** @type {(event: Event) => void} */ onclick, more = '') =>
      make('button', { type: 'button', class: `${name} ${more}`, part: `button ${name}`, onclick });
    this.play = button('play', wishes.toggle);
    this.back = button('back', () => wishes.skip(-this.#skips[0]), 'started');
    this.forward = button('forward', () => wishes.skip(this.#skips[1]), 'started');
    this.more = button('more', () => wishes.menu(this.more), 'started');
    this.close = button('close', () => {
      this.#closed = true;
      wishes.close();
    });
    this.label = make('span', { class: 'label', part: 'label' });
    this.time = make('span', { class: 'time started', part: 'time' });
    this.hint = make('span', { class: 'hint', part: 'hint' });
    this.range = make('input', {
      type: 'range',
      part: 'range',
      dir: 'ltr',
      min: 0,
      max: 1,
      step: 'any',
      oninput: () => this.#drag(false),
      onchange: () => this.#drag(true),
    });
    this.rate = this.rates('rate started', RATES);
    this.says = make('span', { class: 'says', role: 'status' });
    this.bar = make(
      'div',
      {
        class: 'bar idle',
        part: 'bar',
        role: 'group',
        onkeydown: (/** @type {KeyboardEvent} */ event) => this.#key(event),
        onpointerenter: wishes.warm,
        onfocusin: wishes.warm,
      },
      this.play,
      this.back,
      make('div', { class: 'mid' }, make('div', { class: 'line' }, this.label, this.hint, this.time), this.range),
      this.forward,
      this.rate,
      this.more,
      this.close,
      this.says,
    );
    this.fallback = make('slot', { hidden: true });
    root.append(this.bar, this.fallback);
    for (const name of /** @type {const} */ (['back', 'forward', 'more', 'close'])) this[name].append(icon(name));
    this.label.addEventListener('click', () => this.bar.popover && wishes.home());
    this.#name();
  }

  /** A list of speeds. @param {string} kind @param {string} rates */
  rates(kind, rates) {
    const options = rates.trim().split(/[\s,]+/).map((rate) => make('option', { value: rate }, `${rate}×`));
    const list = make('select', { class: kind, part: 'rate' }, ...options);
    list.addEventListener('change', () => this.wishes.rate(Number(list.value)));
    return list;
  }

  /** Follows the element's attributes and the look of the page around it. @param {ListenPlayer} host */
  dress(host) {
    const theme = host.getAttribute('theme');
    const dark = theme === 'dark' || (theme !== 'light' && isDark(host));
    this.dark = dark;
    this.bar.classList.toggle('dark', dark);
    this.bar.classList.toggle('light', !dark);
    const skip = (/** @type {string} */ name, /** @type {number} */ usual) => Number(host.getAttribute(name)) || usual;
    this.#skips = [skip('skip-back', 15), skip('skip-forward', 30)];
    const rates = host.getAttribute('rates');
    if (rates) {
      const own = this.rates('rate started', rates);
      this.rate.replaceWith(own);
      this.rate = own;
    }
    this.#name();
  }

  /** Takes on the language and the title of an article. @param {HTMLElement} host @param {Deck} deck */
  speak(host, deck) {
    const { manifest } = deck;
    this.#say = deck.say;
    this.#title = manifest.title ?? '';
    this.#minutes = manifest.listen_minutes;
    const lang = manifest.ui ? manifest.lang : 'en';
    this.bar.lang = lang;
    this.bar.dir = RIGHT_TO_LEFT.test(lang) ? 'rtl' : 'ltr';
    this.fallback.hidden = true;
    this.dress(/** @type {ListenPlayer} */ (host));
  }

  /** Names of all controls, in the language of the article. */
  #name() {
    const say = this.#say;
    const [back, forward] = this.#skips;
    this.bar.ariaLabel = say('listen');
    this.back.ariaLabel = say('back', { n: back });
    this.forward.ariaLabel = say('forward', { n: forward });
    this.more.ariaLabel = say('more');
    this.close.ariaLabel = say('close');
    this.range.ariaLabel = say('position');
    this.rate.ariaLabel = say('speed');
    for (const name of /** @type {const} */ (['back', 'forward', 'more', 'close'])) this[name].title = this[name].ariaLabel;
  }

  /** @param {View} view */
  paint(view) {
    const { state, started, at, duration } = view;
    const say = this.#say;
    this.#duration = duration;
    const busy = ['waiting', 'offline', 'loading'].includes(state);
    const speaking = state === 'playing' || state === 'waiting' || state === 'offline';
    const broken = state === 'missing' || state === 'failed';
    this.bar.classList.toggle('idle', !started || broken);
    this.bar.classList.toggle('waiting', busy && started);
    const name = broken ? say('retry') : say(speaking ? 'pause' : 'play');
    if (this.play.ariaLabel !== name) {
      this.play.ariaLabel = this.play.title = name;
      this.play.replaceChildren(icon(speaking ? 'pause' : 'play'));
    }
    if (broken) this.fallback.hidden = false;
    if (this.#offer && state !== 'ended') {
      this.#offer.remove();
      this.#offer = undefined;
      this.range.hidden = false;
    }
    const minutes = this.#minutes || Math.max(1, Math.round(duration / 60));
    text(this.label, broken ? say('failed') : started && this.#title ? this.#title : say('listen'));
    text(this.hint, broken ? '' : this.#title ? `🎧 ${say('minutes', { n: minutes })}` : view.label || this.#early(duration));
    text(this.time, `${clock(at)} / ${clock(duration)}`);
    text(this.says, state === 'offline' ? say('offline') : broken ? say('failed') : '');
    if (!this.#held) {
      this.range.max = `${Math.max(1, duration)}`;
      this.range.value = `${at}`;
      this.range.ariaValueText = say('of', { time: clock(at), total: clock(duration) });
    }
    const rate = `${view.rate}`;
    if (this.rate.value !== rate) {
      if (![...this.rate.options].some((/** @type {HTMLOptionElement} */ option) => option.value === rate)) {
        this.rate.append(make('option', { value: rate }, `${rate}×`));
      }
      this.rate.value = rate;
    }
  }

  /** How long it is, before anything is known but the attribute `duration`. @param {number} duration */
  #early(duration) {
    return duration ? `🎧 ${this.#say('minutes', { n: Math.max(1, Math.round(duration / 60)) })}` : '';
  }

  /** Offers what could be heard next, in the place of the timeline. @param {string} words @param {() => void} act */
  offer(words, act) {
    this.#offer = make('button', { type: 'button', class: 'offer', part: 'offer', onclick: act }, words);
    this.range.before(this.#offer);
    this.range.hidden = true;
  }

  /** Puts the bar at the edge of the window, or back. @param {boolean} on */
  mini(on) {
    if (on === !!this.bar.popover || (on && this.#closed) || !('popover' in this.bar)) return;
    if (on) {
      this.bar.popover = 'manual';
      this.bar.showPopover();
    } else {
      this.bar.popover = null;
    }
  }

  /** The small player may be shown again. */
  start() {
    this.#closed = false;
  }

  /** @param {boolean} done */
  #drag(done) {
    const to = Number(this.range.value);
    this.#held = !done;
    text(this.time, `${clock(to)} / ${clock(this.#duration)}`);
    this.range.ariaValueText = this.#say('of', { time: clock(to), total: clock(this.#duration) });
    if (done) this.wishes.seek(to);
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented) return;
    const target = /** @type {HTMLElement} */ (event.target);
    if (target.matches('select, .menu *')) return;
    const { skip, step, toggle, rate } = this.wishes;
    const onRange = target === this.range;
    const [back, forward] = onRange ? [KEY_SECONDS, KEY_SECONDS] : this.#skips;
    const options = [...this.rate.options].map((/** @type {HTMLOptionElement} */ option) => Number(option.value));
    const faster = options.sort((a, b) => a - b).find((option) => option > Number(this.rate.value));
    const slower = options.reverse().find((option) => option < Number(this.rate.value));
    /** @type {Record<string, (() => void)|undefined>} */
    const keys = {
      ArrowLeft: () => (event.shiftKey ? step(-1) : skip(-back)),
      ArrowRight: () => (event.shiftKey ? step(1) : skip(forward)),
      j: () => skip(-this.#skips[0]),
      l: () => skip(this.#skips[1]),
      k: toggle,
      '<': () => slower && rate(slower),
      '>': () => faster && rate(faster),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }
}

/** @param {HTMLElement} element @param {string} content */
function text(element, content) {
  if (element.textContent !== content) element.textContent = content;
}

/**
 * Whether the page around an element is dark: the first colour that is painted behind it, else what
 * the page says it can be and the reader prefers.
 * @param {Element} element
 */
function isDark(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const [r, g, b, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (alpha > 0.5) return 0.299 * r + 0.587 * g + 0.114 * b < 110;
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme.includes('dark') && (!scheme.includes('light') || matchMedia('(prefers-color-scheme: dark)').matches);
}
