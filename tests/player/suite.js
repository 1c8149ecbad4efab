// The checks of the player that a page can make by itself. `run(group)` gives [name, "ok" or why not].
import { align } from '/alignment.js';
import { holds, same } from '/asserts.js';

const { seen, faults } = window;
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
const player = () => document.querySelector('listen-player');
const inside = (selector) => player().shadowRoot.querySelector(selector);
const sentences = () => manifest.sentences;
/** @type {any} */
let manifest;

async function until(look, what, ms = 20000) {
  for (const end = performance.now() + ms; performance.now() < end; await wait(20)) {
    const found = look();
    if (found) return found;
  }
  throw new Error(`waited in vain: ${what}; state ${player().state} at ${player().currentTime}; ${JSON.stringify(seen.events.slice(-4), (key, value) => (key === 'manifest' ? undefined : value))}`);
}
async function ready() {
  manifest = (await until(() => seen.events.find((event) => event.name === 'ready'), 'the manifest')).manifest;
}
const spoken = (i) => until(() => player().state === 'playing' && player().sentenceIndex === i && moving(), `sentence ${i} is heard`);
let last = [0, 0];
function moving() {
  const before = last;
  last = [player().sentenceIndex, player().currentTime];
  return before[0] === last[0] && last[1] > before[1];
}
const bare = (text) => text.replace(/[\u00AD]/g, '').replace(/\s+/g, ' ').replace(/[’]/g, "'").trim();
const shown = () => [...(CSS.highlights.get('listen-highlight') ?? [])].map(String).join(' ');
async function play() {
  inside('.play').click();
  await until(() => player().state === 'playing', 'it plays');
}
const starts = () => {
  const at = [0];
  for (const s of sentences()) at.push(at[at.length - 1] + ((s.frames + s.pause_frames) * manifest.frame_ms) / 1000);
  return at;
};

/** The most that a boundary may be late, in ms, but for one of a hundred. */
const LATE_MAX = 20;

/** How late boundaries are told, in ms of sound, but for one of a hundred: each is heard after a jump to just before it. */
export async function lateness(before = 0.25) {
  const at = starts();
  const late = [];
  for (let i = 1; i < sentences().length; i++) {
    seen.events.length = 0;
    player().seek(at[i] - before);
    if (player().paused) await play();
    const told = () => seen.events.find((event) => event.name === 'sentence' && event.index === i);
    late.push(((await until(told, `boundary ${i}`)).time - at[i]) * 1000);
  }
  late.sort((a, b) => a - b);
  return late[Math.min(late.length - 1, Math.floor(late.length * 0.99))];
}

/** Milliseconds from an act until sentence `i` is heard: until its sound moves. */
export async function soon(act, i) {
  const began = performance.now();
  act();
  for (let at = -1; performance.now() - began < 20000; await wait(4)) {
    if (player().state !== 'playing' || player().sentenceIndex !== i) continue;
    if (at >= 0 && player().currentTime > at) return performance.now() - began;
    at = player().currentTime;
  }
  throw new Error(`sentence ${i} was not heard; ${player().state}`);
}

const quiet = [
  ['before play there are at most two requests of the player', async () => {
    const names = performance.getEntriesByType('resource').map((entry) => entry.name);
    const own = names.filter((name) => name.startsWith(player().getAttribute('src').split('/v1/')[0]));
    holds(own.length <= 2, own.join(' '));
  }],
  ['nothing moves in the page', async () => {
    // Before the player is there, what moves are the parts of the browser's own controls.
    const ours = seen.shifts.filter((shift) => shift.startTime >= seen.defined);
    same(ours.map((shift) => [shift.value, JSON.stringify(shift.sources)]), [], 'layout shifts');
  }],
  ['no task before play is longer than 50 ms', async () => {
    const ours = seen.tasks.filter((task) => task.startTime > seen.events[0].at - 50).map((task) => task.duration);
    same(ours, [], 'long tasks');
  }],
  ['the label says how long it is', async () => {
    same(inside('.hint').textContent, manifest.label, 'label');
    const other = document.createElement('listen-player');
    other.setAttribute('duration', '302');
    same(other.shadowRoot.querySelector('.label').textContent, '', 'nothing before it is in a page');
  }],
];

