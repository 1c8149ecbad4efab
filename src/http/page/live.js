// @ts-check
/**
 * Keeps the list of articles as the service has it. What is being made tells of itself by its events;
 * now and then the page is read again, for new articles and for what tells no events. What plays is left
 * alone: only the lines that say how far an article is are put in place of the old ones, and new
 * articles come in at the top.
 */
const OFTEN = 2000;
const SELDOM = 15000;

/** Articles whose events are heard at once: a browser has six connections to a service, and players need some. */
const STREAMS_MAX = 2;

/** @type {Map<string, EventSource>} By article. */
const streams = new Map();

/** Articles whose events do not come through here. */
const deaf = new Set();

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
const making = () => cards('[data-state=queued], [data-state=rendering]');

/** Counts the sentences of an article as they are made. @param {HTMLElement} card */
function follow(card) {
  const { id = '' } = card.dataset;
  const source = new EventSource(`v1/articles/${id}/events`);
  const made = new Set();
  streams.set(id, source);
  const over = () => {
    source.close();
    streams.delete(id);
    void look();
  };
  source.addEventListener('clip', ({ data }) => {
    made.add(JSON.parse(data).i);
    const [bar, words] = [card.querySelector('progress'), card.querySelector('.making span')];
    if (!bar || !words) return;
    bar.value = made.size;
    words.textContent = `${made.size} of ${bar.max} sentences`;
  });
  source.addEventListener('state', ({ data }) => JSON.parse(data).state === 'failed' && over());
  for (const end of ['ready', 'changed']) source.addEventListener(end, over);
  source.onerror = () => {
    if (source.readyState !== EventSource.CLOSED) return;
    deaf.add(id);
    over();
  };
}

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

/** Reads the list again, and listens to what is being made. */
async function look() {
  const page = await read();
  if (page) adopt(page);
  for (const card of making()) {
    const { id = '' } = card.dataset;
    if (streams.size < STREAMS_MAX && !streams.has(id) && !deaf.has(id)) follow(card);
  }
}

/** Looks now and then, oftener while something is being made that is not heard of, and not at all in a hidden tab. */
export async function live() {
  // An older page of the list does not change.
  if (!list || location.search) return;
  await look();
  for (;;) {
    const unheard = making().some(({ dataset }) => !streams.has(dataset.id ?? ''));
    await new Promise((done) => setTimeout(done, unheard ? OFTEN : SELDOM));
    if (!document.hidden) await look();
  }
}
