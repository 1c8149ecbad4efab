// @ts-check
/**
 * The text of an article under its player, so that the sentence that is read can be seen in it. It is
 * fetched when somebody wants to see it.
 */
const ELEMENTS = { title: 'h4', dek: 'p', heading: 'h4', paragraph: 'p', quote: 'blockquote', list_item: 'p' };

/**
 * Sentences as blocks of text.
 * @param {{block: number, kind: keyof typeof ELEMENTS, text: string}[]} sentences
 */
export function blocks(sentences) {
  const text = document.createDocumentFragment();
  /** @type {HTMLElement|undefined} */
  let element;
  let block = -1;
  for (const sentence of sentences) {
    if (!element || sentence.block !== block) {
      element = document.createElement(ELEMENTS[sentence.kind] ?? 'p');
      block = sentence.block;
      text.append(element);
    } else {
      element.append(' ');
    }
    element.append(sentence.text);
  }
  return text;
}

/** @param {HTMLElement} card */
function furnish(card) {
  const id = card.dataset.id ?? '';
  const player = card.querySelector('listen-player');
  const heading = card.querySelector('h3');
  if (!player || !heading || card.querySelector('details')) return;
  const details = document.createElement('details');
  const summary = document.createElement('summary');
  summary.textContent = 'Read along';
  const text = document.createElement('div');
  text.id = `text-${id}`;
  text.className = 'text';
  text.lang = heading.lang;
  text.dir = heading.dir;
  details.append(summary, text);
  details.addEventListener('toggle', async () => {
    if (!details.open || text.childNodes.length) return;
    const answer = await fetch(`v1/articles/${id}`).catch(() => null);
    if (!answer?.ok) {
      text.textContent = 'The text cannot be had now.';
      return;
    }
    text.append(blocks((await answer.json()).sentences));
    void /** @type {any} */ (player).anchor?.();
  });
  player.after(details);
}

/** Gives every article its text, those that come later too. */
export function texts() {
  const list = document.getElementById('list');
  if (!list || !customElements.get('listen-player')) return;
  const all = () => /** @type {NodeListOf<HTMLElement>} */ (list.querySelectorAll('li')).forEach(furnish);
  all();
  new MutationObserver(all).observe(list, { childList: true });
}
