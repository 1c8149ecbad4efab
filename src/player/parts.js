// @ts-check
/**
 * The parts that are fetched when they are first needed. When the service serves this file it puts
 * each part's lasting address and the digest of its bytes in the place of the names below.
 */
const PARTS = {
  sound: './sound.js',
  text: './text.js',
  menu: './menu.js',
  session: './session.js',
};

/** Where the service is: one step up from the folder of lasting addresses. */
export const HOME = new URL(import.meta.url.includes('/p/listen-player.') ? '..' : '.', import.meta.url).href;

/** @type {Map<string, Promise<any>>} */
const fetched = new Map();

/**
 * A part of the player. What is not what it was built with is never run; what did not arrive is asked
 * for again at the next call.
 * @param {keyof typeof PARTS} name
 * @returns {Promise<any>}
 */
export function part(name) {
  let promise = fetched.get(name);
  if (!promise) {
    const [path, integrity] = PARTS[name].split(' ');
    const address = new URL(path, HOME).href;
    promise = verified(address, integrity).then(() => import(address));
    promise.catch(() => fetched.delete(name));
    fetched.set(name, promise);
  }
  return promise;
}

/**
 * Puts a module into the page's module map if its bytes have this digest. `import()` knows no digest
 * of its own; it takes what is in the map.
 * @param {string} address
 * @param {string} [integrity]
 * @returns {Promise<unknown>}
 */
function verified(address, integrity) {
  const link = document.createElement('link');
  if (!integrity || !link.relList.supports('modulepreload')) return Promise.resolve();
  return new Promise((done, fail) => {
    link.rel = 'modulepreload';
    link.crossOrigin = 'anonymous';
    link.integrity = integrity;
    link.nonce = document.querySelector('script')?.nonce ?? '';
    link.onload = done;
    link.onerror = () => fail(new Error(`${address} is not what it should be, or did not arrive`));
    link.href = address;
    document.head.append(link);
  }).finally(() => link.remove());
}
