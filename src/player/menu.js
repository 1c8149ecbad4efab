// @ts-check
/** The menu behind the three dots. It is made when it is first opened. */
import { clock } from './controls.js';

/** @typedef {import('./types.js').Deck} Deck */

/**
 * Makes an article's menu, and leaves it to the browser to open it beside its button and to close it.
 * @param {Deck} deck @param {HTMLButtonElement} more
 * @param {HTMLSelectElement} speed a list of speeds
 * @param {(by: number) => void} step moves by sentences
 */
export function openMenu({ shell, player, say, manifest, address }, more, speed, step) {
  const { bar, make } = shell;
  /** @param {string} name @param {() => void} onclick */
  const entry = (name, onclick) =>
    make('button', { class: `menu-entry ${name}`, onclick }, say(/** @type {'next'} */ (name)));
  const follow = make('input', { type: 'checkbox', onchange: () => (player.follow = follow.checked) });
  // A change of its words is said by screen readers.
  const share = entry('share', async () => {
    if (await send(player.currentTime, manifest.title ?? document.title)) share.textContent = say('copied');
  });
  share.ariaLive = 'polite';
  const menu = make(
    'div',
    { class: 'menu started', role: 'group', 'aria-label': say('more'), popover: 'auto' },
    entry('previous', () => step(-1)),
    entry('next', () => step(1)),
    make('label', { class: 'narrow' }, say('speed'), speed),
    make('label', { class: 'menu-entry follow' }, say('follow'), follow),
    share,
    make('a', { class: 'menu-entry download', href: address(manifest.links.download), download: '' }, say('download')),
    make('p', {}, say('ai') || manifest.ai),
  );
  const refresh = () => {
    follow.checked = player.follow;
    share.textContent = say('share', { time: clock(player.currentTime) });
  };
  bar.append(menu);
  refresh();
  // The press that made it opens it, too, as soon as the button knows it.
  more.popoverTargetElement = menu;
  menu.addEventListener('beforetoggle', refresh);
  return menu;
}

/** Hands on a link that starts at a time. Whether it was copied. @param {number} seconds @param {string} title */
async function send(seconds, title) {
  const link = new URL(location.href);
  link.hash = `listen=${Math.floor(seconds)}`;
  const url = link.href;
  try {
    if (navigator.share) await navigator.share({ title, url });
    else await navigator.clipboard.writeText(url);
    return !navigator.share;
  } catch (error) {
    // Put away by the reader, or forbidden: the address line can be copied by hand.
    if (/** @type {Error} */ (error).name !== 'AbortError') history.replaceState(history.state, '', url);
  }
}
