// @ts-check
import { align } from './align.js';

/** @typedef {import('./types.js').Deck} Deck */

/** Pause after the last change of the page before the text is looked for again, in ms. */
const SETTLED = 250;

/** How far a pointer may move during a click, in pixels. */
const CLICK = 5;

/** Pause after the reader scrolled before the page follows the voice again, in ms. */
const HANDS_OFF = 8000;

/** What answers to a click by itself. */
const ACTIVE = 'a,area,button,input,select,textarea,label,summary,details,img,video,audio,[contenteditable],[role=button],listen-player';

/** Colours on light pages and on dark ones, of the sentence and of the word; each can be set by the page. */
const LIGHT = ['#fff1b8', '#ffd84d'];
const DARK = ['#4d4417', '#7d6a10'];

const NAMES = ['listen-sentence', 'listen-word'];
const PROPERTIES = ['--listen-highlight', '--listen-highlight-word'];

/** @type {CSSStyleSheet|undefined} One for all players of a page, and what it says. */
let sheet;
let painted = '';

/**
 * The article's text in the page: shows what is spoken, and takes clicks on it. Changes nothing in it.
 * @param {Pick<Deck, 'player'|'manifest'>} deck @param {AbortSignal} signal
 */
export function reading(deck, signal) {
  const { player } = deck;
  const root = rootOf(player);
  /** @type {ReturnType<typeof align>} */
  let text;
  /** The sentence and the word that are shown. */
  let shown = [-1, -1];
  let handsOn = 0;
  let [pressedX, pressedY] = [0, 0];
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let settling;

  /** Finds the sentences, and gives how many were found. */
  function anchor() {
    text = align(root, deck.manifest.sentences.map((sentence) => sentence.text));
    return text.found;
  }

  /** @param {number} level 0 for a sentence, 1 for a word @param {Range[]} ranges */
  function paint(level, ranges) {
    if (!globalThis.Highlight) return;
    if (!ranges.length) return CSS.highlights.delete(NAMES[level]);
    if (!sheet) document.adoptedStyleSheets.push((sheet = new CSSStyleSheet()));
    const colours = player.dark ? DARK : LIGHT;
    const css = NAMES.map(
      (name, k) =>
        `::highlight(${name}){background-color:var(${PROPERTIES[k]},${colours[k]});color:var(--listen-highlight-fg,inherit)}`,
    ).join('');
    if (painted !== css) sheet.replaceSync((painted = css));
    const highlight = new Highlight(...ranges);
    highlight.priority = level;
    CSS.highlights.set(NAMES[level], highlight);
  }

  /** Colours sentence `i` and its word `w`; -1 for none. @param {number} i @param {number} w */
  function show(i, w) {
    const ranges = text.ranges(i);
    const word = deck.manifest.sentences[i]?.words?.[w];
    paint(0, ranges);
    paint(1, word ? text.word(i, word[0], word[1]) : []);
    if (ranges[0] && i !== shown[0]) follow(ranges[0]);
    shown = [i, w];
  }

  /** Keeps what is spoken in sight, if that is wished for and the reader does not scroll. @param {Range} range */
  function follow(range) {
    if (!player.follow || Date.now() - handsOn < HANDS_OFF) return;
    const { top, bottom } = range.getBoundingClientRect();
    if (top > innerHeight * 0.15 && bottom < innerHeight * 0.75) return;
    const still = matchMedia('(prefers-reduced-motion)').matches;
    scrollBy({ top: top - innerHeight * 0.35, behavior: still ? 'instant' : 'smooth' });
  }

  /** @param {MouseEvent} event */
  function click(event) {
    const { clientX: x, clientY: y } = event;
    const dragged = event.isTrusted && event.detail > 0 && Math.hypot(x - pressedX, y - pressedY) > CLICK;
    const held = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    if (!player.started || !player.hasAttribute('click-to-seek') || event.defaultPrevented || held || dragged) return;
    if (`${getSelection()}` || /** @type {Element} */ (event.target).closest(ACTIVE)) return;
    const caret = document.caretPositionFromPoint?.(x, y);
    const older = caret ? null : document.caretRangeFromPoint?.(x, y);
    const i = text.at(caret?.offsetNode ?? older?.startContainer, caret?.offset ?? older?.startOffset ?? 0);
    if (i < 0) return;
    player.seekSentence(i);
    void player.play();
  }

  const changes = new MutationObserver(() => {
    clearTimeout(settling);
    settling = setTimeout(() => {
      anchor();
      show(shown[0], shown[1]);
    }, SETTLED);
  });
  changes.observe(root, { childList: true, characterData: true, subtree: true });
  root.addEventListener('click', /** @type {EventListener} */ (click), { signal });
  root.addEventListener('pointerdown', (event) => {
    const { clientX, clientY } = /** @type {PointerEvent} */ (event);
    [pressedX, pressedY] = [clientX, clientY];
  }, { signal });
  for (const type of ['wheel', 'touchmove']) {
    addEventListener(type, () => (handsOn = Date.now()), { signal, passive: true });
  }
  signal.addEventListener('abort', () => {
    clearTimeout(settling);
    changes.disconnect();
    show(-1, -1);
  });
  anchor();

  return {
    anchor,
    show,
    clear: () => show(-1, -1),
    /** The ranges of a sentence in the page. @param {number} i */
    ranges: (i) => text.ranges(i),
  };
}

/** Where an article's text is: as the page says, else the article around the player. @param {Element} player */
function rootOf(player) {
  const named = player.getAttribute('for');
  return (
    (named && document.querySelector(named)) ||
    player.closest('[data-listen-root]') ||
    document.querySelector('[data-listen-root]') ||
    player.closest('article,main') ||
    document.querySelector('article,main') ||
    document.body
  );
}
