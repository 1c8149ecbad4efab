// @ts-check
/**
 * What the player says. The manifest's `ui` object holds these keys in the language of the article.
 * `{n}`, `{time}`, `{total}` and `{title}` are put in by the player. Texts are plain, without markup,
 * and short: labels stand on buttons and in menus.
 *
 * @typedef {object} Strings
 * @property {string} listen      heading of the player, and its name for screen readers
 * @property {string} minutes     how long it is; `{n}` is a whole number of minutes, at least 1
 * @property {string} play        button
 * @property {string} pause       button
 * @property {string} back        button; `{n}` seconds, 15 unless the page says otherwise
 * @property {string} forward     button; `{n}` seconds, 30 unless the page says otherwise
 * @property {string} previous    button: to the sentence before
 * @property {string} next        button: to the sentence after
 * @property {string} position    name of the timeline
 * @property {string} of          value of the timeline: `{time}` of `{total}`, both like `1:05`
 * @property {string} speed       name of the list of speeds
 * @property {string} more        button that opens the menu
 * @property {string} follow      switch in the menu: the page scrolls with the voice
 * @property {string} share       menu entry: a link that starts here; `{time}` like `1:05`
 * @property {string} copied      said when the link was copied
 * @property {string} download    menu entry: keep the sound file
 * @property {string} close       button that puts the small player at the page's edge away
 * @property {string} making      said while a sentence is being made or fetched
 * @property {string} offline     said while there is no connection; it goes on by itself
 * @property {string} failed      said when there is no sound to be had
 * @property {string} retry       button beside `failed`
 * @property {string} upnext      offer after the end; `{title}` of the next article
 * @property {string} ai          that a machine reads
 */

/**
 * What may have to be said before the manifest is there.
 * @type {Partial<Strings>}
 */
export const EARLY = {
  listen: 'Listen to this article',
  minutes: '{n} min listen',
  play: 'Play',
  pause: 'Pause',
  failed: 'There is no audio for this article.',
  retry: 'Try again',
};
