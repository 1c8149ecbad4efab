// @ts-check
/**
 * Finds the sentences of an article in the text of a page: one alignment of all words in order, so
 * that changed, missing and foreign words cost only themselves. Pure: it reads the page and gives
 * positions.
 */

/** What is no text of the article, whatever it says. */
const SKIPPED =
  'script,style,noscript,template,iframe,svg,math,rt,rp,nav,aside,form,button,select,textarea,figcaption,' +
  'listen-player,[hidden],[aria-hidden=true],[data-listen-skip]';

const BLOCKS =
  /^(ADDRESS|ARTICLE|BLOCKQUOTE|BR|DD|DIV|DL|DT|FIGURE|FOOTER|H[1-6]|HEADER|HR|LI|MAIN|OL|P|PRE|SECTION|TABLE|TD|TH|TR|UL)$/;

/** Letters that are written inside words and not seen. */
const UNSEEN = /[\u00AD\u200B-\u200D\u2060]/g;

/** A word: one character of the scripts that put no spaces, else a run of letters, digits and marks. */
const WORD =
  /[\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}]|(?:(?![\p{sc=Han}\p{sc=Hiragana}\p{sc=Katakana}\p{sc=Thai}])[\p{L}\p{N}\p{M}\u00AD\u200B-\u200D\u2060])+/gu;

const PUNCTUATION = /[\p{P}\p{S}]/u;

/** Cells of the largest table that is filled; a larger problem is cut into smaller ones first. */
const CELLS = 250_000;

/** Words in a row that count as a landmark when they occur once on both sides. */
const LANDMARK = 4;

/** Least share of a sentence's words that must be found for it to be in the page. */
const FOUND = 0.4;

/**
 * A word and where it stands in its text, in UTF-16 code units.
 * @typedef {{word: string, start: number, end: number}} Token
 */

/** @param {string} text @returns {Token[]} */
export function tokens(text) {
  const found = [];
  for (const match of text.matchAll(WORD)) {
    const word = match[0].replace(UNSEEN, '').normalize('NFKD').replace(/\p{M}/gu, '').toLowerCase();
    if (word) found.push({ word, start: match.index, end: match.index + match[0].length });
  }
  return found;
}

/** The text of a page as one string, and the way back to its nodes. */
export class Page {
  /** @type {Text[]} */
  nodes = [];
  /** @type {number[]} Where each node's text begins in the whole. */
  starts = [];
  text = '';

  /** @param {Node} root */
  constructor(root) {
    const walker = document.createTreeWalker(root, NodeFilter.SHOW_ELEMENT | NodeFilter.SHOW_TEXT, (node) =>
      node instanceof Element && node.matches(SKIPPED) ? NodeFilter.FILTER_REJECT : NodeFilter.FILTER_ACCEPT,
    );
    /** @type {string[]} */
    const pieces = [];
    let length = 0;
    /** @type {Element|null|undefined} */
    let block;
    const add = (/** @type {string} */ piece) => {
      pieces.push(piece);
      length += piece.length;
    };
    for (let node = walker.nextNode(); node; node = walker.nextNode()) {
      if (!(node instanceof Text)) {
        if (BLOCKS.test(node.nodeName)) add('\n');
        continue;
      }
      let own = node.parentElement;
      while (own && own !== root && !BLOCKS.test(own.nodeName)) own = own.parentElement;
      if (own !== block) add('\n');
      block = own;
      this.nodes.push(node);
      this.starts.push(length);
      add(node.data);
    }
    this.text = pieces.join('');
    this.tokens = tokens(this.text);
  }

  /** Whether two neighbouring words stand in different blocks. @param {number} i the first one */
  breaks(i) {
    return this.text.slice(this.tokens[i].end, this.tokens[i + 1].start).includes('\n');
  }

  /** Where in the whole a place in the page is, or -1. @param {Node|null|undefined} node @param {number} offset */
  position(node, offset) {
    const k = this.nodes.indexOf(/** @type {Text} */ (node));
    return k < 0 ? -1 : this.starts[k] + offset;
  }

