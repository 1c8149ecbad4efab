// @ts-check
/** The transport: what is added to the bar when the article is played. */
import { CONTROLS_STYLE } from './controls-style.js';
import { openMenu } from './menu.js';

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').View} View */
/** @typedef {ReturnType<typeof controls>} Board */

/** Lines on 24 by 24. */
const BACK = 'M4 4v5h5M4.6 9a8 8 0 1 1 1 8';
const FORWARD = 'M20 4v5h-5M19.4 9a8 8 0 1 0-1 8';
const MORE = 'M12 5v0M12 12v0M12 19v0';
const CLOSE = 'M6 6l12 12M18 6 6 18';

/** By how much the arrow keys move on the timeline, in seconds. */
const KEY_SECONDS = 5;

const RATES = '0.5 0.75 1 1.25 1.5 1.75 2 2.5 3';

/** Seconds as `1:05` or `1:01:05`. @param {number} seconds */
export const clock = (seconds) => new Date(seconds * 1000).toISOString().slice(11, 19).replace(/^[0:]{1,4}/, '');

/** @param {Deck} deck @param {AbortSignal} signal */
export function controls(deck, signal) {
  const { shell, player, say } = deck;
  const { bar, make, write } = shell;
  if (!shell.root.adoptedStyleSheets[1]) shell.dress(shell.root, CONTROLS_STYLE);
  const [back, forward] = [Number(player.getAttribute('skip-back')) || 15, Number(player.getAttribute('skip-forward')) || 30];
  const speeds = (player.getAttribute('rates') ?? RATES).trim().split(/[\s,]+/).map(Number);
  const skip = (/** @type {number} */ by) => player.seek(player.currentTime + by);
  const step = (/** @type {number} */ by) => player.seekSentence(player.sentenceIndex + by);
  const rewind = () => skip(-back);
  const advance = () => skip(forward);
  /** Whether the listener holds the timeline: then it does not move by itself. */
  let held = false;
  /** Whether the listener put the small player away. */
  let closed = false;
  /** @type {HTMLElement|undefined} */
  let offered;
  /** @type {HTMLElement|undefined} */
  let menu;

  /** @param {string} name @param {string} words @param {string} lines @param {() => void} onclick @param {string} [inside] */
  const button = (name, words, lines, onclick, inside = '') =>
    make('button', { class: `button ${name} started`, title: words, 'aria-label': words, onclick },
      shell.icon(lines), inside);
  /** A list of speeds, which shows the one that is, where it may be missing. */
  const rates = () => {
    const list = make('select', { class: 'rate started', 'aria-label': say('speed'), onchange: () => (player.playbackRate = list.value) });
    const choose = () => {
      const now = player.playbackRate;
      const all = [...new Set([...speeds, now])].sort((a, b) => a - b);
      list.replaceChildren(...all.map((speed) => make('option', { value: speed }, `${speed}×`)));
      list.value = `${now}`;
    };
    player.addEventListener('listen-ratechange', choose, { signal });
    choose();
    return list;
  };

  const time = make('span', { class: 'time started' });
  const range = make('input', {
    type: 'range', class: 'range started', dir: 'ltr', min: 0, step: 'any', 'aria-label': say('position'),
    oninput: () => drag(true), onchange: () => drag(false),
  });
  const more = button('more', say('more'), MORE, () => (menu ??= openMenu(deck, more, rates(), step)));
  const close = button('close', say('close'), CLOSE, () => {
    closed = true;
    mini(false);
  });
  shell.play.after(button('back', say('back', { n: back }), BACK, rewind, `${back}`));
  shell.line.append(time);
  shell.mid.append(range);
  shell.mid.after(button('forward', say('forward', { n: forward }), FORWARD, advance, `${forward}`), rates(), more, close);
  shell.label.addEventListener('click', () => bar.popover && player.scrollIntoView({ block: 'center' }), { signal });
  bar.addEventListener('keydown', key, { signal });
  signal.addEventListener('abort', () => {
    mini(false);
    for (const element of bar.querySelectorAll('.started')) element.remove();
  });

  /** @param {number} at @param {number} duration */
  function clocks(at, duration) {
    write(time, `${clock(at)} / ${clock(duration)}`);
    range.ariaValueText = say('of', { time: clock(at), total: clock(duration) });
  }

  /** @param {boolean} on */
  function drag(on) {
    held = on;
    clocks(range.value, range.max);
    if (!on) player.seek(Number(range.value));
  }

  /** Puts the bar at the edge of the window, or back. @param {boolean} on */
  function mini(on) {
    on &&= !closed;
    if (on === !!bar.popover) return;
    bar.popover = on ? 'manual' : null;
    // A browser that knows no popovers leaves the bar in its place.
    if (on) bar.showPopover?.();
  }

  /** @param {KeyboardEvent} event */
  function key(event) {
    const target = /** @type {HTMLElement} */ (event.target);
    if (event.altKey || event.ctrlKey || event.metaKey || event.defaultPrevented || target.matches('select,.menu *')) return;
    const now = player.playbackRate;
    /** @param {number} sign @param {number} by */
    const arrow = (sign, by) => (event.shiftKey ? step(sign) : skip(sign * (target === range ? KEY_SECONDS : by)));
    /** @type {Record<string, (() => unknown)|undefined>} */
    const keys = {
      ArrowLeft: () => arrow(-1, back),
      ArrowRight: () => arrow(1, forward),
      j: rewind,
      l: advance,
      k: () => player.toggle(),
      '<': () => (player.playbackRate = speeds.findLast((speed) => speed < now) ?? now),
      '>': () => (player.playbackRate = speeds.find((speed) => speed > now) ?? now),
    };
    const act = keys[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  return {
    rewind,
    advance,
    step,

    /** @param {View} view */
    paint({ state, at, duration, away }) {
      if (offered && state !== 'ended') {
        offered.remove();
        offered = undefined;
      }
      range.hidden = !!offered;
      if (!held) {
        range.max = Math.max(1, duration);
        range.value = at;
        clocks(at, duration);
      }
      mini(away);
    },

    /** Offers what could be heard next, in the place of the timeline. @param {string} words @param {() => void} onclick */
    offer(words, onclick) {
      offered = make('button', { class: 'offer started', onclick }, words);
      range.before(offered);
      range.hidden = true;
    },
  };
}
