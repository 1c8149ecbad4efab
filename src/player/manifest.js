// @ts-check
import { patience } from './basics.js';
import { HOME } from './part.js';

/** How often an answer that says "later" is believed. */
const TRIES = 8;

/** Parameters that tell where a reader came from, and nothing about the page. */
const TRACKING = /^utm_|clid$|^mc_.id$/;

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
    const { status } = answer;
    if (status === 200) return answer.json();
    if (![202, 429, 503].includes(status) || tries === TRIES) {
      throw new Missing(status === 404 ? 'not_found' : status === 410 ? 'gone' : 'unavailable');
    }
    await new Promise((done) => setTimeout(done, patience(answer) * 1000));
  }
}
