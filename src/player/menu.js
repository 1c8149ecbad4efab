// @ts-check
/** The menu behind the three dots. It is made when it is first opened. */
import { clock } from './controls.js';

/** @typedef {import('./types.js').Deck} Deck */

/** Room between the menu and the button, and between the menu and the window's edge, in pixels. */
const ROOM = 6;

/** How long a menu entry says that it did its work, in ms. */
const SAID = 2500;

/**
 * Makes an article's menu, and leaves it to the browser to open it beside its button and to close it.
 * @param {Deck} deck @param {HTMLButtonElement} more
 * @param {() => HTMLSelectElement} rates makes a list of speeds
 * @param {(list: HTMLSelectElement) => void} choose puts it on the speed
 * @param {(by: number) => void} step moves by sentences
 */
export function openMenu({ shell, player, say, manifest, address }, more, rates, choose, step) {
  const { bar, make } = shell;
  /** @param {string} name @param {() => void} onclick */
  const entry = (name, onclick) =>
    make('button', { class: `menu-entry ${name}`, onclick }, say(/** @type {'next'} */ (name)));
  const speed = rates();
  const follow = make('input', { type: 'checkbox', onchange: () => (player.follow = follow.checked) });
  const share = entry('share', async () => {
    const said = await send(player.currentTime, manifest.title ?? document.title);
    if (said) share.textContent = shell.says.textContent = say('copied');
    setTimeout(refresh, SAID);
  });
  const menu = make(
    'div',
    { class: 'menu', role: 'group', 'aria-label': say('more'), popover: 'auto' },
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
    choose(speed);
  };
  bar.append(menu);
  refresh();
  // The press that made it opens it, too, as soon as the button knows it.
  more.popoverTargetElement = menu;
  menu.addEventListener('beforetoggle', refresh);
  menu.addEventListener('toggle', () => place(menu, more));
  return menu;
}

/** Above or below its button, inside the window. @param {HTMLElement} menu @param {HTMLElement} button */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  /** @param {number} value @param {number} size @param {number} room */
  const fits = (value, size, room) => `${Math.max(ROOM, Math.min(value, room - size - ROOM))}px`;
  const below = at.bottom + ROOM;
  menu.style.top = fits(below + height < innerHeight ? below : at.top - height - ROOM, height, innerHeight);
  menu.style.left = fits(at.right - width, width, document.documentElement.clientWidth);
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
