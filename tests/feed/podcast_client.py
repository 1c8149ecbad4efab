"""A podcast app: loads what a feed offers as apps do (HEAD, a probe, a broken load that goes on, other
forms), with nothing but the feed's own addresses, and checks every byte. Argument: the feed's address."""

import base64
import hashlib
import sys
import urllib.error
import urllib.request
import xml.etree.ElementTree as ET

PODCAST = "{https://podcastindex.org/namespace/1.0}"
ITUNES = "{http://www.itunes.com/dtds/podcast-1.0.dtd}"
ATOM = "{http://www.w3.org/2005/Atom}"
opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))


def ask(url, method="GET", **headers):
    request = urllib.request.Request(url, method=method)
    for name, value in headers.items():
        request.add_header(name.replace("_", "-"), value)
    try:
        with opener.open(request, timeout=60) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        return error.code, error.headers, error.read()


def load(url, length, media_type):
    """All bytes of a file, loaded as a phone on a train does."""
    status, headers, body = ask(url, "HEAD")
    assert (status, body) == (200, b""), (status, body)
    assert int(headers["Content-Length"]) == length, (headers["Content-Length"], length)
    assert headers["Content-Type"] == media_type, headers["Content-Type"]
    assert headers["Accept-Ranges"] == "bytes"
    tag = headers["ETag"]
    status, headers, body = ask(url, Range="bytes=0-1")
    assert status == 206 and headers["Content-Range"] == f"bytes 0-1/{length}", headers["Content-Range"]
    data = body
    while len(data) < length:
        # Each time the line breaks after a while, and the load goes on where it stopped.
        end = min(length, len(data) + max(1, length // 5)) - 1
        status, headers, body = ask(url, Range=f"bytes={len(data)}-{end}", If_Range=tag)
        assert status == 206, status
        data += body
    status, headers, whole = ask(url)
    assert status == 200 and whole == data, "loaded at once and in parts it is the same"
    assert ask(url, If_None_Match=tag)[0] == 304
    return data


def check(item):
    enclosure = item.find("enclosure").attrib
    data = load(enclosure["url"], int(enclosure["length"]), enclosure["type"])
    assert data[:3] == b"ID3", data[:3]
    hashed = 0
    for form in item.iter(PODCAST + "alternateEnclosure"):
        url = form.find(PODCAST + "source").attrib["uri"]
        other = load(url, int(form.attrib["length"]), form.attrib["type"])
        if form.attrib.get("default") == "true":
            assert other == data
        integrity = form.find(PODCAST + "integrity")
        if integrity is not None:
            kind, _, value = integrity.attrib["value"].partition("-")
            assert base64.b64encode(hashlib.new(kind, other).digest()).decode() == value
            hashed += 1
    texts = [*item.iter(PODCAST + "transcript"), *item.iter(PODCAST + "chapters")]
    for text in texts:
        status, headers, body = ask(text.attrib["url"], Origin="https://app.example")
        assert status == 200 and body, (text.attrib["url"], status)
        assert headers["Access-Control-Allow-Origin"] == "*"
        assert headers["Content-Type"].split(";")[0] == text.attrib["type"], headers["Content-Type"]
    return hashed, len(texts)


status, headers, xml = ask(sys.argv[1])
assert status == 200, (status, xml)
tag, date = headers["ETag"], headers.get("Last-Modified")
assert ask(sys.argv[1], If_None_Match=tag)[0] == 304
if date:
    assert ask(sys.argv[1], If_Modified_Since=date)[0] == 304
channel = ET.fromstring(xml).find("channel")
own = [link.attrib["href"] for link in channel.iter(ATOM + "link") if link.attrib["rel"] == "self"]
assert ask(own[0])[2] == xml, "the feed says where it is"
cover = channel.find(ITUNES + "image").attrib["href"]
status, headers, _ = ask(cover, "HEAD")
assert status == 200 and headers["Content-Type"] == "image/png" and int(headers["Content-Length"]) > 0
counts = [check(item) for item in channel.iter("item")]
print(len(counts), sum(hashed for hashed, _ in counts), sum(texts for _, texts in counts))
