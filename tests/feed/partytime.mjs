// Reads a feed with podcast-partytime and compares every field with what was written; exits with 77
// when it is not installed. Arguments: the feed, the expected fields as JSON, the folder of node_modules.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const [, , feedFile, expectedFile, modules] = process.argv;
let parseFeed;
try {
  ({ parseFeed } = createRequire(modules + '/')('podcast-partytime'));
} catch (error) {
  console.error(`${error.message}: npm ci --prefix ${modules} (./test does it)`);
  process.exit(77);
}
const expected = JSON.parse(readFileSync(expectedFile, 'utf8'));
const feed = parseFeed(readFileSync(feedFile, 'utf8'), { allowMissingGuid: false });
assert.ok(feed, 'no feed at all');

const { channel } = expected;
assert.equal(feed.title, channel.title);
assert.equal(feed.language, channel.language);
assert.equal(feed.link, channel.link);
assert.equal(feed.guid, channel.guid);
assert.equal(feed.medium, 'podcast');
assert.equal(feed.itunesType, 'episodic');
assert.equal(feed.explicit, false);
assert.equal(feed.itunesImage, channel.image);
assert.deepEqual(feed.itunesCategory, [channel.categories.join(' > ')]);
assert.equal(feed.locked, true);
assert.equal(feed.podcastOwner, channel.email, 'who may unlock it');
assert.deepEqual(feed.owner, { name: channel.author, email: channel.email });
assert.deepEqual([feed.author].flat(), [channel.author]);
assert.equal(feed.pubsub?.self, channel.self);
assert.equal(feed.pubsub?.hub, channel.hub);
assert.deepEqual(feed.podcastPeople.map((p) => [p.name, p.role, p.group]), [[channel.author, 'Author', 'Writing']]);
assert.equal(feed.items.length, expected.items.length);

for (const [i, item] of feed.items.entries()) {
  const wanted = expected.items[i];
  assert.equal(item.guid, wanted.guid);
  // It resolves entities twice, so a title that speaks of one reads differently.
  if (!/&[#\w]+;/.test(wanted.title)) assert.equal(item.title, wanted.title, wanted.guid);
  assert.equal(item.link, wanted.link);
  assert.deepEqual(item.enclosure, { url: wanted.url, length: wanted.length, type: 'audio/mpeg' });
  assert.equal(item.duration, wanted.duration);
  assert.equal(item.pubDate.getTime(), wanted.published * 1000);
  assert.equal(item.itunesEpisodeType, 'full');
  assert.equal(item.explicit, false);
  assert.deepEqual(item.podcastPeople.map((p) => [p.name, p.role, p.group]), [[wanted.author, 'Author', 'Writing']]);
  assert.deepEqual(
    item.podcastTranscripts.map(({ url, type, language, rel }) => ({ url, type, language, rel })),
    // It has its own word for SubRip.
    wanted.transcripts.map(({ url, type, language, rel }) => (
      { url, type: type.replace('application/x-subrip', 'application/srt'), language, rel }
    )),
  );
  assert.equal(item.podcastChapters?.url, wanted.chapters ?? undefined);
  const alternatives = item.alternativeEnclosures;
  assert.deepEqual(
    alternatives.map((a) => [a.type, a.length, a.default, a.source.map((s) => s.uri), a.integrity?.value]),
    wanted.alternatives.map((a) => [a.type, a.length, a.default, [a.uri], a.integrity ?? undefined]),
  );
}
