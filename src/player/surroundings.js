// @ts-check
/** What the player finds around itself: the look of the page, and what this browser remembers. */

/**
 * Whether the page around the player is dark: its text is light. The style sheet gives the text's colour
 * in one notation, whatever the page's own is: `color(srgb 0.1 0.1 0.1)`.
 * @param {Element} player
 */
export function isDark(player) {
  const [r, g, b] = (getComputedStyle(player).floodColor.match(/[\d.]+/g) ?? []).map(Number);
  return 3 * r + 6 * g + b > 5;
}

/** What was kept under a name: a place for each article, and the speed. @param {string} name */
export function recall(name) {
  try {
    return JSON.parse(localStorage['listen:' + name]);
  } catch {
    // Nothing was, or the page may not.
    return null;
  }
}

/** Keeps something in this browser; null forgets it. @param {string} name @param {unknown} value */
export function remember(name, value) {
  try {
    if (value === null) localStorage.removeItem('listen:' + name);
    else localStorage['listen:' + name] = JSON.stringify(value);
  } catch {
    // Nothing is remembered; everything else works.
  }
}
