"""A headless Chromium, driven by its DevTools protocol over a WebSocket, with the standard library alone.

    with Browser(folder) as browser:
        page = browser.open("http://127.0.0.1:9465/", width=360, height=740)
        page.evaluate("document.title")

A page keeps every request that it made, every line of its console and every exception. Its timers may be made faster, so
that a test of what comes next need not wait as a person would.
"""

import base64
import json
import os
import shutil
import socket
import struct
import subprocess
import time
import urllib.request

NAMES = ("chromium", "chromium-browser", "google-chrome")


class DevToolsError(Exception):
    pass


def program():
    return next((found for found in map(shutil.which, NAMES) if found), None)


class WebSocket:
    """As much of RFC 6455 as DevTools speaks: text frames, whole or in parts."""

    def __init__(self, url, seconds):
        host, path = url[len("ws://"):].split("/", 1)
        name, port = host.rsplit(":", 1)
        self.socket = socket.create_connection((name, int(port)), timeout=seconds)
        key = base64.b64encode(os.urandom(16)).decode()
        self.socket.sendall((f"GET /{path} HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\n"
                             f"Connection: Upgrade\r\nSec-WebSocket-Key: {key}\r\n"
                             "Sec-WebSocket-Version: 13\r\n\r\n").encode())
        self.buffer = b""
        head = self._until(b"\r\n\r\n")
        if b" 101 " not in head.split(b"\r\n")[0]:
            raise DevToolsError(f"no WebSocket: {head!r}")

    def _until(self, mark):
        while mark not in self.buffer:
            self._more()
        head, self.buffer = self.buffer.split(mark, 1)
        return head

    def _more(self):
        got = self.socket.recv(1 << 16)
        if not got:
            raise DevToolsError("the browser closed the connection")
        self.buffer += got

    def _take(self, size):
        while len(self.buffer) < size:
            self._more()
        taken, self.buffer = self.buffer[:size], self.buffer[size:]
        return taken

    def send(self, text):
        data = text.encode()
        mask = os.urandom(4)
        size = len(data)
        if size < 126:
            head = struct.pack("!BB", 0x81, 0x80 | size)
        elif size < 1 << 16:
            head = struct.pack("!BBH", 0x81, 0x80 | 126, size)
        else:
            head = struct.pack("!BBQ", 0x81, 0x80 | 127, size)
        masked = bytes(byte ^ mask[i % 4] for i, byte in enumerate(data))
        self.socket.sendall(head + mask + masked)

    def receive(self, seconds):
        """One whole message, or None when none comes in time."""
        self.socket.settimeout(seconds)
        message = b""
        try:
            while True:
                first, second = self._take(2)
                size = second & 0x7f
                if size == 126:
                    size = struct.unpack("!H", self._take(2))[0]
                elif size == 127:
                    size = struct.unpack("!Q", self._take(8))[0]
                payload = self._take(size)
                if first & 0x0f == 8:
                    raise DevToolsError("the browser closed the page")
                if first & 0x0f in (0, 1):
                    message += payload
                    if first & 0x80:
                        return message.decode()
        except socket.timeout:
            return None

    def close(self):
        self.socket.close()


# Timers alone: clocks, and what is given up after a time, stay as they are.
TIMERS = "{ const later = window.setTimeout; window.setTimeout = (act, wait, ...rest) => later(act, (wait ?? 0) / %s, ...rest) }"


