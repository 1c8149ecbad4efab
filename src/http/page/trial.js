// @ts-check
/**
 * A text to try: what a voice is given, and how it sounds. It is published as a trial, which no list
 * and no feed shows.
 */
import { Refused, request } from './key.js';
import { blocks } from './text.js';

/** @param {string} id */
const at = (id) => /** @type {any} */ (document.getElementById(id));

/** The article of this tab's trials. */
const ID = `trial-${[...crypto.getRandomValues(new Uint8Array(6))].map((b) => b.toString(16).padStart(2, '0')).join('')}`;

/** What a text is: a page, Markdown, or neither. */
function submission() {
  const text = at('trial-text').value;
  const voice = at('trial-voice').value;
  const kind = /^\s*</.test(text) ? 'html' : /^(#{1,6} |[*-] |> )/m.test(text) ? 'markdown' : 'text';
  return { [kind]: text, ...(voice && { voice }) };
}

/**
 * @param {string} name
 * @param {Record<string, string>} [attributes]
 * @param {(Node|string)[]} children
 */
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) made.setAttribute(key, value);
  made.append(...children);
  return made;
}

/**
 * What a voice is given, with the words marked that are others than on the page.
 * @param {{source: string, spoken: string, map: [number, number, number, number][]}} utterance
 */
function said({ source, spoken, map }) {
  const line = element('span', { class: 'spoken' });
  // The map counts bytes of UTF-8.
  const [from, to] = [source, spoken].map((text) => new TextEncoder().encode(text));
  const text = (/** @type {Uint8Array} */ bytes, /** @type {number[]} */ [start, end]) =>
    new TextDecoder().decode(bytes.subarray(start, end));
  let at = 0;
  for (const [start, end, there, thence] of map) {
    const words = text(to, [start, end]);
    line.append(text(to, [at, start]), words === text(from, [there, thence]) ? words : element('mark', {}, words));
    at = end;
  }
  line.append(text(to, [at, to.length]));
  return line;
}

/** What is read, and in which words it is said where they are others. @param {any} script */
function lines(script) {
  const list = element('ol', { class: 'lines', lang: script.lang, dir: 'auto' });
  for (const utterance of script.utterances) {
    const line = element('li', {}, element('span', { class: 'source' }, utterance.source));
    if (utterance.spoken !== utterance.source) line.append(said(utterance));
    list.append(line);
  }
  return list;
}

/** @param {{kind: string, reason: string, text: string}[]} notes */
function remarks(notes) {
  const list = element('ul', { class: 'remarks' });
  for (const { kind, reason, text } of notes) {
    list.append(element('li', {}, element('strong', {}, `${kind}: ${reason}`), ' ', element('q', { dir: 'auto' }, text)));
  }
  const name = `${notes.length} ${notes.length === 1 ? 'note' : 'notes'} on what was dropped, repaired and rewritten`;
  return element('details', {}, element('summary', {}, name), list);
}

async function preview() {
  const script = await request('POST', 'v1/preview', submission());
  at('trial-said').textContent = `${script.label} · ${script.words} words · ${script.lang}`;
  at('trial-script').replaceChildren(lines(script), ...(script.notes.length ? [remarks(script.notes)] : []));
}

async function listen() {
  const manifest = await request('PUT', `v1/articles/${ID}`, { ...submission(), trial: true });
  at('trial-said').textContent = `${manifest.label} · ${manifest.words} words · voice ${manifest.voice}`;
  const text = element('div', { id: 'trial-shown', class: 'text', lang: manifest.lang, dir: 'auto' });
  text.append(blocks(manifest.sentences));
  at('trial-script').replaceChildren(text);
  const address = `v1/articles/${ID}`;
  const audio = element('audio', { controls: '', preload: 'none', src: `${address}/audio.mp3` });
  const player = element('listen-player', {
    src: `${address}?rev=${manifest.revision}`,
    label: manifest.label,
    lang: manifest.lang,
    for: '#trial-shown',
    'click-to-seek': '',
    'no-resume': '',
    'no-analytics': '',
    'no-mini': '',
  }, audio);
  at('trial-player').replaceChildren(player);
  await (/** @type {any} */ (customElements.get('listen-player') ? player : audio)).play();
}

/** Makes the form work. */
export function trial() {
  const form = at('trial-form');
  if (!form) return;
  form.addEventListener('submit', async (/** @type {SubmitEvent} */ event) => {
    event.preventDefault();
    const wish = /** @type {HTMLButtonElement|null} */ (event.submitter)?.value;
    form.ariaBusy = 'true';
    at('trial-said').textContent = '';
    try {
      await (wish === 'preview' ? preview() : listen());
    } catch (error) {
      at('trial-said').textContent = error instanceof Refused ? error.message : 'The text could not be tried.';
    }
    form.ariaBusy = null;
  });
}
