// Runs before the player: watches the page, and makes the service misbehave as the address says.
'use strict';
const wish = new URLSearchParams(location.search);
window.seen = { shifts: [], tasks: [], beacons: [], audios: [], events: [], refusals: [], streams: [] };
for (const [type, list] of [['layout-shift', 'shifts'], ['longtask', 'tasks']]) {
  new PerformanceObserver((entries) => seen[list].push(...entries.getEntries())).observe({ type, buffered: true });
}
addEventListener('securitypolicyviolation', (event) => seen.refusals.push(event.violatedDirective));
navigator.sendBeacon = (url, body) => !!seen.beacons.push([`${url}`, `${body}`]);
const NativeAudio = Audio;
window.Audio = function () {
  const audio = new NativeAudio();
  seen.audios.push(audio);
  return audio;
};
const NativeEvents = EventSource;
window.EventSource = class extends NativeEvents {
  constructor(url) {
    super(url);
    seen.streams.push(this);
  }
};
for (const name of ['ready', 'anchored', 'play', 'pause', 'sentence', 'seek', 'ratechange', 'ended', 'error']) {
  addEventListener('listen-' + name, (event) => seen.events.push({ name, at: performance.now(), ...event.detail }));
}
if (wish.has('dark')) addEventListener('DOMContentLoaded', () => document.body.classList.add('dark'));
if (wish.has('nomse')) {
  delete window.MediaSource;
  delete window.ManagedMediaSource;
}
if (wish.has('bare')) {
  delete Navigator.prototype.mediaSession;
  delete window.Highlight;
}
customElements.whenDefined('listen-player').then(() => (seen.defined = performance.now()));
localStorage.clear();
const wait = (ms) => new Promise((done) => setTimeout(done, ms));
window.faults = { offline: false, hold: null, replace: null, asked: [], statuses: [] };
const realFetch = window.fetch;
/** An article none of whose sentences is made yet, and all estimates of lengths too short. */
const unmade = (manifest) => {
  for (const sentence of manifest.sentences) {
    sentence.clip = `/v1/articles/${manifest.id}/clips/${sentence.i}.mp3?rev=${manifest.revision}`;
    sentence.frames = Math.round(sentence.frames / 1.12);
    sentence.state = 'pending';
    sentence.start_frame = null;
    delete sentence.words;
  }
  // Its lengths come with its clips alone, unless the address says that events are told: they are the
  // service's own, which tell of all sentences at once.
  const links = { ...manifest.links, ...(!wish.has('events') && { events: undefined }) };
  return { ...manifest, links, state: 'rendering', audio: manifest.audio.map((link) => ({ ...link, bytes: null })) };
};
window.fetch = async (input, options) => {
  const url = `${input}`;
  if (faults.offline) throw new TypeError('offline');
  const status = faults.statuses.shift();
  if (status) return new Response(null, { status, headers: { 'retry-after': '0.05' } });
  if (/\/clips\/\d+\.mp3/.test(url)) {
    faults.asked.push(Number(/clips\/(\d+)/.exec(url)[1]));
    if (wish.has('random')) await wait(50 + Math.random() * 450);
    await faults.hold;
    if (faults.replace && !url.includes(faults.replace.revision)) return new Response('{}', { status: 409 });
  }
  const answer = await realFetch(input, options);
  if (!/\/v1\/articles\/[^/?]+$/.test(url) || answer.status !== 200) return answer;
  const manifest = faults.replace ?? (await answer.json());
  // The same sound from a server that knows no ranges, or one whose connections break.
  for (const fault of ['rangeless', 'broken', 'cut']) {
    if (wish.has(fault)) manifest.audio = [{ ...manifest.audio[0], url: `${location.origin}/${fault}.mp3`, untagged: undefined }];
  }
  return new Response(JSON.stringify(wish.has('unmade') ? unmade(manifest) : manifest), { status: 200 });
};
