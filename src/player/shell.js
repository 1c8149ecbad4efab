// @ts-check
/** What is seen of a player before it plays: a button, a name, how long it is. `controls.js` adds the rest. */
import { STYLE } from './style.js';

/** @typedef {import('./types.js').Say} Say */
/** @typedef {import('./types.js').View} View */

/** Lines on 24 by 24. */
const ICONS = { play: 'M8 5v14l11-7z', pause: 'M7 6h2v12H7zM15 6h2v12h-2z' };

/**
 * An element with attributes and listeners (`onclick`), made without any text that is parsed as markup.
 * Its classes are its parts, too, by which a page can style it.
 * @param {string} tag @param {Record<string, any>} [attributes] @param {(Node|string)[]} children
 * @returns {any}
 */
function make(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const name in attributes) {
    const value = attributes[name];
    if (value.call) element.addEventListener(name.slice(2), value);
    else element.setAttribute(name, value);
    if (name === 'class') element.setAttribute('part', value);
  }
  element.append(...children);
  return element;
}

/** @param {string} lines */
function icon(lines) {
  const svg = document.createElementNS('http://www.w3.org/2000/svg', 'svg');
  const path = document.createElementNS(svg.namespaceURI, 'path');
  svg.setAttribute('viewBox', '0 0 24 24');
  path.setAttribute('d', lines);
  svg.append(path);
  return svg;
}

/** @param {HTMLElement} element @param {string} words */
function write(element, words) {
  if (element.textContent !== words) element.textContent = words;
}

/** Adds a style: no element, so no policy of a page is against it. @param {DocumentOrShadowRoot} root @param {string} css */
function dress(root, css) {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(css);
  root.adoptedStyleSheets.push(sheet);
  return sheet;
}

/**
 * @param {ShadowRoot} root @param {Say} say
 * @param {() => void} toggle @param {() => void} near something that may become a press is on its way
 */
export function shell(root, say, toggle, near) {
  dress(root, STYLE);
  const play = make('button', { class: 'button play', onclick: toggle });
  const label = make('span', { class: 'label' });
  const hint = make('span', { class: 'hint' });
  const says = make('span', { class: 'says', role: 'status' });
  const line = make('div', { class: 'line' }, says, label, hint);
  const mid = make('div', { class: 'mid' }, line);
  const bar = make(
    'div',
    { class: 'bar', role: 'group', dir: 'auto', onpointerenter: near, onfocusin: near },
    play, mid,
  );
  const fallback = make('slot');
  root.append(bar, fallback);

  return {
    root, bar, play, label, line, mid,
    make, icon, write, dress,

    /** @param {View} view */
    paint({ state, started, duration, title, label: long }) {
      const waiting = /waiting|making|offline/.test(state);
      const speaking = waiting || state === 'playing';
      const broken = /missing|failed/.test(state);
      bar.classList.toggle('idle', !started || broken);
      bar.classList.toggle('waiting', started && waiting);
      const name = say(broken ? 'retry' : speaking ? 'pause' : 'play');
      if (play.title !== name) {
        play.ariaLabel = play.title = name;
        play.replaceChildren(icon(speaking ? ICONS.pause : ICONS.play));
      }
      bar.ariaLabel = say('listen');
      fallback.hidden = !broken;
      const minutes = duration ? '🎧 ' + say('minutes', { n: Math.max(1, Math.round(duration / 60)) }) : '';
      write(label, (started && title) || say('listen'));
      write(hint, broken ? '' : long || minutes);
      write(says, broken ? say('failed') : state === 'making' || state === 'offline' ? say(state) : '');
    },
  };
}
