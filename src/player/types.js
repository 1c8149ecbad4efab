// @ts-check
/**
 * The shapes that the player's modules share. Nothing here runs.
 *
 * @typedef {import('./strings.js').Strings} Strings
 * @typedef {import('./listen-player.js').ListenPlayer} ListenPlayer
 *
 * @typedef {object} Sentence
 * @property {string} text
 * @property {number} frames        its length; an estimate until it is made
 * @property {number} pause_frames  silence after it
 * @property {'pending'|'ready'|'skipped'} state
 * @property {string} clip          address of its sound
 * @property {[number, number, number, number][]} [words] offset and length in `text`, start and end in ms
 *
 * @typedef {object} Manifest
 * @property {string} id
 * @property {string} revision
 * @property {string|null} title
 * @property {string|null} publisher
 * @property {string|null} byline
 * @property {string} lang
 * @property {string|null} url
 * @property {string|null} image
 * @property {'queued'|'rendering'|'ready'|'failed'} state
 * @property {string} label
 * @property {number} listen_minutes
 * @property {number} frame_ms
 * @property {{url: string, type: string, bytes: number|null}[]} audio
 * @property {{type: string, bytes_per_frame: number, silent_frame: string}} clips
 * @property {Sentence[]} sentences
 * @property {{id: string, title: string, url?: string}} [next]
 * @property {Partial<Strings>} [ui]
 * @property {{download?: string, plays?: string, events?: string}} links
 * @property {string} ai
 *
 * A place in the article: a sentence, and seconds from its start. Unlike a time it stays true when
 * the lengths before it turn out to be others than estimated.
 * @typedef {[i: number, offset: number]} Place
 *
 * What a way of making sound tells the player.
 * @typedef {'playing'|'waiting'|'offline'|'paused'|'ended'|'failed'|'lengths'} News
 *
 * A way of making sound.
 * @typedef {object} Sound
 * @property {() => Place} where             what is heard now
 * @property {(place: Place) => void} go     moves there; goes on playing when it was
 * @property {() => Promise<void>} play
 * @property {() => void} pause
 * @property {(speed: number) => void} rate
 * @property {() => void} stop               ends it for good, and lets go of the audio element
 *
 * What the parts are given to work with.
 * @typedef {object} Deck
 * @property {ListenPlayer} player
 * @property {HTMLAudioElement} audio
 * @property {Manifest} manifest
 * @property {(path: string) => string} address  the full address of a path of the service
 * @property {(key: keyof Strings, values?: Record<string, string|number>) => string} say
 * @property {(news: News) => void} tell
 * @property {() => Promise<void>} reload         reads the manifest again, and stays at the same words
 * @property {import('./shell.js').Shell} shell
 */
export {};
