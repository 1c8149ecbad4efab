// Checks of the alignment: invented articles, and pages that show them in other ways.
import { holds, same } from '/asserts.js';

/** Numbers that look random and are the same each time. */
function dice(seed) {
  return (below) => {
    seed = (seed * 1664525 + 1013904223) % 4294967296;
    return Math.floor((seed / 4294967296) * below);
  };
}

/** An invented article: sentences of common and rare words, four to a paragraph. */
function invented(count, seed = 7) {
  const roll = dice(seed);
  const sounds = ['ba', 'ko', 'mi', 'ra', 'tel', 'nu', 'sor', 'vi', 'dan', 'lu'];
  const rare = () => Array.from({ length: 2 + roll(3) }, () => sounds[roll(10)]).join('');
  const common = ['the', 'of', 'and', 'to', 'in', 'a', 'is', 'that', 'it', 'was'];
  const word = () => (roll(10) < 4 ? common[roll(10)] : rare());
  return Array.from({ length: count }, () => `${Array.from({ length: 10 + roll(14) }, word).join(' ')}.`);
}
function paragraphs(list, around = (sentence) => sentence) {
  let html = '';
  for (let i = 0; i < list.length; i += 4) html += `<p>${list.slice(i, i + 4).map(around).join(' ')}</p>`;
  return html;
}
const wordsOf = (text) => text.replace(/\u00AD/g, '').toLowerCase().match(/[\p{L}\p{N}]+/gu) ?? [];

/** Sentences whose ranges hold their words, and no others: F1 of at least 0.95. */
async function aligned(html, said, truth = said) {
  const root = document.createElement('article');
  root.append(document.createRange().createContextualFragment(html));
  document.querySelector('.tail').append(root);
  root.id = 'aligned';
  const element = document.createElement('listen-player');
  element.setAttribute('for', '#aligned');
  const stop = new AbortController();
  const deck = { player: element, manifest: { sentences: said.map((text) => ({ text })) } };
  const text = (await reading())(deck, stop.signal);
  let ms = Infinity;
  for (let tries = 0; tries < 5; tries++) {
    const began = performance.now();
    text.anchor();
    ms = Math.min(ms, performance.now() - began);
  }
  let good = 0;
  let none = 0;
  truth.forEach((sentence, i) => {
    const found = text.ranges(i).flatMap((range) => wordsOf(`${range}`));
    const wanted = wordsOf(sentence);
    if (!found.length) none++;
    const rest = [...wanted];
    const hits = found.filter((word) => rest.includes(word) && rest.splice(rest.indexOf(word), 1)).length;
    if ((2 * hits) / (found.length + wanted.length) >= 0.95) good++;
  });
  stop.abort();
  root.remove();
  return { good, none, of: said.length, ms };
}
let part;
async function reading() {
  const script = document.querySelector('script[type=module]').src;
  const path = /p\/desk\.[0-9a-f]+\.js/.exec(await (await fetch(script)).text())?.[0];
  part ??= import(path ? new URL(path, script.replace(/\/p\/.*/, '/')) : new URL('desk.js', script));
  return (await part).reading;
}

export const align = [
  ['sentences are found though words were changed', async () => {
    for (const share of [5, 15, 30]) {
      const shown = invented(200);
      const roll = dice(share);
      const said = shown.map((sentence) => sentence.replace(/\w+/g, (word) => (roll(100) < share ? 'changed' : word)));
      const { good, of } = await aligned(paragraphs(shown), said, shown);
      holds(good >= of * (share > 15 ? 0.95 : 0.99), `${share} %: ${good} of ${of}`);
    }
  }],
  ['ten thousand words take no long task', async () => {
    const shown = invented(600);
    const { good, of, ms } = await aligned(paragraphs(shown), shown);
    holds(good === of && ms <= 50, `${good} of ${of} in ${ms} ms`);
  }],
  ['sentences that are nearly the same are told apart', async () => {
    const shown = Array.from({ length: 300 }, (_, i) => `On day ${i} the boat left the landing stage at noon.`);
    const { good, of } = await aligned(paragraphs(shown), shown);
    same(good, of, 'found');
  }],
  ['however the page is built', async () => {
    const shown = invented(40);
    const built = {
      'each word in its own element': paragraphs(shown, (s) => s.replace(/\w+/g, '<i>$&</i>')),
      'drop caps': paragraphs(shown, (s) => s.replace(/^./, '<span>$&</span>')),
      'soft hyphens': paragraphs(shown, (s) => s.replace(/(\w{4})(\w)/g, '$1&shy;$2')),
      'pull quotes': paragraphs(shown).replace(/<\/p>/g, (end) => `${end}<blockquote>${shown[2]}</blockquote>`),
      'comments that repeat it': paragraphs(shown) + `<div>${shown.slice(0, 5).join(' ')}</div>`.repeat(3),
      'advertisements': paragraphs(shown, (s) => s.replace(/ /, ' <b>buy ten new brooms and a very large spade today</b> ')),
    };
    for (const [name, html] of Object.entries(built)) {
      const { good, of } = await aligned(html, shown);
      same(good, of, name);
    }
  }],
  ['what is not in the page is not coloured', async () => {
    const shown = invented(40);
    const { good, none } = await aligned(paragraphs(shown.slice(0, 28)), shown);
    same([good, none], [28, 12], 'found and not found');
    const said = shown.filter((_, i) => i % 7);
    same((await aligned(paragraphs(shown), said)).good, said.length, 'of those that are said');
  }],
  ['scripts without spaces, and ruby', async () => {
    const said = ['東京は日本の首都です。', '人口は約千四百万人です。'];
    const html = '<p><ruby>東京<rt>とうきょう</rt></ruby>は日本の首都です。人口は約千四百万人です。</p>';
    same((await aligned(html, said)).none, 0, 'not found');
  }],
];
