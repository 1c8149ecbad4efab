// @ts-check
/** What the player finds around itself: the look of the page, and what this browser remembers. */

/**
 * Whether the page around an element is dark: the first colour that is painted behind it, else what
 * the page says it can be and the reader prefers.
 * @param {Element} element
 */
export function isDark(element) {
  for (let at = element.parentElement; at; at = at.parentElement) {
    const [r, g, b, alpha = 1] = (getComputedStyle(at).backgroundColor.match(/[\d.]+/g) ?? []).map(Number);
    if (alpha > 0.5) return 3 * r + 6 * g + b < 1100;
  }
  const scheme = getComputedStyle(document.documentElement).colorScheme;
  return scheme.includes('dark') && (!scheme.includes('light') || matchMedia('(prefers-color-scheme:dark)').matches);
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
