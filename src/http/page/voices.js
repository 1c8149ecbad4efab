// @ts-check
/** Voices say their sample line: a trial of a few words, made once for each voice. */
import { Refused, request } from './key.js';

const audio = new Audio();
/** @type {HTMLButtonElement|undefined} The one whose voice is heard. */
let speaking;

/** @param {string} words */
function say(words) {
  const line = document.getElementById('voice-said');
  if (line) line.textContent = words;
}

/** What a button does; whose voice it is stays. @param {HTMLButtonElement} button @param {string} words */
function name(button, words) {
  if (button.firstChild) button.firstChild.textContent = words;
}

function hush() {
  audio.pause();
  if (speaking) name(speaking, 'Hear it');
  speaking = undefined;
}

/** @param {HTMLButtonElement} button @param {string} voice @param {string} lang @param {string} text */
async function audition(button, voice, lang, text) {
  const again = speaking === button;
  hush();
  if (again) return;
  speaking = button;
  name(button, 'Stop');
  say('');
  try {
    const id = `trial-voice-${voice}`;
    const { revision } = await request('PUT', `v1/articles/${id}`, { text, voice, lang, trial: true });
    if (speaking !== button) return;
    audio.src = `v1/articles/${id}/audio.mp3?rev=${revision}`;
    await audio.play();
  } catch (error) {
    if (speaking === button) hush();
    if (error instanceof Refused) say(error.message);
    else if (!(error instanceof DOMException && error.name === 'AbortError')) say('This voice could not be heard.');
  }
}

/** Makes the buttons work. */
export function voices() {
  audio.addEventListener('ended', hush);
  audio.addEventListener('error', hush);
  for (const button of /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll('.hear'))) {
    const { lang = '', sample = '' } = button.dataset;
    button.addEventListener('click', () => void audition(button, button.value, lang, sample));
  }
  for (const form of /** @type {NodeListOf<HTMLFormElement>} */ (document.querySelectorAll('.audition'))) {
    form.addEventListener('submit', (event) => {
      event.preventDefault();
      const list = /** @type {HTMLSelectElement} */ (form.querySelector('select'));
      const button = /** @type {HTMLButtonElement} */ (form.querySelector('button'));
      const { lang = '', sample = '' } = list.selectedOptions[0]?.dataset ?? {};
      void audition(button, list.value, lang, sample);
    });
  }
}
