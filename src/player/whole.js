// @ts-check

/** @typedef {import('./types.js').Deck} Deck */
/** @typedef {import('./types.js').Place} Place */
/** @typedef {import('./types.js').Way} Way */

/** How long more of the file is awaited, in ms. */
const LONG = 3000;

/** A media element may stand this much before the time it was sent to, in seconds. */
export const NEAR = 0.002;

/**
 * A finished article, by ranges of its one file. Where that does not arrive, clips are asked for until they do.
 * @param {Deck} deck @param {unknown} _ @param {(at?: Place) => void} broken @param {import('./types.js').On} on
 * @returns {Way|undefined}
 */
export function whole({ audio, manifest, place, starts, placeAt, address, tell }, _, broken, on) {
  const file = manifest.audio.find(({ bytes, type }) => bytes && audio.canPlayType(type));
  if (manifest.state !== 'ready' || !file) return;
  /** Where it is to be, until the file is open. */
  let goal = place;

  const where = () => (audio.readyState ? placeAt(audio.currentTime + NEAR) : goal);

  /** @param {Place} place */
  function go(place) {
    goal = place;
    if (!audio.readyState) return;
    const to = starts[place[0]] + place[1];
    const { seekable } = audio;
    // A server without ranges gives a file in which nobody can move; among clips one can.
    if (to && (!seekable.length || seekable.end(seekable.length - 1) < to - 1)) broken(place);
    else if (to || audio.currentTime) audio.currentTime = to;
  }

  on('loadedmetadata', () => go(goal));
  // A browser goes on asking for what a lost connection owes, and says nothing of it for a minute.
  on('waiting', () => setTimeout(() => audio.readyState < 3 && !audio.paused && broken(), LONG));
  on('ended', () => tell('ended'));
  on('error', broken);
  audio.preload = 'auto';
  audio.src = address(file.untagged ?? file.url);
  return { where, go };
}
