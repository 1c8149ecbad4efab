// @ts-check
/** The page at `/`, with what a script adds to it. */
import { copy } from './copy.js';
import { live } from './live.js';
import { texts } from './text.js';
import { trial } from './trial.js';
import { voices } from './voices.js';

copy();
texts();
trial();
voices();
void live();
