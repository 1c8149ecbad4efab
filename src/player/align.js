// @ts-check
/**
 * Finds the sentences of an article in the text of a page: one alignment of all words in order, so
 * that changed, missing and foreign words cost only themselves. It reads the page and gives positions.
 */
import { match } from './match.js';

/** What is no text of the article, whatever it says. */
const SKIPPED =
  'script,style,noscript,template,iframe,svg,math,rt,rp,nav,aside,figcaption,form,button,select,textarea,' +
  'listen-player,[hidden],[aria-hidden=true],[data-listen-skip]';

const BLOCKS =
  /^(ADDRESS|ARTICLE|BLOCKQUOTE|[BH]R|D[DT]|DIV|FIGURE|FOOTER|H[1-6]|HEADER|LI|MAIN|P|PRE|SECTION|T[DH])$/;

/** Stands where a block begins or ends: no page's text has it. */
const EDGE = '\0';

/** Letters that are written inside words and not seen. */
const UNSEEN = '\\u00AD\\u200B-\\u200D\\u2060';

/** A word: one character of the scripts that put no spaces, else a run of letters, digits and marks. */
const SPACELESS = '[\\p{sc=Han}\\p{sc=Hiragana}\\p{sc=Katakana}\\p{sc=Thai}]';
const WORD = new RegExp(`${SPACELESS}|(?:(?!${SPACELESS})[\\p{L}\\p{N}\\p{M}${UNSEEN}])+`, 'gu');
const NO_LETTER = new RegExp(`[${UNSEEN}\\p{M}]`, 'gu');

const PUNCTUATION = /[\p{P}\p{S}]/u;

/** Least share of a sentence's words that must be found for it to be in the page. */
const FOUND = 0.4;

/**
 * Words, and where each begins and ends in its text, in UTF-16 code units.
 * @param {string} text
 * @returns {[word: string, start: number, end: number][]}
 */
function tokens(text) {
  return [...text.matchAll(WORD)]
    .map(/** @returns {[string, number, number]} */ ({ 0: word, index }) => [
      word.normalize('NFKD').replace(NO_LETTER, '').toLowerCase(), index, index + word.length,
    ])
    .filter(([word]) => word);
}

/** The text under an element as one string, and its nodes with where each begins in the whole. @param {Node} root */
function textOf(root) {
  /** @type {Text[]} */
  const nodes = [];
  /** @type {number[]} */
  const starts = [];
  let text = '';
  read(root);
  return { nodes, starts, text };

  /** @param {Node} parent */
  function read(parent) {
    const edge = BLOCKS.test(parent.nodeName) ? EDGE : '';
    text += edge;
    for (const node of parent.childNodes) {
      if (node instanceof Text) {
        nodes.push(node);
        starts.push(text.length);
        text += node.data;
      } else if (node instanceof Element && !node.matches(SKIPPED)) read(node);
    }
    text += edge;
  }
}

/** The sentences of an article in a page. @param {Node} root @param {string[]} sentences */
export function align(root, sentences) {
  const { nodes, starts, text } = textOf(root);
  const page = tokens(text);
  const said = sentences.map(tokens);
  /** The article's words, and where each sentence begins among them. */
  const words = said.flat().map(([word]) => word);
  let count = 0;
  const first = said.map(({ length }) => (count += length) - length);
  /** Which word of the page each word of the article is, or -1; and which ones of the page are any. */
  const map = match(words, page.map(([word]) => word));
  const taken = new Set(map);
  /** Whether the word after word `i` of the page stands in another block. @param {number} i */
  const breaks = (i) => text.slice(page[i][2], page[i + 1][1]).includes(EDGE);

  /**
   * The stretches of the page's words that are sentence `i`: broken where foreign words stand between
   * (an advertisement), or another block begins; grown over words that were changed.
   * @param {number} i
   * @returns {[number, number][]}
   */
  function runs(i) {
    const own = map.subarray(first[i], first[i] + said[i].length);
    const hits = own.filter((j) => j >= 0).length;
    if (!hits || hits < own.length * FOUND) return [];
    /** @type {[number, number][]} */
    const found = [];
    const free = (/** @type {number} */ j) => j >= 0 && j < page.length && !taken.has(j);
    let missed = 0;
    for (const j of own) {
      if (j < 0) {
        missed++;
        continue;
      }
      const run = found.at(-1);
      if (run) {
        let foreign = j - run[1] - 1 > missed + 2;
        for (let b = run[1]; b < j && !foreign; b++) foreign = breaks(b);
        if (foreign) found.push([j, j]);
        else run[1] = j;
      } else {
        let start = j;
        while (missed-- > 0 && free(start - 1) && !breaks(start - 1)) start--;
        found.push([start, j]);
      }
      missed = 0;
    }
    const run = /** @type {[number, number]} */ (found.at(-1));
    while (missed-- > 0 && free(run[1] + 1) && !breaks(run[1])) run[1]++;
    return found;
  }

  /** A span of words with the punctuation that touches it. @param {[number, number]} run */
  function span([from, to]) {
    let start = page[from][1];
    let end = page[to][2];
    while (PUNCTUATION.test(text[start - 1] ?? '')) start--;
    while (PUNCTUATION.test(text[end] ?? '')) end++;
    return [start, end];
  }

  /** For each sentence the spans of the page's text that show it. */
  const spans = sentences.map((_, i) => runs(i).map(span));

  /** A span of the text as a range of the page. @param {number[]} span */
  function range([start, end]) {
    const range = document.createRange();
    /** @param {'setStart'|'setEnd'} edge @param {number} of a character of the text @param {number} after */
    const put = (edge, of, after) => {
      const k = starts.findLastIndex((start) => start <= of);
      range[edge](nodes[k], Math.min(of + after - starts[k], nodes[k].data.length));
    };
    put('setStart', start, 0);
    put('setEnd', end - 1, 1);
    return range;
  }

  return {
    /** How many sentences are in the page. */
    found: spans.filter(({ length }) => length).length,

    /** The ranges of the page that show sentence `i`. @param {number} i */
    ranges: (i) => (spans[i] ?? []).map(range),

    /**
     * The ranges that show a span of sentence `i`: a word.
     * @param {number} i @param {number} offset @param {number} length
     */
    word(i, offset, length) {
      if (!spans[i]?.length) return [];
      /** @type {[number, number][]} */
      const found = [];
      said[i].forEach(([, start, end], k) => {
        const j = map[first[i] + k];
        if (j < 0 || start >= offset + length || end <= offset) return;
        const run = found.at(-1);
        if (run?.[1] === j - 1) run[1] = j;
        else found.push([j, j]);
      });
      return found.map(([a, b]) => range([page[a][1], page[b][2]]));
    },

    /** The sentence that is shown where a pointer is, or -1. @param {MouseEvent} event */
    at: ({ clientX: x, clientY: y, target }) =>
      spans.findIndex((spans) =>
        spans.map(range).some(
          (range) =>
            range.intersectsNode(/** @type {Node} */ (target)) &&
            [...range.getClientRects()].some(({ left, right, top, bottom }) => left <= x && x <= right && top <= y && y <= bottom),
        ),
      ),
  };
}
