"""What stands around the engines: a name that leads to a ready one, Prometheus, Alertmanager, and somebody who is paged.
All on loopback."""

import glob
import http.server
import itertools
import json
import os
import re
import signal
import socket
import subprocess
import threading
import urllib.error
import urllib.request

from processes import ROOT, Failed, wait_for

DEPLOY = os.path.join(ROOT, "deploy")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86400}


def is_free(port):
    with socket.socket() as each:
        each.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            each.bind(("127.0.0.1", port))
            return True
        except OSError:
            return False


def read(*path):
    with open(os.path.join(DEPLOY, *path), encoding="utf-8") as file:
        return file.read()


def faster(text, times):
    """Rules and routes with all waits, and the ranges of queries, so many times shorter; a second at least."""
    def shorter(found):
        seconds = int(found.group(2)) * _SECONDS[found.group(3)]
        return f"{found.group(1)}{max(1, round(seconds / times))}s"
    keys = "for|keep_firing_for|interval|group_wait|group_interval|repeat_interval"
    return re.sub(rf"(\[|\b(?:{keys}): )(\d+)([smhd])(?=\]|\s)", shorter, text)


class Program:
    """A program that runs until it is stopped; its output goes to <folder>/<name>.log."""

    def __init__(self, folder, name, command):
        os.makedirs(folder, exist_ok=True)
        self.name = name
        self.log = os.path.join(folder, f"{name}.log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL, stdout=log, stderr=log,
                                            start_new_session=True)

    def get(self, url):
        """The body of a page; None while it cannot be reached."""
        if self.process.poll() is not None:
            with open(self.log, encoding="utf-8", errors="replace") as log:
                raise Failed(f"{self.name} ended with code {self.process.returncode}: {log.read()[-1000:]}")
        try:
            with urllib.request.urlopen(url, timeout=5) as answer:
                return answer.read()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            return None

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
            try:
                self.process.wait(timeout=20)
            except subprocess.TimeoutExpired:
                self.process.kill()
                self.process.wait()


class Prometheus(Program):
    def __init__(self, folder, port, config):
        self.address = f"http://127.0.0.1:{port}"
        os.makedirs(folder, exist_ok=True)
        for name, text in config.items():
            with open(os.path.join(folder, name), "w", encoding="utf-8") as out:
                out.write(text)
        super().__init__(folder, "prometheus", [
            "prometheus", "--config.file=prometheus.yaml", "--storage.tsdb.path=data",
            "--web.listen-address=" + self.address[len("http://"):]])
        wait_for("Prometheus", 30, lambda: self.get(f"{self.address}/-/ready"))

    def alerts(self):
        """{(name, group of sales_region or source): state} of all alerts that are pending or firing."""
        page = self.get(f"{self.address}/api/v1/alerts")
        found = json.loads(page)["data"]["alerts"] if page else []
        return {(each["labels"]["alertname"],
                 each["labels"].get("sales_region", each["labels"].get("source", ""))): each["state"] for each in found}

    def query(self, expression):
        """[(labels, value)] of an instant query."""
        page = self.get(f"{self.address}/api/v1/query?query={urllib.request.quote(expression)}")
        found = json.loads(page)["data"]["result"] if page else []
        return [(each["metric"], each["value"][1]) for each in found]


class Alertmanager(Program):
    def __init__(self, folder, port, config):
        self.address = f"http://127.0.0.1:{port}"
        os.makedirs(os.path.join(folder, "secrets"), exist_ok=True)
        with open(os.path.join(folder, "alertmanager.yaml"), "w", encoding="utf-8") as out:
            out.write(config)
        with open(os.path.join(folder, "secrets", "page_token"), "w", encoding="utf-8") as out:
            out.write("of no use\n")
        super().__init__(folder, "alertmanager", [
            "prometheus-alertmanager", "--config.file=alertmanager.yaml", "--storage.path=data",
            "--cluster.listen-address=", "--web.listen-address=" + self.address[len("http://"):]])
        wait_for("Alertmanager", 30, lambda: self.get(f"{self.address}/-/ready"))


def alertmanager_config(receiver_port):
    """The shipped routes, told to our receiver at any hour of any day."""
    text = read("alertmanager", "alertmanager.yaml").replace("127.0.0.1:9099", f"127.0.0.1:{receiver_port}")
    text = re.sub(r"^ +(active|mute)_time_intervals: .*\n", "", text, flags=re.MULTILINE)
    return text


