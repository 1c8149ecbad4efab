#!/usr/bin/env node
// Makes what the service serves of src/player/: two scripts, in src/player/dist/. They are part of the
// repository, so that nobody needs Node to build. `--check` only says whether they are what the sources
// make. `./test` does that; it installs terser into target/node.
import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const ROOT = new URL('../', import.meta.url);
const SOURCES = new URL('src/player/', ROOT);
const DIST = new URL('dist/', SOURCES);
const SCRIPTS = ['listen-player', 'desk'];

const { minify } = createRequire(new URL('target/node/', ROOT))('terser');

const IMPORT = /^import \{.*\} from '\.\/([\w-]+)\.js';$/;

/** One word for all that is declared compresses better than two, and means the same to who only runs it. */
const DECLARED = /^( *(?:export )?|.*\bfor \()const /;

/** A module with all it imports, in the order in which it is needed. Only what our own sources use is understood. */
function bundle(name, exported = true, done = new Set()) {
  if (done.has(name)) return '';
  done.add(name);
  const lines = readFileSync(new URL(`${name}.js`, SOURCES), 'utf8').split('\n');
  const imported = lines.map((line) => IMPORT.exec(line)?.[1]).filter(Boolean);
  const own = lines.filter((line) => !IMPORT.test(line)).map((line) => line.replace(DECLARED, '$1let '));
  return [
    ...imported.map((module) => bundle(module, false, done)),
    ...(exported ? own : own.map((line) => line.replace(/^export /, ''))),
  ].join('\n');
}

/** Style sheets without comments and needless white space (CSS Syntax Level 3 §4). */
function styles(script) {
  return script.replace(/\/\* css \*\/ `(.*?)`/gs, (_, css) => {
    const bare = css.replace(/\/\*.*?\*\//gs, '').replace(/\s+/g, ' ');
    return '`' + bare.replace(/ ?([{};,>]) ?/g, '$1').replace(/: /g, ':').replace(/;}/g, '}').trim() + '`';
  });
}

async function served(name) {
  const { code } = await minify(styles(bundle(name)), {
    module: true,
    ecma: 2022,
    compress: { passes: 3, unsafe_arrows: true, pure_getters: true },
  });
  return `${code}\n`;
}

/** The digests of all sources, for those who have no Node: a unit test holds the sources to them. */
function digests() {
  const names = readdirSync(SOURCES).filter((name) => name.endsWith('.js')).sort();
  const digest = (name) => createHash('sha256').update(readFileSync(new URL(name, SOURCES))).digest('hex');
  return names.map((name) => `${digest(name)}  ${name}\n`).join('');
}

const made = new Map([['SHA256SUMS', digests()]]);
for (const name of SCRIPTS) made.set(`${name}.js`, await served(name));
if (process.argv[2] === '--check') {
  const read = (name) => { try { return readFileSync(new URL(name, DIST), 'utf8'); } catch { return ''; } };
  const stale = [...made].filter(([name, text]) => read(name) !== text).map(([name]) => name);
  if (stale.length) {
    console.error(`src/player/dist: ${stale.join(', ')} is not what the sources make: node scripts/player.mjs`);
    process.exit(1);
  }
} else {
  mkdirSync(DIST, { recursive: true });
  for (const [name, text] of made) writeFileSync(new URL(name, DIST), text);
}
