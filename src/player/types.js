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
 * @property {{url: string, type: string, bytes: number|null, untagged?: string}[]} audio
 * @property {{type: string, bytes_per_frame: number, silent_frame: string}} clips
 * @property {Sentence[]} sentences
 * @property {{id: string, title: string}} [next]
 * @property {Partial<Strings>} ui
 * @property {{download: string, plays: string, events?: string}} links
 * @property {string} ai
 *
 * A place in the article: a sentence, and seconds from its start. Unlike a time it stays true when
 * the lengths before it turn out to be others than estimated.
 * @typedef {[i: number, offset: number]} Place
 *
 * @typedef {'idle'|'loading'|'waiting'|'making'|'playing'|'paused'|'ended'|'offline'|'missing'|'failed'} State
 *
 * What a way of making sound tells the player.
 * @typedef {'playing'|'waiting'|'making'|'offline'|'paused'|'ended'|'failed'|'lengths'} News
 *
 * Words of the player, with values in the places of their names.
 * @typedef {(key: keyof Strings, values?: Record<string, string|number>) => string} Say
 *
 * What is shown.
 * @typedef {object} View
 * @property {State} state
 * @property {boolean} started
 * @property {boolean} away      whether it is heard and out of sight
 * @property {number} at         seconds
 * @property {number} duration   seconds; 0 when unknown
 * @property {number} rate
 * @property {string} title      of the article; may be empty
 * @property {string} label      how long it is, in words; may be empty
 *
 * A way of making sound.
 * @typedef {object} Way
 * @property {() => Place} where             what is heard now
 * @property {(place: Place) => void} go     moves there; goes on playing when it was
 * @property {() => Promise<void>} [play]    where it is more than to let the audio element play
 * @property {() => void} [pause]
 * @property {() => void} [rate]             the speed was changed
 * @property {() => boolean} [quiet]         whether what the audio element tells is not to be told
 *
 * Listens to the audio element as long as a way is gone.
 * @typedef {(type: string, act: () => unknown) => void} On
 *
 * One article in the player, and what its parts are given to work with.
 * @typedef {object} Deck
 * @property {ListenPlayer} player
 * @property {HTMLAudioElement} audio
 * @property {Manifest} manifest
 * @property {Place} place                       where it is, or will start
 * @property {number[]} starts                   where each sentence begins, in seconds, and the end
 * @property {(at: number) => Place} placeAt     the place at so many seconds from the start
 * @property {(path: string) => string} address  the full address of a path of the service
 * @property {typeof import('./basics.js').patience} patience
 * @property {Say} say
 * @property {(news: News) => void} tell
 * @property {(type: string, detail?: Record<string, unknown>) => void} emit
 * @property {(place: Place) => void} go
 * @property {() => void} keep                   remembers the place
 * @property {() => void} paint
 * @property {() => Promise<Manifest>} read      the manifest as it is now
 * @property {ReturnType<typeof import('./shell.js').shell>} shell
 */
export {};
