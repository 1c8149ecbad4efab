// @ts-check
/** The menu behind the three dots. It is made when it is first opened. */

/** @typedef {import('./types.js').Deck} Deck */

/** Room between the menu and the button, and between the menu and the window's edge, in pixels. */
const ROOM = 6;

/** How long a menu entry says that it did its work, in ms. */
const SAID = 2500;

/** Opens an article's menu beside a button, and leaves it to the browser to close and open it again. @param {Deck} deck */
export function openMenu(deck) {
  const { shell, player, say } = deck;
  const { more, bar, make } = shell;
  const time = () => shell.clock(player.currentTime);
  const entry = (/** @type {string} */ name, /** @type {string} */ words, /** @type {() => void} */ onclick) =>
    make('button', { type: 'button', part: `menu-entry ${name}`, onclick }, words);
  const speed = shell.rates('', '');
  speed.ariaLabel = say('speed');
  const follow = make('input', { type: 'checkbox', onchange: () => (player.follow = follow.checked) });
  const share = entry('share', '', async () => {
    const said = await send(deck);
    if (!said) return;
    share.textContent = shell.says.textContent = said;
    setTimeout(refresh, SAID);
  });
  const download = deck.manifest.links.download ?? '';
  const menu = make(
    'div',
    { class: 'menu', part: 'menu', role: 'group', 'aria-label': say('more') },
    entry('previous', say('previous'), () => player.seekSentence(player.sentenceIndex - 1)),
    entry('next', say('next'), () => player.seekSentence(player.sentenceIndex + 1)),
    make('label', { class: 'narrow' }, say('speed'), speed),
    make('label', { part: 'menu-entry follow' }, say('follow'), follow),
    share,
    make('a', { part: 'menu-entry download', href: deck.address(download), download: '' }, say('download')),
    make('p', {}, say('ai')),
  );
  const refresh = () => {
    follow.checked = player.follow;
    share.textContent = say('share', { time: time() });
    speed.replaceChildren(...[...shell.rate.options].map((/** @type {Node} */ option) => option.cloneNode(true)));
    speed.value = shell.rate.value;
  };
  bar.append(menu);
  refresh();
  if ('popover' in menu) {
    menu.popover = 'auto';
    more.popoverTargetElement = menu;
    menu.addEventListener('beforetoggle', refresh);
    menu.addEventListener('toggle', (/** @type {ToggleEvent} */ event) => {
      if (event.newState === 'open') place(menu, more);
    });
    menu.showPopover();
  } else {
    more.addEventListener('click', () => (menu.hidden = !menu.hidden));
  }
  place(menu, more);
  return menu;
}

/** Above or below its button, inside the window. @param {HTMLElement} menu @param {HTMLElement} button */
function place(menu, button) {
  const at = button.getBoundingClientRect();
  const { width, height } = menu.getBoundingClientRect();
  const fits = (/** @type {number} */ value, /** @type {number} */ size, /** @type {number} */ room) =>
    `${Math.max(ROOM, Math.min(value, room - size - ROOM))}px`;
  const below = at.bottom + ROOM + height < innerHeight;
  menu.style.top = fits(below ? at.bottom + ROOM : at.top - height - ROOM, height, innerHeight);
  menu.style.left = fits(at.right - width, width, document.documentElement.clientWidth);
}

/** Hands on a link that starts here. Gives what is to be said about it. @param {Deck} deck */
async function send({ player, manifest, say }) {
  const link = new URL(location.href);
  link.hash = `listen=${Math.floor(player.currentTime)}`;
  const url = link.href;
  try {
    if (navigator.share) await navigator.share({ title: manifest.title ?? document.title, url });
    else {
      await navigator.clipboard.writeText(url);
      return say('copied');
    }
  } catch (error) {
    // Put away by the reader, or forbidden: the address line can be copied by hand.
    if (/** @type {Error} */ (error).name !== 'AbortError') history.replaceState(history.state, '', url);
  }
  return '';
}
