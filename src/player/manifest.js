// @ts-check
import { patience } from './basics.js';
import { HOME } from './parts.js';

/** @typedef {import('./types.js').Sentence} Sentence */

/** How often an answer that says "later" is believed. */
const TRIES = 8;

/** Parameters that tell where a reader came from, and nothing about the page. */
const TRACKING = /^(utm_|(fb|g|ms|mc_)[ce]?(cl)?id$)/;

/** Why there is no manifest: the `code` of the event `listen-error`. */
export class Missing extends Error {
  /** @param {'not_found'|'gone'|'unavailable'|'network'} code */
  constructor(code) {
    super(code);
    this.code = code;
  }
}

/**
 * Where the manifest of an element's article is: as the page says, or as the service knows the page.
 * @param {HTMLElement} element
 * @returns {Promise<string>}
 */
export async function locate(element) {
  const src = element.getAttribute('src');
  if (src) return new URL(src, document.baseURI).href;
  const id = element.getAttribute('article');
  if (id) return `${HOME}v1/articles/${encodeURIComponent(id)}`;
  const page = element.getAttribute('url') ?? pageAddress();
  const found = await json(`${HOME}v1/articles?url=${encodeURIComponent(page)}`);
  if (!found.articles?.length) throw new Missing('not_found');
  return `${HOME}v1/articles/${found.articles[0].id}`;
}

/** The address of this page without what changes from visit to visit. */
function pageAddress() {
  const canonical = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel=canonical]'));
  if (canonical && new URL(canonical.href).host === location.host) return canonical.href;
  const page = new URL(location.href);
  page.hash = '';
  for (const name of [...page.searchParams.keys()]) if (TRACKING.test(name)) page.searchParams.delete(name);
  return page.href;
}

/**
 * Reads JSON, and waits where the service asks for patience.
 * @param {string} address
 * @returns {Promise<any>}
 */
export async function json(address) {
  for (let tries = 1; ; tries++) {
    const answer = await fetch(address).catch(() => null);
    if (!answer) throw new Missing('network');
    if (answer.status === 200) return answer.json();
    if (answer.status === 404) throw new Missing('not_found');
    if (answer.status === 410) throw new Missing('gone');
    if (![202, 429, 503].includes(answer.status) || tries === TRIES) throw new Missing('unavailable');
    await new Promise((done) => setTimeout(done, patience(answer) * 1000));
  }
}

/**
 * Which sentence of a new revision says what sentence `i` of the old one said: the nearest one with
 * the same words, else the one that follows the nearest sentence before it that is still there.
 * @param {Sentence[]} old
 * @param {number} i
 * @param {Sentence[]} now
 * @returns {{i: number, same: boolean}}
 */
export function successor(old, i, now) {
  /** @param {number} k */
  const find = (k) => {
    let best = -1;
    now.forEach((sentence, j) => {
      if (sentence.text === old[k]?.text && (best < 0 || Math.abs(j - k) < Math.abs(best - k))) best = j;
    });
    return best;
  };
  const same = find(i);
  if (same >= 0) return { i: same, same: true };
  for (let k = i - 1; k >= 0; k--) {
    const before = find(k);
    if (before >= 0) return { i: Math.min(before + 1, now.length - 1), same: false };
  }
  return { i: 0, same: false };
}
