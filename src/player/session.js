// @ts-check
/** What goes beside the sound: media keys and the lock screen, news of the rendering, the one report of a visit. */

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').State} State */
/** @typedef {import('./controls.js').Board} Board */

/** Pause before events are asked for again where there were none, in ms. */
const ASK_AGAIN = 10_000;

/** Sentences that were heard for a shorter time than this were passed over, in ms. */
const HEARD = 700;

/** @param {Deck} deck @param {Board} board @param {() => Promise<void>} reload @param {AbortSignal} signal */
export function accompany(deck, board, reload, signal) {
  const { player, address, say } = deck;
  /** Browsers inside of apps have none. @type {MediaSession|undefined} */
  const keys = navigator.mediaSession;
  /** @type {Set<number>} Sentences that were heard. */
  const heard = new Set();
  /** Since when the sound runs, or 0; and how long it ran before. */
  let [since, ran] = [0, 0];
  /** The sentence that is heard, and since when. */
  let [i, began] = [-1, 0];
  let revision = '';
  let completed = false;
  let reported = false;
  /** @type {EventSource|undefined} */
  let events;
  /** @type {ReturnType<typeof setTimeout>|undefined} */
  let timer;
  signal.addEventListener('abort', () => clearTimeout(timer));

  /** The sentence so far was heard; another one begins. */
  function hear() {
    const now = deck.manifest.revision;
    if (now !== revision) heard.clear();
    else if (i >= 0 && performance.now() - began > HEARD) heard.add(i);
    revision = now;
    i = player.sentenceIndex;
    began = performance.now();
    position();
  }

  /** Media keys, headphones and lock screens move this player. */
  function take() {
    if (!keys) return;
    const { title, publisher, byline, image } = deck.manifest;
    keys.metadata = new MediaMetadata({
      title: title ?? document.title,
      artist: publisher ?? byline ?? location.hostname,
      artwork: image ? [{ src: address(image) }] : [],
    });
    /** @type {Record<string, MediaSessionActionHandler>} */
    const actions = {
      play: () => void player.play(),
      pause: () => player.pause(),
      seekbackward: board.rewind,
      seekforward: board.advance,
      seekto: ({ seekTime }) => player.seek(seekTime ?? 0),
      previoustrack: () => board.step(-1),
      nexttrack: () => board.step(1),
    };
    for (const action in actions) {
      try {
        keys.setActionHandler(/** @type {MediaSessionAction} */ (action), actions[action]);
      } catch {
        // A browser that does not know one of them has no key for it.
      }
    }
  }

  function position() {
    const { currentTime, duration, playbackRate } = player;
    keys?.setPositionState?.({ duration, playbackRate, position: Math.min(currentTime, duration) });
  }

  /** What could be heard next; a page may let it begin by itself. */
  function offer() {
    const { next } = deck.manifest;
    const wish = player.getAttribute('next');
    if (next && wish === 'play') void player.playNext();
    else if (next && wish !== 'off') board.offer(say('upnext', { title: next.title }), () => void player.playNext());
  }

  /** Hears of every sentence that is made while the article is heard: its word times, its true length. */
  function watch() {
    const { manifest } = deck;
    if (!since || events || manifest.state === 'ready' || !manifest.links.events) return;
    const source = (events = new EventSource(address(manifest.links.events)));
    const over = () => {
      source.close();
      events = undefined;
    };
    signal.addEventListener('abort', over);
    source.addEventListener('clip', ({ data }) => {
      const { i, clip, ...made } = JSON.parse(data);
      if (deck.manifest !== manifest) return over();
      Object.assign(manifest.sentences[i], made, clip && { clip });
      deck.tell('lengths');
    });
    source.addEventListener('ready', () => {
      manifest.state = 'ready';
      over();
    });
    source.addEventListener('changed', () => {
      over();
      reload().catch(() => {});
    });
    source.onerror = () => {
      if (source.readyState !== EventSource.CLOSED) return;
      over();
      timer = setTimeout(watch, ASK_AGAIN);
    };
  }

  /** Once a visit, without anything that tells visits or visitors apart, and not where that is unwanted. */
  function report() {
    tell('paused');
    hear();
    const { doNotTrack, globalPrivacyControl } = /** @type {any} */ (navigator);
    const unwanted = player.hasAttribute('no-analytics') || doNotTrack === '1' || globalPrivacyControl;
    if (reported || unwanted || !heard.size) return;
    reported = true;
    /** @type {any} What is no text is made one. */
    const fields = { revision, heard: ranges(heard), seconds: Math.round(ran / 1000), completed };
    navigator.sendBeacon(address(deck.manifest.links.plays), new URLSearchParams(fields));
  }

  /** @param {State} state */
  function tell(state) {
    const playing = state === 'playing';
    const now = performance.now();
    if (since) ran += now - since;
    since = playing ? now : 0;
    if (keys) keys.playbackState = playing || state === 'paused' ? state : 'none';
    if (playing) {
      take();
      watch();
    }
    if (state === 'ended') {
      completed = true;
      report();
      offer();
    }
    position();
  }

  player.addEventListener('listen-sentence', hear, { signal });
  for (const type of ['seek', 'ratechange']) player.addEventListener('listen-' + type, position, { signal });
  addEventListener('pagehide', report, { signal });
  hear();
  return { tell, report };
}

/** Numbers as ranges: `0-4,7-7`. @param {Set<number>} numbers */
function ranges(numbers) {
  const firsts = [...numbers].filter((n) => !numbers.has(n - 1)).sort((a, b) => a - b);
  return firsts.map((n) => {
    let last = n;
    while (numbers.has(last + 1)) last++;
    return `${n}-${last}`;
  }).join();
}
