"""The program `takt` under test: short commands, and engines that run, are killed and are asked for pages.

Every test file ends with `main()`. By hand: tests/processes/start_test.py [--takt PROGRAM] [unittest options]
"""

import base64
import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
TAKT = os.path.join(ROOT, "build", "dev", "takt")

# A wrong start must be told within a second; a busy machine gets three.
WRONG_SECONDS = 3.0


def main():
    """Takes --takt off the command line and leaves the rest to unittest. With --list it names the classes of tests."""
    global TAKT
    if "--list" in sys.argv:
        suites = unittest.defaultTestLoader.loadTestsFromModule(sys.modules["__main__"])
        print("\n".join(sorted({type(test).__name__ for suite in suites for test in suite})))
        return
    if "--takt" in sys.argv:
        at = sys.argv.index("--takt")
        TAKT = os.path.abspath(sys.argv[at + 1])
        del sys.argv[at:at + 2]
    unittest.main(verbosity=2)


def takt(*words, seconds=60, cwd=None, stdin=subprocess.DEVNULL, binary=False):
    """Runs a command to its end; `seconds` is when the test gives up. The result has `.seconds`."""
    begin = time.monotonic()
    done = subprocess.run([TAKT, *map(str, words)], stdin=stdin, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, cwd=cwd, timeout=seconds, check=False)
    if not binary:
        # Strict: whatever the input, what is printed is text.
        done.stdout, done.stderr = done.stdout.decode(), done.stderr.decode()
    done.seconds = time.monotonic() - begin
    return done


def wait_for(what, condition, seconds=30.0, interval=0.05):
    """Polls until `condition()` gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"waited {seconds} s in vain for {what}")
        time.sleep(interval)


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


class Folder(unittest.TestCase):
    """A test with a folder of its own and a small configuration that reads one file."""

    def setUp(self):
        self.folder = tempfile.mkdtemp(prefix="takt-processes-")
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def path(self, *names):
        return os.path.join(self.folder, *names)

    def write(self, name, content):
        path = self.path(name)
        with open(path, "wb") as out:
            out.write(content if isinstance(content, bytes) else content.encode())
        return path

    def config(self, sources='crm: {file: in.jsonl, follow: true}', more="", name="takt.yaml"):
        """Writes takt.yaml: the shipped demo's definition over these sources."""
        return self.write(name, f"use: [{ROOT}/config/demo/takt]\nsources: {{{sources}}}\n"
                                f"dead_letters: {{file: dead.jsonl}}\n{more}")

    def engine(self, config, **options):
        engine = Engine(config, self.folder, **options)
        self.addCleanup(engine.end)
        return engine

    def dead_letters(self, name="dead.jsonl"):
        letters = []
        if os.path.exists(self.path(name)):
            with open(self.path(name), "rb") as lines:
                letters = [json.loads(line) for line in lines]
        for letter in letters:
            letter["bytes"] = base64.b64decode(letter["value"]) if letter["value"] else b""
        return letters


class Engine:
    """One `takt run` on free ports."""

    def __init__(self, config, folder, journal="journal"):
        self.config = config
        self.journal = os.path.join(folder, journal)
        self.log_path = os.path.join(folder, f"{journal}.log")
        self.ports = (free_port(), free_port())
        self.process = None

    def start(self, await_ready=True, options=()):
        with open(self.log_path, "ab") as log:
            self.process = subprocess.Popen(
                [TAKT, "run", self.config, "--journal", self.journal,
                 "--listen", f"127.0.0.1:{self.ports[0]}",
                 "--listen-api", f"127.0.0.1:{self.ports[1]}", *options],
                stdin=subprocess.DEVNULL, stdout=log, stderr=log)
        if await_ready:
            wait_for("the engine to be ready", lambda: self.get("/readyz")[0] == 200)
        return self

    def log(self):
        with open(self.log_path, encoding="utf-8", errors="replace") as text:
            return text.read()

    def get(self, path, api=False, headers=None, method="GET"):
        """Status and body of a page; (None, b"") while nobody listens."""
        url = f"http://127.0.0.1:{self.ports[1 if api else 0]}{path}"
        request = urllib.request.Request(url, headers=headers or {}, method=method)
        try:
            with urllib.request.urlopen(request, timeout=20) as answer:
                return answer.status, answer.read()
        except urllib.error.HTTPError as error:
            return error.code, error.read()
        except (urllib.error.URLError, OSError):
            if self.process is not None and self.process.poll() is not None:
                raise AssertionError(f"the engine ended with {self.process.returncode}:\n"
                                     f"{self.log()}") from None
            return None, b""

    def page(self, path="/kpis"):
        status, body = self.get(path)
        assert status == 200, (path, status, body)
        return body

    def metrics(self):
        """The health page as {series: value}."""
        values = {}
        for line in self.page("/metrics").decode().splitlines():
            if line and not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                values[series] = float(value)
        return values

    def total(self, name, *parts):
        """Sum over the series of one name whose labels hold all of `parts`."""
        return sum(value for series, value in self.metrics().items()
                   if series.split("{")[0] == name and all(part in series for part in parts))

    def await_records(self, count, seconds=60):
        """Until so many records were read since the process started."""
        wait_for(f"{count} records", lambda: self.total("takt_records_polled_total") >= count, seconds)

    def signal(self, number):
        self.process.send_signal(number)

    def kill(self):
        self.signal(signal.SIGKILL)
        self.process.wait()

    def stop(self, seconds=15):
        """SIGTERM; exit code and how long it took."""
        begin = time.monotonic()
        self.signal(signal.SIGTERM)
        code = self.process.wait(timeout=seconds)
        return code, time.monotonic() - begin

    def end(self):
        if self.process is not None and self.process.poll() is None:
            self.kill()


def promtool(page):
    """Problems that Prometheus' own checker finds in a page; None without promtool."""
    if shutil.which("promtool") is None:
        return None
    done = subprocess.run(["promtool", "check", "metrics"], input=page, stdout=subprocess.PIPE,
                          stderr=subprocess.STDOUT, timeout=60, check=False)
    return "" if done.returncode in (0, 3) and b"error" not in done.stdout else done.stdout.decode()


def deal(number, time_text, **fields):
    """A canonical JSON change of a deal."""
    return json.dumps({"object": "deal", "id": f"D{number}", "op": "record", "time": time_text,
                       "event_id": f"e{number}-{fields.get('stage')}", "fields": fields})
