// @ts-check
/**
 * The publisher's key: asked for when the service wants one, kept in this tab until it is closed.
 */
const NAME = 'listen-key';

/** The key of this tab. A browser may forbid the storage; then it is asked for each time. */
let known = '';
try {
  known = sessionStorage.getItem(NAME) ?? '';
} catch {
  // It stays in this page.
}

/** @param {string} key */
function keep(key) {
  known = key;
  try {
    if (key) sessionStorage.setItem(NAME, key);
    else sessionStorage.removeItem(NAME);
  } catch {
    // It stays in this page.
  }
}

/** What tells the service that its own page asks, and who. */
export function headers() {
  /** @type {Record<string, string>} */
  const headers = { 'X-Listen': '1' };
  if (known) headers.Authorization = `Bearer ${known}`;
  return headers;
}

/** Whether there is a key to show. */
export const hasKey = () => known !== '';

/**
 * Asks for a key. Whether one was given.
 * @param {string} why
 * @returns {Promise<boolean>}
 */
export function ask(why) {
  const dialog = /** @type {HTMLDialogElement} */ (document.getElementById('key'));
  const field = /** @type {HTMLInputElement} */ (document.getElementById('key-value'));
  const cancel = /** @type {HTMLButtonElement} */ (document.getElementById('key-cancel'));
  /** @type {HTMLElement} */ (document.getElementById('key-why')).textContent = why;
  field.value = '';
  dialog.returnValue = '';
  dialog.showModal();
  return new Promise((done) => {
    const form = /** @type {HTMLFormElement} */ (dialog.querySelector('form'));
    form.onsubmit = (event) => {
      event.preventDefault();
      keep(field.value.trim());
      dialog.close('key');
    };
    cancel.onclick = () => dialog.close();
    dialog.onclose = () => {
      field.value = '';
      done(dialog.returnValue === 'key');
    };
  });
}

/** What went wrong, in the service's own words. */
export class Refused extends Error {}

/**
 * Sends a publisher's request; asks for a key when one is needed.
 * @param {string} method
 * @param {string} path
 * @param {object} [body]
 * @returns {Promise<any>} what was answered
 */
export async function request(method, path, body) {
  for (;;) {
    const sent = headers();
    if (body) sent['Content-Type'] = 'application/json';
    const answer = await fetch(path, { method, headers: sent, body: body && JSON.stringify(body) }).catch(() => null);
    if (!answer) throw new Refused('The service does not answer.');
    if (answer.ok) return answer.status === 204 ? null : answer.json();
    const message = await reason(answer);
    if (answer.status !== 401) throw new Refused(message);
    const why = known ? 'That key is not known, or it has been revoked.' : 'This is for publishers.';
    keep('');
    if (!(await ask(why))) throw new Refused('Nothing was sent: it needs a key.');
  }
}

/** @param {Response} answer */
async function reason(answer) {
  const said = await answer.json().catch(() => null);
  return said?.error?.message ?? `The service answered ${answer.status}.`;
}
