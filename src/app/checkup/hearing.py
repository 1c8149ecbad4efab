"""Recognizes speech with pocketsphinx and its English model: for every JSON line on stdin (samples in base64: mono, 16 bit,
little-endian) a JSON string with what was heard, in lower case."""
import base64
import json
import sys

from pocketsphinx import Decoder

decoder = Decoder(samprate=float(sys.argv[1]), loglevel="FATAL")
for line in sys.stdin:
    decoder.start_utt()
    decoder.process_raw(base64.b64decode(json.loads(line)), full_utt=True)
    decoder.end_utt()
    hypothesis = decoder.hyp()
    print(json.dumps(hypothesis.hypstr if hypothesis else ""), flush=True)