const sound = [
  ['it plays, and colours exactly what it says', async () => {
    const article = document.querySelector('article');
    const before = article.innerHTML;
    let records = 0;
    const watch = new MutationObserver((list) => (records += list.length));
    watch.observe(article, { subtree: true, childList: true, attributes: true, characterData: true });
    await play();
    await until(() => seen.events.some((event) => event.name === 'anchored'), 'the text is found');
    for (let i = 0; i < sentences().length; i++) {
      player().seekSentence(i);
      same(bare(shown()), bare(sentences()[i].text), `sentence ${i}`);
      // In one piece, but for the one that an advertisement breaks.
      same(CSS.highlights.get('listen-highlight').size, i === 3 ? 2 : 1, `pieces of sentence ${i}`);
    }
    records += watch.takeRecords().length;
    same([records, article.innerHTML === before], [0, true], 'changes of the article');
  }],
  ['what is told of a boundary is not late', async () => {
    // On a machine that was busy for a moment the last ones of a hundred are late: it gets another chance.
    let late;
    for (let tries = 0; tries < 3; tries++) {
      late = await lateness();
      if (late <= LATE_MAX) return;
    }
    throw new Error(`of a hundred boundaries one is ${late} ms late`);
  }],
  ['it plays in real time', async () => {
    for (let tries = 0; ; tries++) {
      player().seekSentence(2);
      await spoken(2);
      await wait(300);
      const [t, at] = [performance.now(), player().currentTime];
      await wait(2000);
      const ratio = (player().currentTime - at) / ((performance.now() - t) / 1000);
      if (Math.abs(ratio - 1) <= 0.02) break;
      holds(tries < 4, `${ratio} seconds of sound a second`);
    }
  }],
  ['a jump lands in the sentence', async () => {
    player().seekSentence(7);
    await spoken(7);
    player().seek(starts()[4] + 0.6);
    await spoken(4);
    player().seekSentence(5);
    await spoken(5);
    player().seekSentence(3);
    await spoken(3);
  }],
  ['speeds are kept, and sound is as fast as they say', async () => {
    for (const rate of [0.5, 2, 3, 1]) {
      for (let tries = 0; ; tries++) {
        player().playbackRate = rate;
        player().seekSentence(2);
        await spoken(2);
        await wait(700);
        const [t, at] = [performance.now(), player().currentTime];
        await wait(1000);
        const found = (player().currentTime - at) / ((performance.now() - t) / 1000);
        // One clip after the other takes a moment between two.
        if (Math.abs(found / rate - 1) <= ('MediaSource' in window ? 0.05 : 0.15)) break;
        holds(tries < 4, `${found} instead of ${rate}`);
      }
      same(seen.audios[0].preservesPitch, true, 'pitch');
      holds(/^blob:|\/clips\/|\.untagged\.mp3$/.test(seen.audios[0].src), 'no picture stands before the sound');
    }
    same(localStorage.getItem('listen:rate'), '1', 'the speed that is remembered');
  }],
  ['pause is silent and play goes on', async () => {
    player().seekSentence(4);
    await spoken(4);
    inside('.play').click();
    same([player().paused, player().state], [true, 'paused'], 'paused');
    const at = player().currentTime;
    await wait(200);
    holds(Math.abs(player().currentTime - at) < 0.05, 'it stands');
    await play();
    await until(() => player().currentTime > at + 0.1, 'it goes on');
  }],
  ['the page that is drawn anew is coloured again', async () => {
    player().pause();
    player().seekSentence(9);
    const found = seen.events.length;
    const before = shown();
    for (const p of document.querySelectorAll('article p, article h2')) p.replaceWith(p.cloneNode(true));
    await until(() => bare(shown()) === bare(before) && before, 'the same words');
    holds(seen.events.length >= found, 'events');
  }],
  ['a click on a sentence speaks it', async () => {
    player().setAttribute('click-to-seek', '');
    player().seekSentence(8);
    const [range] = CSS.highlights.get('listen-highlight');
    const box = range.getClientRects()[0];
    player().seekSentence(0);
    scrollTo(0, 0);
    await wait(50);
    const now = { x: box.left + box.width / 2, y: box.top + box.height / 2 };
    const target = document.elementFromPoint(now.x, now.y);
    target?.dispatchEvent(new MouseEvent('click', { bubbles: true, cancelable: true, clientX: now.x, clientY: now.y }));
    await spoken(8);
    player().pause();
  }],
  ['its end is an end, and it begins again', async () => {
    seen.events.length = 0;
    player().playbackRate = 3;
    player().seekSentence(sentences().length - 1);
    await player().play();
    await until(() => player().state === 'ended', 'the end', 30000);
    same(shown(), '', 'colours are gone');
    same(localStorage.getItem('listen:at:' + manifest.id), null, 'no place is kept');
    player().playbackRate = 1;
    await play();
    await until(() => player().sentenceIndex <= 1, 'from the start');
    player().pause();
  }],
  ['a visit is reported once, without anything that tells visitors apart', async () => {
    dispatchEvent(new PageTransitionEvent('pagehide'));
    same(seen.beacons.length, 1, 'reports');
    const [url, body] = seen.beacons[0];
    holds(url.endsWith(`/v1/articles/${manifest.id}/plays`), url);
    const fields = new URLSearchParams(body);
    same([...fields.keys()], ['revision', 'heard', 'seconds', 'completed'], 'fields');
    holds(/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(fields.get('heard')), fields.get('heard'));
    same([fields.get('revision'), fields.get('completed')], [manifest.revision, 'true'], 'what was heard');
  }],
];

