// Asks a service for speech with the official `openai` package; exits with 77 when it is not installed.
// Arguments: the service's address, a key, the folder of node_modules. Prints what was heard, as JSON.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';

const [, , base, key, modules] = process.argv;
let OpenAI;
try {
  ({ default: OpenAI } = createRequire(modules + '/')('openai'));
} catch (error) {
  console.error(`${error.message}: npm ci --prefix ${modules} (./test does it)`);
  process.exit(77);
}
const client = new OpenAI({ baseURL: `${base}/v1`, apiKey: key, maxRetries: 0, timeout: 600_000 });
const asked = { model: 'tts-1', voice: 'tone', input: 'The gate was open. Nobody came. It rained.' };

async function whole(more = {}) {
  const response = await client.audio.speech.create({ ...asked, ...more });
  return Buffer.from(await response.arrayBuffer());
}

const mp3 = await whole();
assert.equal(mp3.subarray(0, 3).toString(), 'ID3');

const response = await client.audio.speech.create({ ...asked, response_format: 'mp3' });
assert.equal(response.headers.get('content-type'), 'audio/mpeg');
const chunks = [];
for await (const chunk of response.body) chunks.push(Buffer.from(chunk));
assert.deepEqual(Buffer.concat(chunks), mp3);

const events = (await whole({ stream_format: 'sse' })).toString().split('\n\n').filter(Boolean);
const told = events.map((event) => JSON.parse(event.replace(/^data: /, '')));
const done = told.pop();
assert.equal(done.type, 'speech.audio.done');
assert.deepEqual(Buffer.concat(told.map((event) => Buffer.from(event.audio, 'base64'))), mp3);

await assert.rejects(whole({ voice: 'nobody' }), (error) => {
  assert.ok(error instanceof OpenAI.BadRequestError);
  return error.param === 'voice' && error.code === 'unknown_voice';
});
const models = [];
for await (const model of client.models.list()) models.push(model.id);
console.log(JSON.stringify({ models, mp3: mp3.length, usage: done.usage }));
