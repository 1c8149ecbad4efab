// @ts-check
/**
 * Puts the figures in the place of the page that asks for a key: the same page, asked for with one.
 */
import { ask, hasKey, headers } from './key.js';

/** @returns {Promise<{status: number, page: Document|null}>} */
function read() {
  return new Promise((done) => {
    const question = new XMLHttpRequest();
    question.open('GET', location.href);
    question.responseType = 'document';
    for (const [name, value] of Object.entries(headers())) question.setRequestHeader(name, value);
    question.onloadend = () => done({ status: question.status, page: question.responseXML });
    question.send();
  });
}

async function unlock() {
  let why = 'Figures are for publishers.';
  for (;;) {
    if (!hasKey() && !(await ask(why))) return;
    const { status, page } = await read();
    const main = page?.querySelector('main');
    if (status === 200 && main) {
      document.querySelector('main')?.replaceWith(document.adoptNode(main));
      document.title = page?.title ?? document.title;
      return;
    }
    why = status === 401 ? 'That key is not known, or it has been revoked.' : `The service answered ${status}.`;
    if (!(await ask(why))) return;
  }
}

const button = document.getElementById('unlock');
if (button) {
  button.hidden = false;
  button.addEventListener('click', () => void unlock());
  if (hasKey()) void unlock();
}
