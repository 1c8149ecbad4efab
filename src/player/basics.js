// @ts-check
/** Small sums that several modules need. */

/** @typedef {import('./types.js').Manifest} Manifest */

/** The longest pause before asking again, in seconds. */
const PAUSE_MAX = 30;

/**
 * Seconds to wait before asking again.
 * @param {Response} answer
 */
export const patience = (answer) => Math.min(Number(answer.headers.get('retry-after')) || 1, PAUSE_MAX);

/**
 * @param {Manifest} manifest
 * @param {number} frames
 */
export const seconds = (manifest, frames) => (frames * manifest.frame_ms) / 1000;

/**
 * Where each sentence begins, in seconds; one more for the end. True as far as the lengths are.
 * @param {Manifest} manifest
 * @returns {number[]}
 */
export function beginnings(manifest) {
  let at = 0;
  return [0, ...manifest.sentences.map(({ frames, pause_frames }) => (at += seconds(manifest, frames + pause_frames)))];
}

/**
 * How many entries of a rising list are not above a value.
 * @param {ArrayLike<number>} list
 * @param {number} value
 */
export function notAbove(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return low;
}