def prometheus_config(service_port, engine_ports, alertmanager_port, interval):
    """The shipped example with the addresses of this run and the scrape interval in seconds: {file: text}. The
    rules of the configured alerts are the demo's, in sales_rules.yaml, unless that is replaced."""
    text = read("prometheus", "prometheus.yaml")
    engines = ", ".join(f'"127.0.0.1:{port}"' for port in engine_ports)
    text = text.replace('targets: ["127.0.0.1:9464", "127.0.0.1:9474"]', f"targets: [{engines}]")
    text = text.replace('targets: ["127.0.0.1:9464"]', f'targets: ["127.0.0.1:{service_port}"]')
    text = text.replace('targets: ["127.0.0.1:9093"]', f'targets: ["127.0.0.1:{alertmanager_port}"]')
    text = re.sub(r"(scrape_interval|evaluation_interval): \d+s", rf"\1: {interval}s", text)
    text = re.sub(r"scrape_timeout: \d+s", f"scrape_timeout: {interval}s", text)
    rules = {os.path.basename(each): read("prometheus", os.path.basename(each))
             for each in glob.glob(os.path.join(DEPLOY, "prometheus", "*.yaml"))
             if os.path.basename(each) not in ("prometheus.yaml", "scrape.yaml")}
    return {"prometheus.yaml": text, **rules}


def sales_rules(takt, config, api_port, *options):
    """The rules of the alerts of a configuration, as takt generate rules writes them."""
    done = subprocess.run([takt, "generate", "rules", config, "--api", f"http://127.0.0.1:{api_port}", *options],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          check=False)
    if done.returncode != 0:
        raise Failed(f"takt generate rules: {done.stderr}")
    return done.stdout


class Service(threading.Thread):
    """One address that leads to any one engine that says it is ready, connection by connection, as a Service of
    Kubernetes does. Readiness is asked twice a second; two refusals in a row take an engine out."""

    def __init__(self, port, ports):
        super().__init__(daemon=True)
        self.port = port
        self.refusals = {each: 2 for each in ports}
        self.turn = itertools.count()
        self.ended = threading.Event()
        self.socket = socket.create_server(("127.0.0.1", port))
        self.probes = [threading.Thread(target=self._probe, args=(each,), daemon=True) for each in ports]

    def run(self):
        for probe in self.probes:
            probe.start()
        while not self.ended.is_set():
            try:
                client, _ = self.socket.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(client,), daemon=True).start()

    def stop(self):
        self.ended.set()
        self.socket.close()

    def _probe(self, port):
        while not self.ended.wait(0.5):
            try:
                with urllib.request.urlopen(f"http://127.0.0.1:{port}/readyz", timeout=1):
                    self.refusals[port] = 0
            except (urllib.error.URLError, ConnectionError, TimeoutError, OSError):
                self.refusals[port] += 1

    def _serve(self, client):
        ready = [port for port, refusals in self.refusals.items() if refusals < 2]
        with client:
            if not ready:
                return
            try:
                with socket.create_connection(("127.0.0.1", ready[next(self.turn) % len(ready)]), 5) as engine:
                    back = threading.Thread(target=self._copy, args=(engine, client), daemon=True)
                    back.start()
                    self._copy(client, engine)
                    back.join(60)
            except OSError:
                pass  # The client sees a connection that ends, as from any load balancer.

    @staticmethod
    def _copy(source, target):
        try:
            while data := source.recv(65536):
                target.sendall(data)
            target.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Receiver:
    """Somebody who is paged: takes Alertmanager's webhook and keeps, or shows, what came."""

    def __init__(self, port, show=None):
        self.notifications = []  # [(path, payload)] in the order of arrival
        self.show = show
        receiver = self

        class Handler(http.server.BaseHTTPRequestHandler):
            def do_POST(self):
                body = self.rfile.read(int(self.headers.get("Content-Length", 0)))
                receiver._took(self.path, json.loads(body))
                self.send_response(200)
                self.end_headers()

            def log_message(self, *_):
                pass

        self.server = http.server.ThreadingHTTPServer(("127.0.0.1", port), Handler)
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def _took(self, path, payload):
        self.notifications.append((path, payload))
        if self.show:
            self.show(path, payload)

    def stop(self):
        self.server.shutdown()
        self.server.server_close()

    def told(self, status, **labels):
        """The alerts of that status and labels that came, as (path, alert), each once."""
        found = {}
        for path, payload in list(self.notifications):
            for alert in payload["alerts"]:
                if alert["status"] == status and all(alert["labels"].get(k) == v for k, v in labels.items()):
                    found.setdefault((path, alert["fingerprint"], alert["startsAt"]), (path, alert))
        return list(found.values())


def page_text(path, payload):
    """A notification as a person gets it."""
    lines = [f"[{payload['status'].upper()}] to {payload['receiver']} ({path})"]
    for alert in payload["alerts"]:
        labels = {k: v for k, v in alert["labels"].items() if k not in ("instance", "job", "pod", "monitor")}
        lines.append(f"  {alert['status']}: {labels.pop('alertname')} "
                     + " ".join(f"{k}={v}" for k, v in sorted(labels.items())))
        for name in sorted(alert["annotations"], key=lambda each: (each not in ("summary", "description"), each)):
            lines.append(f"    {name + ':':<15}{alert['annotations'][name]}")
    return "\n".join(lines)