const page = [
  ['out of sight it is at the edge of the window, and back', async () => {
    await play();
    const before = seen.shifts.length;
    scrollTo(0, 1200);
    await until(() => inside('.bar').matches(':popover-open'), 'the small player');
    await Promise.all(inside('.bar').getAnimations().map((animation) => animation.finished));
    const box = inside('.bar').getBoundingClientRect();
    holds(box.bottom <= innerHeight && box.top > innerHeight - 120, `it is at ${box.top}`);
    same(seen.shifts.slice(before).map((shift) => shift.value), [], 'layout shifts');
    scrollTo(0, 0);
    await until(() => !inside('.bar').popover, 'the bar in its place');
  }],
  ['the menu opens, offers a link that starts here, and closes', async () => {
    inside('.more').click();
    await until(() => inside('.menu')?.matches(':popover-open'), 'the menu');
    const words = inside('.menu').textContent;
    for (const part of ['Previous sentence', 'Next sentence', 'Follow the text', 'Share from', 'Download audio', 'AI voice']) {
      holds(words.includes(part), `${part} in ${words}`);
    }
    inside('.menu').hidePopover();
  }],
  ['media keys move it', async () => {
    player().pause();
    const acts = {};
    const real = navigator.mediaSession.setActionHandler;
    navigator.mediaSession.setActionHandler = (name, act) => (acts[name] = act);
    await play();
    navigator.mediaSession.setActionHandler = real;
    same(navigator.mediaSession.metadata.title, manifest.title, 'title');
    acts.seekto({ seekTime: starts()[6] + 0.2 });
    await spoken(6);
    acts.pause();
    same(player().paused, true, 'paused');
  }],
  ['a second player silences the first', async () => {
    await play();
    const other = player().cloneNode();
    document.querySelector('.tail').append(other);
    await other.play();
    same([player().paused, other.paused], [true, false], 'who speaks');
    other.remove();
    same(other.paused, true, 'what is taken out of the page is silent');
  }],
  ['the place is kept, and the address may name another', async () => {
    player().pause();
    player().seekSentence(5);
    const again = player().cloneNode();
    document.querySelector('.tail').append(again);
    await again.load();
    same(again.sentenceIndex, 5, 'the sentence');
    again.remove();
    location.hash = `listen=${Math.ceil(starts()[8])}`;
    await until(() => player().sentenceIndex === 8, 'the sentence of the address');
    history.replaceState(null, '', location.pathname + location.search);
  }],
];

