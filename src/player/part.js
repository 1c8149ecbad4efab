// @ts-check
/** What is fetched before somebody plays: the other half of the player. */

/**
 * When the service serves this file it puts the lasting address of the other half, and the digest of
 * its bytes, in the place of this name.
 */
const [PATH, INTEGRITY] = './desk.js'.split(' ');

/** Where the service is: one step up from the folder of lasting addresses. */
export const HOME = new URL(import.meta.url.includes('/p/') ? '..' : '.', import.meta.url).href;

/** @type {Promise<typeof import('./desk.js')>|undefined} */
let fetched;

/**
 * The other half. What is not what it was built with is never run; what did not arrive is asked for
 * again at the next call.
 */
export function part() {
  const address = new URL(PATH, HOME).href;
  fetched ??= verified(address).then(
    () => import(address),
  );
  fetched.catch(() => (fetched = undefined));
  return fetched;
}

/**
 * Puts a module into the page's module map if its bytes have the digest. `import()` knows no digest
 * of its own; it takes what is in the map.
 * @param {string} address
 */
function verified(address) {
  const link = document.createElement('link');
  return new Promise((done, fail) => {
    if (!INTEGRITY || !link.relList.supports('modulepreload')) return done(0);
    link.rel = 'modulepreload';
    link.crossOrigin = 'anonymous';
    link.integrity = INTEGRITY;
    link.nonce = document.querySelector('script')?.nonce ?? '';
    link.onload = done;
    link.onerror = fail;
    link.href = address;
    document.head.append(link);
  }).finally(() => link.remove());
}