  /** A span of the whole as a range of the page. @param {number} start @param {number} end */
  range(start, end) {
    const at = (/** @type {number} */ position) => {
      let low = 0;
      let high = this.starts.length;
      while (low < high) {
        const middle = (low + high) >> 1;
        if (this.starts[middle] <= position) low = middle + 1;
        else high = middle;
      }
      return low - 1;
    };
    const range = document.createRange();
    const [first, last] = [at(start), at(end - 1)];
    const put = (/** @type {number} */ k, /** @type {number} */ position) =>
      Math.max(0, Math.min(position - this.starts[k], this.nodes[k].data.length));
    range.setStart(this.nodes[first], put(first, start));
    range.setEnd(this.nodes[last], put(last, end));
    return range;
  }

  /** A span of words with the punctuation that touches it. @param {number} first @param {number} last @returns {[number, number]} */
  span(first, last) {
    let { start } = this.tokens[first];
    let { end } = this.tokens[last];
    while (start > 0 && PUNCTUATION.test(this.text[start - 1])) start--;
    while (end < this.text.length && PUNCTUATION.test(this.text[end])) end++;
    return [start, end];
  }
}

/**
 * Which word of the page each word of the article is: -1 when it is none.
 * @param {string[]} said @param {string[]} shown
 */
export function match(said, shown) {
  const map = new Int32Array(said.length).fill(-1);
  solve(said, shown, map, 0, said.length, 0, shown.length, LANDMARK);
  return map;
}

/**
 * Equal ends first; what is left, when it is small, by its longest common subsequence, else cut at
 * landmarks: runs of words that occur once on both sides, in the longest order that both share.
 * @param {string[]} said @param {string[]} shown @param {Int32Array} map
 * @param {number} i @param {number} iEnd @param {number} j @param {number} jEnd @param {number} k words of a landmark
 */
function solve(said, shown, map, i, iEnd, j, jEnd, k) {
  for (;;) {
    while (i < iEnd && j < jEnd && said[i] === shown[j]) map[i++] = j++;
    while (i < iEnd && j < jEnd && said[iEnd - 1] === shown[jEnd - 1]) map[--iEnd] = --jEnd;
    const [n, m] = [iEnd - i, jEnd - j];
    if (!n || !m) return;
    if (n * m <= CELLS) return table(said, shown, map, i, iEnd, j, jEnd);
    const marks = landmarks(said, shown, i, iEnd, j, jEnd, k);
    if (marks.length) {
      for (const [a, b] of marks) {
        if (a < i || b < j) continue;
        solve(said, shown, map, i, a, j, b, k);
        [i, j] = [a, b];
        while (i < iEnd && j < jEnd && said[i] === shown[j]) map[i++] = j++;
      }
    } else if (k > 1) {
      k--;
    } else {
      // Nothing but repetition: as much as a table holds, then on from the last word that was found.
      const side = Math.floor(Math.sqrt(CELLS));
      const [iCut, jCut] = [Math.min(iEnd, i + side), Math.min(jEnd, j + side)];
      table(said, shown, map, i, iCut, j, jCut);
      let last = iCut;
      while (last > i && map[last - 1] < 0) last--;
      if (last === i) [i, j] = n > m ? [iCut, j] : [i, jCut];
      else [i, j] = [last, map[last - 1] + 1];
    }
  }
}

/**
 * The longest common subsequence of two stretches.
 * @param {string[]} said @param {string[]} shown @param {Int32Array} map
 * @param {number} i @param {number} iEnd @param {number} j @param {number} jEnd
 */
function table(said, shown, map, i, iEnd, j, jEnd) {
  const [n, m] = [iEnd - i, jEnd - j];
  const width = m + 1;
  const best = new Uint16Array((n + 1) * width);
  for (let a = n - 1; a >= 0; a--) {
    for (let b = m - 1; b >= 0; b--) {
      const at = a * width + b;
      best[at] = said[i + a] === shown[j + b] ? best[at + width + 1] + 1 : Math.max(best[at + width], best[at + 1]);
    }
  }
  for (let a = 0, b = 0; a < n && b < m; ) {
    const at = a * width + b;
    if (said[i + a] === shown[j + b]) map[i + a++] = j + b++;
    else if (best[at + width] >= best[at + 1]) a++;
    else b++;
  }
}

/**
 * Runs of `k` words that occur once on both sides, in the longest order that both share.
 * @param {string[]} said @param {string[]} shown
 * @param {number} i @param {number} iEnd @param {number} j @param {number} jEnd @param {number} k
 */
