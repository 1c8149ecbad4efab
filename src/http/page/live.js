// @ts-check
/**
 * Keeps the list of articles as the service has it while something is being made. What plays is left
 * alone: only the lines that say how far an article is are put in place of the old ones, and new
 * articles come in at the top.
 */
const OFTEN = 1000;
const SELDOM = 15000;

/** @returns {Promise<Document|null>} */
function read() {
  return new Promise((done) => {
    const question = new XMLHttpRequest();
    question.open('GET', location.href);
    question.responseType = 'document';
    question.onloadend = () => done(question.status === 200 ? question.responseXML : null);
    question.send();
  });
}

const list = document.getElementById('list');
/** @param {string} selector */
const cards = (selector) => /** @type {HTMLElement[]} */ ([...(list?.querySelectorAll(selector) ?? [])]);
const isMaking = () => cards('[data-state=queued], [data-state=rendering]').length > 0;

/** @param {Document} page */
function adopt(page) {
  const fresh = /** @type {HTMLElement[]} */ ([...page.querySelectorAll('#list > li')]);
  for (const card of fresh.reverse()) {
    const old = cards(`[data-id="${CSS.escape(card.dataset.id ?? '')}"]`)[0];
    if (!old) {
      list?.prepend(document.adoptNode(card));
      document.getElementById('nothing')?.remove();
      continue;
    }
    /** @param {string} part */
    const same = (part) => {
      const [before, now] = [old.querySelector(part), card.querySelector(part)];
      return before && now ? before.isEqualNode(now) : before === now;
    };
    if (['.facts', '.making', 'h3'].every(same)) continue;
    old.dataset.state = card.dataset.state;
    old.querySelector('.making')?.remove();
    for (const part of ['h3', '.facts']) {
      const now = card.querySelector(part);
      if (now) old.querySelector(part)?.replaceWith(document.adoptNode(now));
    }
    const making = card.querySelector('.making');
    if (making) old.querySelector('.facts')?.after(document.adoptNode(making));
  }
}

/** Looks now and then, often while something is being made, and not at all in a hidden tab. */
export async function live() {
  // An older page of the list does not change.
  if (!list || location.search) return;
  for (;;) {
    await new Promise((done) => setTimeout(done, isMaking() ? OFTEN : SELDOM));
    if (document.hidden) continue;
    const page = await read();
    if (page) adopt(page);
  }
}
