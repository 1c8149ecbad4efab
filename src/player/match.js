// @ts-check
/** Which words of one text are which of another: pure sums on lists of words. */

/** Side of the largest table that is filled; a larger problem is cut into smaller ones first. */
const SIDE = 500;

/** Words in a row that count as a landmark when they occur once on both sides. */
const LANDMARK = 4;

/**
 * Which word of the page each word of the article is: -1 when it is none.
 * @param {string[]} said @param {string[]} shown
 */
export function match(said, shown) {
  const map = new Int32Array(said.length).fill(-1);
  solve(0, said.length, 0, shown.length, LANDMARK);
  return map;

  /**
   * Equal ends first; what is left, when it is small, by its longest common subsequence, else cut at
   * landmarks: runs of `k` words that occur once on both sides, in the longest order that both share.
   * @param {number} i @param {number} iEnd @param {number} j @param {number} jEnd @param {number} k
   */
  function solve(i, iEnd, j, jEnd, k) {
    for (;;) {
      while (i < iEnd && j < jEnd && said[i] === shown[j]) map[i++] = j++;
      while (i < iEnd && j < jEnd && said[iEnd - 1] === shown[jEnd - 1]) map[--iEnd] = --jEnd;
      const [n, m] = [iEnd - i, jEnd - j];
      if (!n || !m) return;
      if (n * m <= SIDE * SIDE) return table(i, iEnd, j, jEnd);
      const marks = landmarks(i, iEnd, j, jEnd, k);
      if (marks.length) {
        for (const [a, b] of marks) {
          if (a < i || b < j) continue;
          solve(i, a, j, b, k);
          [i, j] = [a, b];
          while (i < iEnd && j < jEnd && said[i] === shown[j]) map[i++] = j++;
        }
      } else if (k > 1) {
        k--;
      } else {
        // Nothing but repetition: as much as a table holds, then on from the last word that was found.
        const [iCut, jCut] = [Math.min(iEnd, i + SIDE), Math.min(jEnd, j + SIDE)];
        table(i, iCut, j, jCut);
        let last = iCut;
        while (last > i && map[last - 1] < 0) last--;
        if (last > i) [i, j] = [last, map[last - 1] + 1];
        else if (n > m) i = iCut;
        else j = jCut;
      }
    }
  }

  /**
   * The longest common subsequence of two stretches.
   * @param {number} i @param {number} iEnd @param {number} j @param {number} jEnd
   */
  function table(i, iEnd, j, jEnd) {
    const [n, m] = [iEnd - i, jEnd - j];
    const width = m + 1;
    const best = new Uint16Array((n + 1) * width);
    for (let a = n - 1; a >= 0; a--) {
      for (let b = m - 1; b >= 0; b--) {
        const at = a * width + b;
        best[at] = said[i + a] === shown[j + b] ? best[at + width + 1] + 1 : Math.max(best[at + width], best[at + 1]);
      }
    }
    for (let a = 0, b = 0; a < n && b < m; ) {
      const at = a * width + b;
      if (said[i + a] === shown[j + b]) map[i + a++] = j + b++;
      else if (best[at + width] >= best[at + 1]) a++;
      else b++;
    }
  }

  /**
   * Where runs of `k` words stand that occur once on both sides, in the longest order that both share.
   * @param {number} i @param {number} iEnd @param {number} j @param {number} jEnd @param {number} k
   */
  function landmarks(i, iEnd, j, jEnd, k) {
    const there = once(shown, j, jEnd, k);
    /** @type {number[][]} */
    const pairs = [];
    for (const [run, a] of once(said, i, iEnd, k)) {
      const b = there.get(run) ?? -1;
      if (a >= 0 && b >= 0) pairs.push([a, b]);
    }
    // The longest rising sequence by piles (patience sorting); `pairs` rises on the first side already.
    /** @type {number[]} */
    const tops = [];
    /** @type {number[]} */
    const piles = [];
    const before = pairs.map(([, b], p) => {
      const low = tops.findLastIndex((top) => top < b) + 1;
      tops[low] = b;
      piles[low] = p;
      return piles[low - 1] ?? -1;
    });
    const chain = [];
    for (let p = piles.at(-1) ?? -1; p >= 0; p = before[p]) chain.push(pairs[p]);
    return chain.reverse();
  }
}

/**
 * Runs of `k` words and where each begins; -1 for those that occur more than once.
 * @param {string[]} words @param {number} at @param {number} end @param {number} k
 */
function once(words, at, end, k) {
  /** @type {Map<string, number>} */
  const places = new Map();
  for (; at + k <= end; at++) {
    const run = words.slice(at, at + k).join(' ');
    places.set(run, places.has(run) ? -1 : at);
  }
  return places;
}