const look = [
  ['a dark page is known by its text, however it says its colour, and whenever it changes', async () => {
    const { style } = document.body;
    for (const [colour, dark] of [['#ddd', true], ['oklch(0.2 0 0)', false], ['lch(90% 0 0)', true], ['rgb(9 9 9 / 0.9)', false]]) {
      style.color = colour;
      const scheme = () => inside('.bar').style.colorScheme;
      await until(() => player().dark === dark && scheme() === (dark ? 'dark' : 'light'), `${colour} is seen`);
    }
    player().setAttribute('theme', 'dark');
    same(inside('.bar').style.colorScheme, 'dark', 'what the page says itself');
    player().removeAttribute('theme');
    style.color = '';
  }],
  ['a page gives it its colours, its shape and its letters', async () => {
    await play();
    for (const [property, value, selector, name, wanted] of [
      ['bg', 'rgb(1, 2, 3)', '.bar', 'backgroundColor'],
      ['fg', 'rgb(2, 3, 4)', '.bar', 'color'],
      ['soft', 'rgb(3, 4, 5)', '.time', 'color'],
      ['line', 'rgb(4, 5, 6)', '.bar', 'borderTopColor'],
      ['accent', 'rgb(5, 6, 7)', '.play', 'backgroundColor'],
      ['on-accent', 'rgb(6, 7, 8)', '.play', 'color'],
      ['radius', '3px', '.bar', 'borderTopLeftRadius'],
      ['height', '70px', '.bar', 'height'],
      ['font', 'monospace', '.label', 'fontFamily'],
    ]) {
      player().style.setProperty(`--listen-${property}`, value);
      same(getComputedStyle(inside(selector))[name], wanted ?? value, `--listen-${property}`);
    }
    const { style } = document.documentElement;
    for (const [level, colour] of [['', 'rgb(7, 8, 9)'], ['-word', 'rgb(8, 9, 10)']]) {
      style.setProperty(`--listen-highlight${level}`, colour);
      const shown = getComputedStyle(document.querySelector('article p'), `::highlight(listen-highlight${level})`);
      same(shown.backgroundColor, colour, `--listen-highlight${level}`);
    }
    style.cssText = player().style.cssText = '';
    const sheet = new CSSStyleSheet();
    sheet.replaceSync('listen-player::part(play) { width: 77px }');
    document.adoptedStyleSheets.push(sheet);
    same(getComputedStyle(inside('.play')).width, '77px', 'a part');
    document.adoptedStyleSheets.pop();
    player().pause();
  }],
];

const unmade = [
  ['an article that is not made is heard, from any sentence, in whatever order they become ready', async () => {
    await play();
    await spoken(0);
    const guess = player().duration;
    player().seekSentence(9);
    await spoken(9);
    await until(() => player().sentenceIndex === 10, 'the next one', 30000);
    player().seekSentence(2);
    await spoken(2);
    await until(() => player().sentenceIndex === 3, 'the next one', 30000);
    holds(player().duration > guess, 'lengths become true');
    same(bare(shown()), bare(sentences()[3].text), 'colours');
    player().pause();
  }],
  ['without a connection it waits, and goes on', async () => {
    faults.offline = true;
    player().seekSentence(1);
    const playing = player().play();
    await until(() => player().state === 'offline', 'it says so');
    await wait(300);
    faults.offline = false;
    dispatchEvent(new Event('online'));
    await playing;
    await spoken(1);
  }],
  ['what is waited for longer than a moment is said, to eyes and ears', async () => {
    let release;
    faults.hold = new Promise((done) => (release = done));
    faults.asked.length = 0;
    player().seekSentence(0);
    await until(() => inside('.says').textContent === manifest.ui.making, 'it says so');
    same(faults.asked, [0], 'nothing else is asked for meanwhile');
    same([inside('.says').role, player().state, player().paused], ['status', 'making', false], 'what it does');
    same(getComputedStyle(inside('.label')).display, 'none', 'the title makes room');
    release();
    faults.hold = null;
    await spoken(0);
    await until(() => [1, 2, 3].every((i) => faults.asked.includes(i)), 'the next ones');
    same([inside('.says').textContent, getComputedStyle(inside('.label')).display], ['', 'block'], 'afterwards');
  }],
  ['another state of the article under a playing player: the right sentence goes on', async () => {
    const i = 6;
    player().seekSentence(i);
    await spoken(i);
    const next = structuredClone(manifest);
    next.revision = 'f'.repeat(16);
    next.sentences.splice(1, 0, { ...next.sentences[1], text: 'One sentence more.' });
    next.sentences.forEach((s, k) => (s.i = k));
    faults.replace = next;
    manifest = next;
    await until(() => player().sentenceIndex === i + 1, 'the same words at their new place');
    faults.replace = null;
    player().pause();
  }],
];

