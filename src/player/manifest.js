// @ts-check
import { patience } from './basics.js';
import { HOME } from './part.js';

/** How often an answer that says "later" is believed. */
const TRIES = 8;

/** @type {Record<number, string>} */
const CODES = { 404: 'not_found', 410: 'gone' };

/** There is no manifest. The message is the `code` of the event `listen-error`. */
export class Missing extends Error {}

/**
 * Where the manifest of an element's article is: as the page says, or as the service knows the page.
 * @param {HTMLElement} element
 * @returns {Promise<string>}
 */
export async function locate(element) {
  const articles = HOME + 'v1/articles';
  const src = element.getAttribute('src');
  if (src) return new URL(src, document.baseURI).href;
  let id = element.getAttribute('article');
  if (!id) {
    const page = element.getAttribute('url') ?? pageAddress();
    id = (await json(`${articles}?url=${encodeURIComponent(page)}`)).articles?.[0]?.id;
    if (!id) throw new Missing('not_found');
  }
  return `${articles}/${id}`;
}

/** The address of this page. The service leaves out of it what changes from visit to visit. */
function pageAddress() {
  const canonical = /** @type {HTMLLinkElement|null} */ (document.querySelector('link[rel=canonical]'));
  const own = location.href.split('#')[0];
  return canonical && new URL(canonical.href).host === location.host ? canonical.href : own;
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
    const { status } = answer;
    if (status === 200) return answer.json();
    const pause = patience(answer);
    if (!pause || tries === TRIES) throw new Missing(CODES[status] ?? 'unavailable');
    await new Promise((done) => setTimeout(done, pause));
  }
}
