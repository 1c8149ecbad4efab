"""A program that hums: each word as long as it is written. Beside a file `crash` it dies in the middle of
the first word, beside `hang` it says no more; the file is gone then."""
import math
import os
import signal
import struct
import sys
import time

RATE_HZ = 16_000
OPEN = 0xFFFFFFFF
# A hundredth of a second.
HUM = struct.pack("<160h", *(int(8_000 * math.sin(n * math.tau / 40)) for n in range(160)))
GAP = bytes(len(HUM))


def told_to(name: str) -> bool:
    try:
        os.remove(name)
    except FileNotFoundError:
        return False
    return True


pace = float(sys.argv[1])
text = sys.stdin.buffer.read().decode()
out = sys.stdout.buffer
out.write(struct.pack("<4sI4s4sIHHIIHH4sI", b"RIFF", OPEN, b"WAVE", b"fmt ", 16, 1, 1, RATE_HZ, 2 * RATE_HZ, 2, 16, b"data", OPEN))
for word in text.split():
    out.write(HUM * max(1, round(6 * len(word) / pace)) + GAP * round(5 / pace))
    out.flush()
    if told_to("crash"):
        os.kill(os.getpid(), signal.SIGKILL)
    if told_to("hang"):
        time.sleep(3600)