const events = [
  ['what is made is told while the article is heard: word times and true lengths', async () => {
    const guess = player().duration;
    await play();
    const told = () => sentences().every((sentence) => sentence.state === 'ready' && sentence.words);
    await until(told, 'every sentence is told of');
    holds(player().duration > guess * 1.05, `lengths become true: ${guess} to ${player().duration}`);
    player().seekSentence(8);
    await until(() => CSS.highlights.get('listen-highlight-word')?.size, 'a word is coloured');
    await until(() => seen.streams.every((stream) => stream.readyState === EventSource.CLOSED), 'the stream is closed');
    same([seen.streams.length, manifest.state], [1, 'ready'], 'streams, and the state');
    player().pause();
  }],
];

const rangeless = [
  ['a server without ranges gives the start, and clips what comes after a jump', async () => {
    await play();
    await spoken(0);
    holds(seen.audios[0].src.endsWith('/rangeless.mp3'), seen.audios[0].src);
    player().seekSentence(7);
    await spoken(7);
    holds(!seen.audios[0].src.endsWith('/rangeless.mp3'), 'another way');
    same(bare(shown()), bare(sentences()[7].text), 'colours');
    player().pause();
  }],
];

const cut = [
  ['where the connection is lost in the middle that is said, and it goes on from there when it is back', async () => {
    player().seekSentence(2);
    await play();
    await spoken(2);
    holds(seen.audios[0].src.endsWith('/cut.mp3'), 'from the one file');
    await fetch('/lose');
    faults.offline = true;
    await until(() => player().state === 'offline', 'it says so', 60000);
    const [i, at] = [player().sentenceIndex, player().currentTime];
    holds(i > 2, 'what had arrived was heard');
    same([player().paused, inside('.says').textContent], [false, manifest.ui.offline], 'what it does');
    await wait(300);
    same([player().state, player().currentTime], ['offline', at], 'it waits');
    faults.offline = false;
    dispatchEvent(new Event('online'));
    await spoken(i);
    const on = player().currentTime - at;
    holds(on >= 0 && on < 3 && inside('.says').textContent === '', `it goes on ${on} s later`);
    player().pause();
  }],
];

const broken = [
  ['where a finished article does not arrive its sentences are waited for, and heard from the same place', async () => {
    player().seekSentence(4);
    faults.offline = true;
    inside('.play').click();
    await until(() => player().state === 'offline', 'it says so', 60000);
    holds(!player().paused && inside('.says').textContent === manifest.ui.offline, 'what is said');
    same(player().sentenceIndex, 4, 'where it waits');
    faults.offline = false;
    dispatchEvent(new Event('online'));
    await spoken(4);
    holds(faults.asked.length === 0 && seen.audios[0].src.startsWith('blob:'), 'by clips that are made');
    player().pause();
  }],
];

const next = [
  ['after the end the next article of the feed is offered, and a press plays it', async () => {
    player().playbackRate = 3;
    player().seekSentence(sentences().length - 1);
    await player().play();
    const offer = await until(() => inside('.offer'), 'the offer', 30000);
    holds(offer.textContent.includes('An older story'), offer.textContent);
    player().playbackRate = 1;
    const before = manifest.id;
    seen.events.length = 0;
    offer.click();
    await ready();
    same([before, manifest.id, manifest.next], ['lamp', 'older', undefined], 'the articles');
    await spoken(0);
    player().pause();
  }],
];

