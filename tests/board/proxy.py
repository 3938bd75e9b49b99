"""Stands between the browser and the engine, to show the board what an engine seldom says."""

import http.server
import json
import threading
import urllib.error
import urllib.request


class Proxy:
    """Passes everything on; `change[path]` is a function that gets the JSON of that path and may alter it.

    While `away` is true nothing is answered: the connection is closed.
    """

    def __init__(self, target):
        self.target = target
        self.change = {}
        self.away = False
        proxy = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_GET(self):  # noqa: N802, the library's name
                proxy.answer(self)

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self.url = f"http://127.0.0.1:{self.server.server_port}"
        self.thread = threading.Thread(target=self.server.serve_forever, daemon=True)
        self.thread.start()

    def answer(self, client):
        if self.away:
            client.close_connection = True
            return
        try:
            with urllib.request.urlopen(self.target + client.path, timeout=20) as answer:
                status, headers, body = answer.status, answer.headers, answer.read()
        except urllib.error.HTTPError as error:
            status, headers, body = error.code, error.headers, error.read()
        change = self.change.get(client.path.split("?")[0])
        if change and status == 200:
            said = json.loads(body)
            change(said)
            body = json.dumps(said).encode()
        client.send_response(status)
        for name, value in headers.items():
            if name.lower() not in ("content-length", "connection", "transfer-encoding", "date"):
                client.send_header(name, value)
        client.send_header("Content-Length", str(len(body)))
        client.end_headers()
        client.wfile.write(body)

    def close(self):
        self.server.shutdown()
        self.server.server_close()
