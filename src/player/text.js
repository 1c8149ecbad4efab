// @ts-check
import { Alignment, Page } from './align.js';

/** @typedef {import('./types.js').Deck} Deck */

/** Pause after the last change of the page before the text is looked for again, in ms. */
const SETTLED = 250;

/** How far a pointer may move during a click, in pixels. */
const CLICK = 5;

/** Pause after the reader scrolled before the page follows the voice again, in ms. */
const HANDS_OFF = 8000;

/** What answers to a click by itself. */
const ACTIVE = 'a,area,button,input,select,textarea,label,summary,details,img,video,audio,[contenteditable],[role=button],listen-player';

/** Colours on light pages and on dark ones; each can be set by the page. */
const PAINT = (/** @type {boolean} */ dark) => {
  const [sentence, word] = dark ? ['#4d4417', '#7d6a10'] : ['#fff1b8', '#ffd84d'];
  return `::highlight(listen-sentence){background-color:var(--listen-highlight,${sentence});color:var(--listen-highlight-fg,inherit)}
::highlight(listen-word){background-color:var(--listen-highlight-word,${word});color:var(--listen-highlight-fg,inherit)}`;
};

/** @type {CSSStyleSheet|undefined} One for all players of a page. */
let sheet;

/** The article's text in the page: shows what is spoken, and takes clicks on it. Changes nothing in it. */
export class Reading {
  /** @type {Alignment|undefined} */
  #found;
  #stop = new AbortController();
  /** @type {MutationObserver} */
  #changes;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #settling;
  #i = -1;
  #handsOn = 0;
  #pressed = [0, 0];

  /** @param {Deck} deck */
  constructor(deck) {
    this.deck = deck;
    this.can = typeof Highlight === 'function' && 'highlights' in CSS;
    this.root = rootOf(deck.player);
    const { signal } = this.#stop;
    this.#changes = new MutationObserver(() => {
      clearTimeout(this.#settling);
      this.#settling = setTimeout(() => {
        this.anchor();
        this.show(this.#i);
      }, SETTLED);
    });
    this.#changes.observe(this.root, { childList: true, characterData: true, subtree: true });
    this.root.addEventListener('click', (event) => this.#click(/** @type {MouseEvent} */ (event)), { signal });
    this.root.addEventListener('pointerdown', (event) => {
      const { clientX, clientY } = /** @type {PointerEvent} */ (event);
      this.#pressed = [clientX, clientY];
    }, { signal });
    for (const type of ['wheel', 'touchmove']) {
      addEventListener(type, () => (this.#handsOn = Date.now()), { signal, passive: true });
    }
  }

  /** Finds the sentences, and gives how many were found. */
  anchor() {
    const page = new Page(this.root);
    this.#found = new Alignment(page, this.deck.manifest.sentences.map((sentence) => sentence.text));
    return this.#found.spans.filter((spans) => spans.length).length;
  }

  /** The ranges of a sentence in the page. @param {number} i */
  ranges(i) {
    return this.#found?.ranges(i) ?? [];
  }

  /** Colours a sentence. @param {number} i */
  show(i) {
    this.#i = i;
    const ranges = this.ranges(i);
    this.#paint('listen-sentence', ranges, 0);
    this.#paint('listen-word', [], 1);
    if (ranges.length) this.#follow(ranges[0]);
  }

  /** Colours word `w` of sentence `i`, or none. @param {number} i @param {number} w */
  word(i, w) {
    const word = this.deck.manifest.sentences[i]?.words?.[w];
    this.#paint('listen-word', word ? (this.#found?.word(i, word[0], word[1]) ?? []) : [], 1);
  }

  clear() {
    this.#i = -1;
    this.#paint('listen-sentence', [], 0);
    this.#paint('listen-word', [], 1);
  }

  stop() {
    this.clear();
    clearTimeout(this.#settling);
    this.#changes.disconnect();
    this.#stop.abort();
  }

  /** @param {string} name @param {Range[]} ranges @param {number} priority */
  #paint(name, ranges, priority) {
    if (!this.can) return;
    if (!ranges.length) return void CSS.highlights.delete(name);
    if (!sheet) document.adoptedStyleSheets = [...document.adoptedStyleSheets, (sheet = new CSSStyleSheet())];
    const css = PAINT(this.deck.player.dark);
    if (!sheet.cssRules.length || painted !== css) sheet.replaceSync((painted = css));
    const highlight = new Highlight(...ranges);
    highlight.priority = priority;
    CSS.highlights.set(name, highlight);
  }

  /** Keeps what is spoken in sight, if that is wished for and the reader does not scroll. @param {Range} range */
  #follow(range) {
    if (!this.deck.player.follow || Date.now() - this.#handsOn < HANDS_OFF) return;
    const { top, bottom } = range.getBoundingClientRect();
    if (top > innerHeight * 0.15 && bottom < innerHeight * 0.75) return;
    const still = matchMedia('(prefers-reduced-motion: reduce)').matches;
    scrollBy({ top: top - innerHeight * 0.35, behavior: still ? 'instant' : 'smooth' });
  }

  /** @param {MouseEvent} event */
  #click(event) {
    const { player } = this.deck;
    const { clientX: x, clientY: y } = event;
    const dragged = Math.hypot(x - this.#pressed[0], y - this.#pressed[1]) > CLICK && event.detail > 0 && event.isTrusted;
    const held = event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
    const target = /** @type {Element} */ (event.target);
    if (!player.started || !player.hasAttribute('click-to-seek') || event.defaultPrevented || held || dragged) return;
    if (`${getSelection()}` || target.closest(ACTIVE)) return;
    const caret = document.caretPositionFromPoint?.(x, y);
    const older = caret ? null : document.caretRangeFromPoint?.(x, y);
    const i = this.#found?.at(caret?.offsetNode ?? older?.startContainer, caret?.offset ?? older?.startOffset ?? 0) ?? -1;
    if (i < 0) return;
    player.seekSentence(i);
    void player.play();
  }
}

let painted = '';

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
