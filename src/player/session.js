// @ts-check
/** What goes beside the sound: media keys and the lock screen, news of the rendering, the one report of a visit. */

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Manifest} Manifest */
/** @typedef {import('./listen-player.js').State} State */

/** Pause between two looks at an unfinished article while it is heard, in ms. */
const LOOK = 5000;

/** Sentences that were heard for a shorter time than this were passed over, in ms. */
const HEARD = 700;

export class Session {
  #stop = new AbortController();
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  #timer;
  /** @type {EventSource|undefined} */
  #events;
  /** Whether events do not come through here. */
  #deaf = false;
  /** @type {Set<number>} Sentences that were heard. */
  #heard = new Set();
  #revision = '';
  /** Since when the sound runs, or 0; and how long it ran before. */
  #since = 0;
  #ran = 0;
  #i = -1;
  #began = 0;
  #completed = false;
  #reported = false;
  #place = '';

  /** @param {Deck} deck */
  constructor(deck) {
    this.deck = deck;
    const { signal } = this.#stop;
    const on = (/** @type {string} */ type, /** @type {() => void} */ act) =>
      deck.player.addEventListener(type, act, { signal });
    on('listen-sentence', () => this.#hear());
    on('listen-seek', () => this.#position());
    on('listen-ratechange', () => this.#position());
    addEventListener('pagehide', () => this.#report(), { signal });
    this.#hear();
  }

  /** @param {State} state */
  tell(state) {
    const playing = state === 'playing';
    const now = performance.now();
    if (this.#since) this.#ran += now - this.#since;
    this.#since = playing ? now : 0;
    if (playing) {
      this.#keys();
      this.#watch();
    }
    if ('mediaSession' in navigator) {
      navigator.mediaSession.playbackState = playing ? 'playing' : state === 'paused' ? 'paused' : 'none';
    }
    if (state === 'ended') {
      this.#note();
      this.#completed = true;
      this.#report();
      this.#offer();
    }
    this.#position();
  }

  stop() {
    this.#report();
    this.#stop.abort();
    clearTimeout(this.#timer);
  }

  /** A sentence has begun; the one before was heard. */
  #hear() {
    this.#note();
    this.#i = this.deck.player.sentenceIndex;
    this.#began = performance.now();
    this.#position();
  }

  #note() {
    const { revision } = this.deck.manifest;
    if (revision !== this.#revision) this.#heard.clear();
    else if (this.#i >= 0 && performance.now() - this.#began > HEARD) this.#heard.add(this.#i);
    this.#revision = revision;
  }

  /** Media keys, headphones and lock screens move this player. */
  #keys() {
    const session = navigator.mediaSession;
    if (!session) return;
    const { player, manifest, address } = this.deck;
    session.metadata = new MediaMetadata({
      title: manifest.title ?? document.title,
      artist: manifest.publisher ?? manifest.byline ?? location.hostname,
      artwork: manifest.image ? [{ src: address(manifest.image) }] : [],
    });
    /** @type {[MediaSessionAction, (details: MediaSessionActionDetails) => void][]} */
    const actions = [
      ['play', () => void player.play()],
      ['pause', () => player.pause()],
      ['stop', () => player.pause()],
      ['seekbackward', ({ seekOffset }) => player.seek(player.currentTime - (seekOffset || 15))],
      ['seekforward', ({ seekOffset }) => player.seek(player.currentTime + (seekOffset || 30))],
      ['seekto', ({ seekTime }) => player.seek(seekTime ?? 0)],
      ['previoustrack', () => player.seekSentence(player.sentenceIndex - 1)],
      ['nexttrack', () => player.seekSentence(player.sentenceIndex + 1)],
    ];
    for (const [action, act] of actions) {
      try {
        session.setActionHandler(action, act);
      } catch {
        // A browser that does not know one of them has no key for it.
      }
    }
  }

  #position() {
    const { currentTime, duration, playbackRate } = this.deck.player;
    const place = `${currentTime} ${duration} ${playbackRate}`;
    if (!duration || place === this.#place) return;
    this.#place = place;
    navigator.mediaSession?.setPositionState?.({ duration, playbackRate, position: Math.min(currentTime, duration) });
  }

  /** What could be heard next; a page may let it begin by itself. */
  #offer() {
    const { player, manifest, shell, say } = this.deck;
    const { next } = manifest;
    if (!next) return;
    if (player.getAttribute('next') === 'play') void player.playNext();
    else if (player.getAttribute('next') !== 'off') shell.offer(say('upnext', { title: next.title }), () => void player.playNext());
  }

  /** Hears of every sentence that is made while the article is heard: its word times, its true length. */
  #watch() {
    const { deck } = this;
    const { manifest } = deck;
    if (manifest.state === 'ready' || this.#events) return;
    if (!manifest.links.events || this.#deaf) return this.#look();
    const source = (this.#events = new EventSource(deck.address(manifest.links.events)));
    const over = () => {
      source.close();
      this.#events = undefined;
    };
    this.#stop.signal.addEventListener('abort', over);
    source.addEventListener('clip', ({ data }) => {
      const { i, clip, ...made } = JSON.parse(data);
      if (deck.manifest !== manifest || !manifest.sentences[i]) return over();
      Object.assign(manifest.sentences[i], made, clip && { clip });
      deck.tell('lengths');
    });
    for (const end of ['ready', 'changed']) {
      source.addEventListener(end, () => {
        over();
        deck.reload().catch(() => {});
      });
    }
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      over();
      this.#deaf = true;
      this.#look();
    };
  }

  /** Where events do not come through, the manifest is read now and then. */
  #look() {
    clearTimeout(this.#timer);
    this.#timer = setTimeout(async () => {
      if (!this.#since || this.#stop.signal.aborted || this.deck.manifest.state === 'ready') return;
      await this.deck.reload().catch(() => {});
      this.#look();
    }, LOOK);
  }

  /** Once a visit, without anything that tells visits or visitors apart, and not where that is unwanted. */
  #report() {
    if (this.#since) this.tell('paused');
    this.#note();
    const { player, manifest, address } = this.deck;
    const unwanted =
      player.hasAttribute('no-analytics') ||
      navigator.doNotTrack === '1' ||
      /** @type {any} */ (navigator).globalPrivacyControl;
    if (this.#reported || unwanted || !this.#heard.size) return;
    this.#reported = true;
    const report = new URLSearchParams({
      revision: manifest.revision,
      heard: ranges([...this.#heard]),
      seconds: `${Math.round(this.#ran / 1000)}`,
      completed: `${this.#completed}`,
    });
    navigator.sendBeacon(address(manifest.links.plays ?? `/v1/articles/${manifest.id}/plays`), report);
  }
}

/** Numbers as ranges: `0-4,7`. @param {number[]} numbers */
function ranges(numbers) {
  /** @type {[number, number][]} */
  const found = [];
  for (const n of numbers.sort((a, b) => a - b)) {
    const last = found[found.length - 1];
    if (last && n === last[1] + 1) last[1] = n;
    else found.push([n, n]);
  }
  return found.map(([a, b]) => (a === b ? a : `${a}-${b}`)).join();
}
