"""A Chromium for the scripts beside this file, driven over its debugging pipe: JSON messages that end in NUL.

Python 3 and its standard library only.
"""

import json
import shutil
import subprocess
import tempfile

PROGRAMS = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync --mute-audio --remote-debugging-pipe"
).split()
# The pipe's two ends are file descriptors 3 and 4 of the browser.
PIPE = 'exec "$@" 3<&0 4>&1 </dev/null >/dev/null'


class Chromium:
    """A browser with a profile of its own, which is removed at the end."""

    def __init__(self):
        program = next((found for name in PROGRAMS if (found := shutil.which(name))), None)
        if not program:
            raise SystemExit("no Chromium; on Debian: apt-get install chromium")
        self.profile = tempfile.mkdtemp(prefix="listen-bench-chromium-")
        self.asked = 0
        command = ["sh", "-c", PIPE, "sh", program, *FLAGS, f"--user-data-dir={self.profile}", "about:blank"]
        self.process = subprocess.Popen(
            command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, bufsize=0
        )
        self.waiting = b""

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.kill()
        self.process.wait()
        shutil.rmtree(self.profile, ignore_errors=True)

    def ask(self, method, params=None, session=None):
        """The result of a command of the debugging protocol."""
        self.asked += 1
        message = {"id": self.asked, "method": method, "params": params or {}}
        if session:
            message["sessionId"] = session
        self.process.stdin.write(json.dumps(message).encode() + b"\0")
        while True:
            answer = self.read()
            if answer.get("id") == self.asked:
                if "error" in answer:
                    raise SystemExit(f"{method}: {answer['error']}")
                return answer["result"]

    def read(self):
        while b"\0" not in self.waiting:
            more = self.process.stdout.read(1 << 16)
            if not more:
                raise SystemExit("Chromium went away")
            self.waiting += more
        message, self.waiting = self.waiting.split(b"\0", 1)
        return json.loads(message)

    def open(self, url, width=1000, height=800):
        """A page of this size, once it is loaded."""
        target = self.ask("Target.createTarget", {"url": "about:blank"})["targetId"]
        session = self.ask("Target.attachToTarget", {"targetId": target, "flatten": True})["sessionId"]
        tab = Tab(self, session, target)
        size = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": False}
        tab.ask("Emulation.setDeviceMetricsOverride", size)
        tab.ask("Page.enable")
        tab.ask("Page.navigate", {"url": url})
        tab.eval("new Promise(done => document.readyState === 'complete' ? done() : addEventListener('load', () => done()))")
        return tab


class Tab:
    """A page that is open."""

    def __init__(self, chromium, session, target):
        self.chromium, self.session, self.target = chromium, session, target

    def ask(self, method, params=None):
        return self.chromium.ask(method, params, self.session)

    def eval(self, expression):
        """What an expression gives, as after a press of a key; waits for it when it is a promise."""
        params = {"expression": expression, "awaitPromise": True, "returnByValue": True, "userGesture": True}
        answer = self.ask("Runtime.evaluate", params)
        if "exceptionDetails" in answer:
            raise SystemExit(f"{expression}: {answer['exceptionDetails']}")
        return answer["result"].get("value")

    def close(self):
        self.chromium.ask("Target.closeTarget", {"targetId": self.target})
