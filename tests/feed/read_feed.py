"""Reads a feed with feedparser and podcastparser; exit 77 when one is not installed."""

import sys

try:
    import feedparser
    import podcastparser
except ImportError as error:
    print(f"{error}: pip install feedparser podcastparser", file=sys.stderr)
    sys.exit(77)

path = sys.argv[1]
parsed = feedparser.parse(path)
assert not parsed.bozo, parsed.bozo_exception
channel, items = parsed.feed, parsed.entries
assert channel.title == "Harbour Paper", channel.title
assert channel.language == "en"
assert channel.image.href == "https://listen.paper.example/cover.png", channel.image
assert [i.id for i in items] == ["listen:default:ferry", "listen:default:second"]
assert all(not i.guidislink for i in items)
assert "ferry" in items[0].title and "& more" in items[0].title.replace("&amp;", "&")
enclosure = items[0].enclosures[0]
assert enclosure.type == "audio/mpeg" and enclosure.length == "2409600", enclosure
assert items[0].published_parsed[:6] == (2025, 10, 9, 8, 53, 20)

with open(path, "rb") as stream:
    podcast = podcastparser.parse("file://" + path, stream)
assert podcast["title"] == "Harbour Paper"
assert podcast["explicit"] is False
first = podcast["episodes"][0]
assert first["title"] == "The last <ferry> & more", first["title"]
assert first["guid"] == "listen:default:ferry"
assert first["total_time"] == 301
assert first["published"] == 1760000000
assert first["enclosures"][0]["file_size"] == 2409600
assert first["enclosures"][0]["mime_type"] == "audio/mpeg"
assert first["link"] == "https://paper.example/ferry?a=1&b=2"
