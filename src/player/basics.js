// @ts-check
/** Small sums that several modules need. */

/** @typedef {import('./types.js').Manifest} Manifest */

/** The longest pause before asking again, in seconds. */
const PAUSE_MAX = 30;

/**
 * How long to wait before asking again, in ms; 0 for an answer after which that is no use.
 * @param {Response} answer
 */
export const patience = ({ status, headers }) =>
  [202, 429, 503].includes(status) ? Math.min(Number(headers.get('retry-after')) || 1, PAUSE_MAX) * 1000 : 0;

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