const faulty = [
  ['what is asked to come later is asked for again', async () => {
    faults.statuses.push(202, 503, 429);
    const other = player().cloneNode();
    document.querySelector('.tail').append(other);
    await other.load();
    same(faults.statuses, [], 'all were taken');
    other.remove();
  }],
  ['an article that is not there is said to be so, and what the page has instead is shown', async () => {
    seen.events.length = 0;
    const other = player().cloneNode(true);
    other.setAttribute('src', other.getAttribute('src') + '-nowhere');
    document.querySelector('.tail').append(other);
    await other.load().catch(() => {});
    same([other.state, seen.events[0].name, seen.events[0].code], ['missing', 'error', 'not_found'], 'what is told');
    same(other.shadowRoot.querySelector('slot').hidden, false, 'what is shown instead');
    other.remove();
  }],
  ['an inlined manifest needs no request', async () => {
    const other = document.createElement('listen-player');
    const json = document.createElement('script');
    json.type = 'application/json';
    json.textContent = JSON.stringify(manifest);
    other.append(json);
    const before = performance.getEntriesByType('resource').length;
    document.querySelector('.tail').append(other);
    await other.load();
    same(performance.getEntriesByType('resource').length - before, 0, 'requests');
    holds(other.duration > 10, 'what it says is known');
    other.remove();
  }],
];

const pitch = [
  ['the voice keeps its pitch at every speed', async () => {
    await play();
    const context = new AudioContext();
    const analyser = context.createAnalyser();
    analyser.fftSize = 8192;
    analyser.smoothingTimeConstant = 0;
    context.createMediaElementSource(seen.audios[0]).connect(analyser);
    const levels = new Float32Array(analyser.frequencyBinCount);
    for (const rate of [0.5, 2, 3, 1]) {
      player().playbackRate = rate;
      player().seekSentence(4);
      await spoken(4);
      await wait(500);
      const heard = [];
      for (let look = 0; heard.length < 8 && look < 60; look++) {
        await wait(100);
        analyser.getFloatFrequencyData(levels);
        const top = levels.indexOf(Math.max(...levels));
        if (levels[top] > -45) heard.push(Math.round((top * context.sampleRate) / analyser.fftSize));
        if (player().sentenceIndex > 8) player().seekSentence(4);
      }
      // The voice beeps within the octave from 220 Hz; another pitch would be another octave.
      const kept = heard.filter((hertz) => hertz > 210 && hertz < 430).length;
      holds(heard.length === 8 && kept >= 6, `at ${rate}: ${heard} Hz`);
    }
    await context.close();
  }],
];

const policy = [
  ['it plays under the page\'s policy', async () => {
    await play();
    await spoken(0);
    player().seekSentence(5);
    await spoken(5);
    same(bare(shown()), bare(sentences()[5].text), 'colours');
    player().pause();
  }],
];

/** Browsers inside of apps have no media keys, older ones no highlights. */
const lacking = [
  ['it plays, jumps and ends a sentence without media keys and highlights', async () => {
    same(['mediaSession' in navigator, 'Highlight' in window], [false, false], 'what the browser has');
    await play();
    player().seekSentence(3);
    await spoken(3);
    await spoken(4);
    player().pause();
    same(player().state, 'paused', 'its state');
  }],
];
const groups = { quiet, sound, page, look, unmade, events, rangeless, cut, broken, next, faulty, pitch, align, policy, lacking };

/** @param {string[]} names */
export async function run(...names) {
  const results = [];
  await ready();
  for (const [name, check] of names.flatMap((group) => groups[group])) {
    const began = performance.now();
    const told = await check().then(() => 'ok', (error) => error.message || `${error}`);
    results.push([name, told, Math.round(performance.now() - began)]);
  }
  return results;
}