class Page:
    def __init__(self, told, browser, faster):
        self.socket = WebSocket(told["webSocketDebuggerUrl"], 20)
        self.closing = f"{browser}/json/close/{told['id']}"
        self.number = 0
        self.requests = []  # urls
        self.problems = []  # console errors, warnings, exceptions, refused and failed requests
        for domain in ("Page", "Runtime", "Network", "Log"):
            self.call(f"{domain}.enable")
        if faster != 1:
            self.call("Page.addScriptToEvaluateOnNewDocument", source=TIMERS % faster)

    def call(self, method, seconds=30, **parameters):
        self.number += 1
        number = self.number
        self.socket.send(json.dumps({"id": number, "method": method, "params": parameters}))
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            message = self._next(end - time.monotonic())
            if message is None:
                break
            if message.get("id") == number:
                if "error" in message:
                    raise DevToolsError(f"{method}: {message['error']}")
                return message["result"]
        raise DevToolsError(f"{method}: no answer in {seconds} s")

    def _next(self, seconds):
        text = self.socket.receive(max(seconds, 0.001))
        if text is None:
            return None
        message = json.loads(text)
        self._note(message.get("method"), message.get("params", {}))
        return message

    def _note(self, method, told):
        if method == "Network.requestWillBeSent":
            self.requests.append(told["request"]["url"])
        elif method == "Runtime.exceptionThrown":
            self.problems.append(json.dumps(told["exceptionDetails"])[:500])
        elif method == "Runtime.consoleAPICalled" and told["type"] in ("error", "warning", "assert"):
            self.problems.append(json.dumps(told["args"])[:500])
        elif method == "Log.entryAdded" and told["entry"]["level"] in ("error", "warning"):
            self.problems.append(f"{told['entry']['text']} {told['entry'].get('url', '')}")

    def evaluate(self, expression):
        told = self.call("Runtime.evaluate", expression=expression, returnByValue=True, awaitPromise=True)
        if "exceptionDetails" in told:
            raise DevToolsError(f"{expression}: {json.dumps(told['exceptionDetails'])[:800]}")
        return told["result"].get("value")

    def wait(self, what, expression, seconds=20):
        """Until the expression is true; returns its value."""
        end = time.monotonic() + seconds
        while time.monotonic() < end:
            found = self.evaluate(expression)
            if found:
                return found
            self._next(0.1)
        raise DevToolsError(f"waited {seconds} s in vain for {what}: {expression}")

    def wait_for_requests(self, part, more, seconds=60):
        """Until so many more requests whose URL holds `part` were made than by now."""
        asked = lambda: sum(part in url for url in self.requests)  # noqa: E731
        wanted = asked() + more
        end = time.monotonic() + seconds
        while asked() < wanted:
            if time.monotonic() > end:
                raise DevToolsError(f"no {more} requests of {part} within {seconds} s")
            self._next(0.2)

    def go(self, url):
        self.call("Page.navigate", url=url)
        self.wait("the page", "document.readyState === 'complete'")

    def size(self, width, height, phone=False):
        self.call("Emulation.setDeviceMetricsOverride", width=width, height=height, deviceScaleFactor=1, mobile=phone)

    def prefer(self, scheme):
        self.call("Emulation.setEmulatedMedia", features=[{"name": "prefers-color-scheme", "value": scheme}])

    def press(self, key, code=0, text=None):
        what = {"key": key, "code": key, "windowsVirtualKeyCode": code, "nativeVirtualKeyCode": code}
        self.call("Input.dispatchKeyEvent", type="keyDown", **what, **({"text": text} if text else {}))
        self.call("Input.dispatchKeyEvent", type="keyUp", **what)

    def screenshot(self, path, whole=False):
        told = self.call("Page.captureScreenshot", format="png", captureBeyondViewport=whole)
        with open(path, "wb") as out:
            out.write(base64.b64decode(told["data"]))

    def close(self):
        """Of the tab too: one that is left open goes on asking and drawing beside the next."""
        self.socket.close()
        with urllib.request.urlopen(self.closing, timeout=20):
            pass


class Browser:
    """A process of its own with a profile in `folder`; ends with the `with`. `faster` is how many times shorter pages wait."""

    def __init__(self, folder, faster=1):
        self.folder = folder
        self.faster = faster
        self.profile = os.path.join(folder, "profile")
        os.makedirs(self.profile, exist_ok=True)

    def __enter__(self):
        self.log = open(os.path.join(self.folder, "browser.log"), "wb")
        self.process = subprocess.Popen(
            [program(), "--headless=new", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage",
             "--no-first-run", "--no-default-browser-check", "--disable-extensions", "--disable-background-networking",
             "--disable-component-update", "--disable-sync", "--hide-scrollbars", "--lang=en-US", "--force-color-profile=srgb",
             "--remote-debugging-port=0", f"--user-data-dir={self.profile}", "about:blank"],
            stdin=subprocess.DEVNULL, stdout=self.log, stderr=self.log, cwd=self.folder,
            env={**os.environ, "HOME": self.folder, "TZ": "Europe/Paris"})
        try:
            self.port = self._port()
        except BaseException:
            self.__exit__()
            raise
        return self

    def _port(self):
        told = os.path.join(self.profile, "DevToolsActivePort")
        end = time.monotonic() + 60
        while time.monotonic() < end:
            if os.path.exists(told):
                with open(told, encoding="utf-8") as file:
                    lines = file.read().split()
                if lines:
                    return int(lines[0])
            if self.process.poll() is not None:
                raise DevToolsError(f"the browser ended with {self.process.returncode}; see {self.log.name}")
            time.sleep(0.05)
        raise DevToolsError(f"the browser did not start within 60 s; see {self.log.name}")

    def open(self, url, width, height, phone=False):
        address = f"http://127.0.0.1:{self.port}"
        request = urllib.request.Request(f"{address}/json/new?about:blank", method="PUT")
        with urllib.request.urlopen(request, timeout=20) as answer:
            page = Page(json.load(answer), address, self.faster)
        page.size(width, height, phone)
        page.go(url)
        return page

    def __exit__(self, *_):
        self.process.terminate()
        try:
            self.process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()
        self.log.close()
