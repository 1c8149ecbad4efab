"""A worker that hums a tenth of a second for each word: docs/worker-protocol.md in thirty lines."""
import json
import math
import re
import struct
import sys

WORD = [int(8000 * math.sin(n / 16) * math.sin(math.pi * n / 1600)) for n in range(1600)]

def write(body=b"", **head):
    head = json.dumps({"v": 1, **head}).encode()
    sys.stdout.buffer.write(struct.pack("<II", len(head), len(body)) + head + body)
    sys.stdout.buffer.flush()

while lengths := sys.stdin.buffer.read(8):
    head_bytes, body_bytes = struct.unpack("<II", lengths)
    ask = json.loads(sys.stdin.buffer.read(head_bytes + body_bytes)[:head_bytes])
    if ask["op"] == "describe":
        write(**{"is": "description", "engine": "hum", "revision": "1", "deterministic": True,
                 "word_marks": True, "voices": [{"name": "hum", "langs": ["en"]}]})
    elif ask["op"] == "speak" and ask["voice"] == "hum":
        words = [found.span() for found in re.finditer(rb"\S+", ask["text"].encode())]
        for _ in words:
            write(struct.pack("<1600h", *WORD), **{"is": "audio", "rate_hz": 16000})
        write(**{"is": "done", "marks": [
            {"text": {"start": start, "end": end}, "audio": {"start": i * 1600, "end": i * 1600 + 1600}}
            for i, (start, end) in enumerate(words)]})
    else:
        write(**{"is": "error", "kind": "refused", "message": "it has the voice hum, and nothing else"})