function landmarks(said, shown, i, iEnd, j, jEnd, k) {
  const once = (/** @type {string[]} */ words, /** @type {number} */ at, /** @type {number} */ end) => {
    /** @type {Map<string, number>} */
    const places = new Map();
    for (; at + k <= end; at++) {
      const run = k > 1 ? words.slice(at, at + k).join(' ') : words[at];
      places.set(run, places.has(run) ? -1 : at);
    }
    return places;
  };
  const there = once(shown, j, jEnd);
  /** @type {[number, number][]} */
  const pairs = [];
  for (const [run, a] of once(said, i, iEnd)) {
    const b = there.get(run) ?? -1;
    if (a >= 0 && b >= 0) pairs.push([a, b]);
  }
  // The longest rising sequence by piles (patience sorting); `pairs` rises on the first side already.
  /** @type {number[]} */
  const piles = [];
  /** @type {number[]} */
  const before = [];
  pairs.forEach(([, b], p) => {
    let low = 0;
    let high = piles.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (pairs[piles[middle]][1] < b) low = middle + 1;
      else high = middle;
    }
    before[p] = low ? piles[low - 1] : -1;
    piles[low] = p;
  });
  const chain = [];
  for (let p = piles[piles.length - 1] ?? -1; p >= 0; p = before[p]) chain.push(pairs[p]);
  return chain.reverse();
}

/** The sentences of an article in a page. */
export class Alignment {
  /** @param {Page} page @param {string[]} sentences */
  constructor(page, sentences) {
    this.page = page;
    /** @type {Token[][]} */
    this.said = sentences.map(tokens);
    /** @type {number[]} */
    this.first = [];
    const words = [];
    for (const sentence of this.said) {
      this.first.push(words.length);
      for (const token of sentence) words.push(token.word);
    }
    this.map = match(words, page.tokens.map((token) => token.word));
    this.taken = new Uint8Array(page.tokens.length);
    for (const j of this.map) if (j >= 0) this.taken[j] = 1;
    /** @type {[number, number][][]} For each sentence the spans of the page's text that show it. */
    this.spans = sentences.map((_, i) => this.#runs(i).map(([a, b]) => page.span(a, b)));
  }

  /**
   * The stretches of the page's words that are sentence `i`: broken where foreign words stand between
   * (an advertisement), or another block begins; grown over words that were changed.
   * @param {number} i
   * @returns {[number, number][]}
   */
  #runs(i) {
    const { page, map, taken } = this;
    const from = this.first[i];
    const to = from + this.said[i].length;
    const hits = map.subarray(from, to).reduce((sum, j) => sum + (j >= 0 ? 1 : 0), 0);
    if (!hits || hits < (to - from) * FOUND) return [];
    /** @type {[number, number][]} */
    const runs = [];
    let missed = 0;
    for (let a = from; a < to; a++) {
      const j = map[a];
      if (j < 0) {
        missed++;
        continue;
      }
      const run = runs[runs.length - 1];
      if (!run) {
        let start = j;
        for (; missed > 0 && start > 0 && !taken[start - 1] && !page.breaks(start - 1); missed--) start--;
        runs.push([start, j]);
      } else {
        let foreign = j - run[1] - 1 > missed + 2;
        for (let b = run[1]; b < j && !foreign; b++) foreign = page.breaks(b);
        if (foreign) runs.push([j, j]);
        else run[1] = j;
      }
      missed = 0;
    }
    const run = runs[runs.length - 1];
    while (missed-- > 0 && run[1] + 1 < taken.length && !taken[run[1] + 1] && !page.breaks(run[1])) run[1]++;
    return runs;
  }

  /** The ranges of the page that show sentence `i`. @param {number} i */
  ranges(i) {
    return (this.spans[i] ?? []).map(([start, end]) => this.page.range(start, end));
  }

  /**
   * The ranges that show a span of sentence `i`: a word.
   * @param {number} i @param {number} offset @param {number} length
   */
  word(i, offset, length) {
    if (!this.spans[i]?.length) return [];
    /** @type {Range[]} */
    const ranges = [];
    this.said[i].forEach(({ start, end }, k) => {
      const j = start < offset + length && end > offset ? this.map[this.first[i] + k] : -1;
      if (j >= 0) ranges.push(this.page.range(this.page.tokens[j].start, this.page.tokens[j].end));
    });
    return ranges;
  }

  /** The sentence that is shown at a place of the page, or -1. @param {Node|null|undefined} node @param {number} offset */
  at(node, offset) {
    const position = this.page.position(node, offset);
    if (position < 0) return -1;
    return this.spans.findIndex((spans) => spans.some(([start, end]) => start <= position && position <= end));
  }
}
