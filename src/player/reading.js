// @ts-check
import { align } from './align.js';

/** @typedef {import('./types.js').Deck} Deck */

/** Pause after the last change of the page before the text is looked for again, in ms. */
const SETTLED = 250;

/** Pause after the reader scrolled before the page follows the voice again, in ms. */
const HANDS_OFF = 8000;

/** What is text of the article and answers to a click by itself. */
const ACTIVE = 'a,label,summary,input,button,select,textarea,listen-player,[contenteditable],[role=button]';

/** Colours on light pages and on dark ones, of the sentence and of the word; each can be set by the page. */
const LIGHT = ['#fff1b8', '#ffd84d'];
const DARK = ['#4d4417', '#7d6a10'];

/** The highlights, and behind `--` the properties that colour them. */
const NAMES = ['listen-highlight', 'listen-highlight-word'];

/** @type {CSSStyleSheet|undefined} One for all players of a page, and what it says. */
let sheet;
let painted = '';

/**
 * The article's text in the page: shows what is spoken, and takes clicks on it. Changes nothing in it.
 * @param {Pick<Deck, 'player'|'manifest'|'shell'>} deck @param {AbortSignal} signal
 */
export function reading(deck, signal) {
  const { player } = deck;
  const root = rootOf(player);
  /** What colours sentences and words, in browsers that can; every player has its own. */
  const marks = NAMES.map(() => globalThis.Highlight && new Highlight());
  /** @type {ReturnType<typeof align>} */
  let text;
  /** The sentence and the word that are shown. */
  let shown = [-1, -1];
  let handsOn = 0;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let settling;

  /** Finds the sentences, and gives how many were found. */
  function anchor() {
    text = align(root, deck.manifest.sentences.map((sentence) => sentence.text));
    return text.found;
  }

  /** @param {number} level 0 for a sentence, 1 for a word @param {Range[]} ranges */
  function paint(level, ranges) {
    const mark = marks[level];
    if (!mark) return;
    mark.clear();
    for (const range of ranges) mark.add(range);
    if (!ranges.length) return;
    mark.priority = level;
    CSS.highlights.set(NAMES[level], mark);
    sheet ??= deck.shell.dress(document, '');
    const colours = player.dark ? DARK : LIGHT;
    const css = NAMES.map(
      (name, k) =>
        `::highlight(${name}){background-color:var(--${name},${colours[k]});color:var(--listen-highlight-fg,inherit)}`,
    ).join('');
    if (painted !== css) sheet.replaceSync((painted = css));
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
    const { altKey, ctrlKey, metaKey, shiftKey, defaultPrevented } = event;
    if (!player.started || !player.hasAttribute('click-to-seek')) return;
    if (altKey || ctrlKey || metaKey || shiftKey || defaultPrevented) return;
    // Who drags over the text selects it.
    if (`${getSelection()}` || /** @type {Element} */ (event.target).closest(ACTIVE)) return;
    const i = text.at(event);
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
  for (const type of ['wheel', 'touchmove']) {
    addEventListener(type, () => (handsOn = Date.now()), { signal, passive: true });
  }
  signal.addEventListener('abort', () => {
    clearTimeout(settling);
    changes.disconnect();
    show(-1, -1);
  });

  return {
    anchor,
    show,
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
