"""The processes of the end-to-end test: a Kafka broker, engines and a generator, all on loopback."""

import json
import os
import signal
import socket
import subprocess
import time
import urllib.error
import urllib.request

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))


class Failed(Exception):
    """What the test found wrong; its text is all that is printed."""


def wait_for(what, seconds, condition, interval=0.2):
    """Polls until `condition()` gives something true, and returns that."""
    end = time.monotonic() + seconds
    while True:
        found = condition()
        if found:
            return found
        if time.monotonic() > end:
            raise Failed(f"waited {seconds} s in vain for {what}")
        time.sleep(interval)


def free_ports(count):
    sockets = [socket.socket() for _ in range(count)]
    for each in sockets:
        each.bind(("127.0.0.1", 0))
    ports = [each.getsockname()[1] for each in sockets]
    for each in sockets:
        each.close()
    return ports


class Broker:
    """One real Kafka node, by ./dev kafka, under a name of its own."""

    def __init__(self, name):
        self.name = name
        self.address = self._dev("start").strip().splitlines()[-1]

    def _dev(self, *words):
        command = [os.path.join(ROOT, "dev"), "kafka", *words, "--name", self.name]
        done = subprocess.run(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                              stdin=subprocess.DEVNULL, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"{' '.join(command)}: {done.stderr}")
        return done.stdout

    def kill(self):
        self._dev("kill")

    def start(self):
        self._dev("start")

    def clean(self):
        self._dev("clean")

    def records(self, topic):
        """All committed records of a topic, as (partition, offset, time in ms, key, value)."""
        done = subprocess.run(
            ["kcat", "-C", "-b", self.address, "-t", topic, "-o", "beginning", "-e", "-q",
             "-X", "isolation.level=read_committed", "-f", "%p %o %T %K %S\n%k%s\n"],
            stdout=subprocess.PIPE, stderr=subprocess.PIPE, stdin=subprocess.DEVNULL, check=False)
        if done.returncode != 0:
            raise Failed(f"kcat on {topic}: {done.stderr.decode()}")
        return list(self._split(done.stdout))

    @staticmethod
    def _split(output):
        at = 0
        while at < len(output):
            end = output.index(b"\n", at)
            partition, offset, millis, key_size, value_size = map(int, output[at:end].split())
            at = end + 1
            key = output[at:at + max(key_size, 0)]
            at += max(key_size, 0)
            value = output[at:at + max(value_size, 0)]
            at += max(value_size, 0) + 1
            yield partition, offset, millis, key, value


class Engine:
    """One `takt run`, with a journal and ports of its own, killed and restarted at will."""

    def __init__(self, program, config, folder, ports):
        self.program = program
        self.config = config
        self.folder = folder
        self.ports = ports
        self.process = None
        self.kills = 0
        self.started = 0.0  # monotonic seconds of the latest start
        os.makedirs(folder, exist_ok=True)
        self.log = open(os.path.join(folder, "log.txt"), "ab")

    def start(self):
        self.started = time.monotonic()
        self.process = subprocess.Popen(
            [self.program, "run", self.config, "--journal", os.path.join(self.folder, "journal"),
             "--listen", f"127.0.0.1:{self.ports[0]}", "--listen-api",
             f"127.0.0.1:{self.ports[1]}"],
            # A Ctrl-C is for whoever started it: it then ends the engine in order.
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, start_new_session=True)

    def kill(self):
        self.process.send_signal(signal.SIGKILL)
        self.process.wait()
        self.kills += 1

    def stop(self):
        """SIGTERM; the exit code, or a failure after ten seconds."""
        if self.process is None or self.process.poll() is not None:
            return None
        self.process.send_signal(signal.SIGTERM)
        try:
            return self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
            raise Failed(f"engine in {self.folder} did not end within 10 s of SIGTERM") from None

    def get(self, path, api=False):
        """The body of a page; None while the engine cannot be reached."""
        url = f"http://127.0.0.1:{self.ports[1 if api else 0]}{path}"
        try:
            with urllib.request.urlopen(url, timeout=20) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
            if self.process is not None and self.process.poll() not in (None, -signal.SIGKILL):
                raise Failed(f"the engine in {self.folder} ended by itself with code "
                             f"{self.process.returncode}; see its log.txt") from None
            return None

    def metrics(self):
        """The health page as {series text: value}."""
        page = self.get("/metrics")
        if page is None:
            return None
        values = {}
        for line in page.decode().splitlines():
            if line and not line.startswith("#"):
                series, value = line.rsplit(" ", 1)
                values[series] = float(value)
        return values

    def kpis(self, at=None):
        """The KPIs as JSON, at a moment or as of now."""
        body = self.get("/api/v1/kpis" + (f"?at={at}" if at else ""), api=True)
        return None if body is None else json.loads(body)
