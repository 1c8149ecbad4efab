"""Reads a feed with feedparser and podcastparser and compares every field with what was written; exits
with 77 when one is not installed. Arguments: the feed, the expected fields as JSON."""

import calendar
import json
import sys

try:
    import feedparser
    import podcastparser
except ImportError as error:
    print(f"{error}: pip install feedparser podcastparser", file=sys.stderr)
    sys.exit(77)

feed_file, expected_file = sys.argv[1:]
with open(expected_file, encoding="utf-8") as stream:
    expected = json.load(stream)
channel, items = expected["channel"], expected["items"]


def same(what, read, written):
    assert read == written, f"{what}: {read!r} was read, {written!r} was written"


parsed = feedparser.parse(feed_file)
assert not parsed.bozo, parsed.bozo_exception
feed = parsed.feed
for field in ("title", "language", "link", "author"):
    same(field, feed[field], channel[field])
same("subtitle", feed.subtitle, channel["description"])
same("image", feed.image.href, channel["image"])
same("owner", feed.publisher_detail.email, channel["email"])
same("category", [tag.term for tag in feed.tags][:1], [channel["categories"][0]])
same("self", [link.href for link in feed.links if link.rel == "self"], [channel["self"]])
same("hub", [link.href for link in feed.links if link.rel == "hub"], [channel["hub"]])
same("items", [entry.id for entry in parsed.entries], [item["guid"] for item in items])
for entry, item in zip(parsed.entries, items):
    # It takes a title for HTML and removes what looks like tags.
    if not set("<>&") & set(item["title"]):
        same("title", entry.title, item["title"])
    assert not entry.guidislink, entry.id
    same("link", entry.link, item["link"])
    same("author", entry.author, item["author"])
    same("published", calendar.timegm(entry.published_parsed), item["published"])
    same("duration", entry.itunes_duration, str(item["duration"]))
    same("type", entry.itunes_episodetype, "full")
    enclosures = [(e.href, e.length, e.type) for e in entry.enclosures]
    same("enclosure", enclosures, [(item["url"], str(item["length"]), "audio/mpeg")])
    assert "Read by an AI voice" in entry.summary, entry.summary
    assert "<script" not in entry.summary + "".join(c.value for c in entry.content)

with open(feed_file, "rb") as stream:
    podcast = podcastparser.parse("file://" + feed_file, stream)
same("title", podcast["title"], channel["title"])
same("link", podcast["link"], channel["link"])
same("language", podcast["language"], channel["language"])
same("cover", podcast["cover_url"], channel["image"])
same("explicit", podcast["explicit"], False)
same("author", podcast["itunes_author"], channel["author"])
same("items", [e["guid"] for e in podcast["episodes"]], [item["guid"] for item in items])
for episode, item in zip(podcast["episodes"], items):
    same("title", episode["title"], item["title"])
    same("link", episode["link"], item["link"])
    same("published", episode["published"], item["published"])
    same("duration", episode["total_time"], item["duration"])
    (enclosure,) = episode["enclosures"]
    same("url", enclosure["url"], item["url"])
    same("length", enclosure["file_size"], item["length"])
    same("type", enclosure["mime_type"], "audio/mpeg")
    assert "Read by an AI voice" in episode["description"], episode["description"]
