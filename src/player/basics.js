// @ts-check
/** Small sums that several parts need. */

/** @typedef {import('./types.js').Manifest} Manifest */

/** The longest pause before asking again, in seconds. */
const PAUSE_MAX = 30;

/**
 * Seconds to wait before asking again.
 * @param {Response} answer
 */
export const patience = (answer) => Math.min(Number(answer.headers.get('retry-after')) || 1, PAUSE_MAX);

/**
 * Where each sentence begins, in seconds; one more for the end. True as far as the lengths are.
 * @param {Manifest} manifest
 * @returns {number[]}
 */
export function beginnings(manifest) {
  const starts = [0];
  for (const sentence of manifest.sentences) {
    starts.push(starts[starts.length - 1] + seconds(manifest, sentence.frames + sentence.pause_frames));
  }
  return starts;
}

/**
 * @param {Manifest} manifest
 * @param {number} frames
 */
export const seconds = (manifest, frames) => (frames * manifest.frame_ms) / 1000;

/**
 * The last entry of a rising list that is not above a value; 0 when all are.
 * @param {ArrayLike<number>} list
 * @param {number} value
 */
export function lastNotAbove(list, value) {
  let low = 0;
  let high = list.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (list[middle] <= value) low = middle + 1;
    else high = middle;
  }
  return Math.max(0, low - 1);
}
