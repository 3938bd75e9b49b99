#!/usr/bin/env python3
"""What deploy/ ships holds together: promtool and amtool accept it, every alert has a runbook and
is seen to fire, to stay quiet and to clear, and every series that rules and runbooks name is one
that a running engine exports.

Run by ctest; by hand: tests/deploy/deploy_test.py --takt build/dev/takt [unittest's options]
"""

import glob
import json
import os
import re
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.error
import urllib.request

sys.dont_write_bytecode = True  # the source tree stays as it is
import rules  # noqa: E402
import under_test  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DEPLOY = os.path.join(ROOT, "deploy")
ALERTMANAGER = os.path.join(DEPLOY, "alertmanager", "alertmanager.yaml")
RULE_FILES = ["data_alerts.yaml", "roll_ups.yaml", "sales_rules.yaml"]
# Made by Prometheus itself for each scrape.
OF_PROMETHEUS = {"up", "scrape_duration_seconds"}
LEVELS = ("company", "region", "team")


def read(*path):
    with open(os.path.join(DEPLOY, *path), encoding="utf-8") as file:
        return file.read()


def all_rules():
    return [rule for name in RULE_FILES for rule in rules.read_rules(read("prometheus", name))]


def alerts():
    return [rule for rule in all_rules() if rule.kind == "alert"]


def runbooks(folder=os.path.join(DEPLOY, "runbooks")):
    """{alert: page} of a folder."""
    pages = {}
    for path in glob.glob(os.path.join(folder, "*.md")):
        with open(path, encoding="utf-8") as page:
            pages[os.path.splitext(os.path.basename(path))[0]] = page.read()
    return pages


def free_port():
    with socket.socket() as each:
        each.bind(("127.0.0.1", 0))
        return each.getsockname()[1]


def get(url, body=None, trusted=None):
    headers = {"Content-Type": "application/json"} if body is not None else {}
    request = urllib.request.Request(url, data=body, headers=headers)
    context = ssl.create_default_context(cafile=trusted) if trusted else None
    with urllib.request.urlopen(request, timeout=5, context=context) as answer:
        return answer.read().decode("utf-8")


def wait_for(what, condition, seconds=60):
    end = time.monotonic() + seconds
    while time.monotonic() < end:
        try:
            found = condition()
        except (urllib.error.URLError, ConnectionError, TimeoutError):
            found = None
        if found:
            return found
        time.sleep(0.1)
    raise AssertionError(f"waited {seconds} s in vain for {what}")


class Process:
    """A program that runs until the end of a with; its output goes to a file."""

    def __init__(self, folder, command):
        self.log = os.path.join(folder, os.path.basename(command[0]) + ".log")
        with open(self.log, "wb") as log:
            self.process = subprocess.Popen(command, cwd=folder, stdin=subprocess.DEVNULL,
                                            stdout=log, stderr=log)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.process.send_signal(signal.SIGTERM)
        try:
            self.process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            self.process.kill()
            self.process.wait()


class Accepts(unittest.TestCase):
    """The programs that will read the files accept them."""

    def accepted(self, *command):
        done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                              stderr=subprocess.STDOUT, text=True, check=False, cwd=ROOT)
        self.assertEqual(done.returncode, 0, f"{' '.join(command)}:\n{done.stdout}")
        return done.stdout

    def test_prometheus_accepts_the_rules(self):
        for name in RULE_FILES:
            self.accepted("promtool", "check", "rules", f"deploy/prometheus/{name}")

    def test_prometheus_accepts_the_rules_of_any_words(self):
        config = r"""
organisation: "{{ o'neill \"& sons\" }}: #1"
dimensions: {region: {values: [north, "so\"uth {{x}}"]}}
objects: {deal: {pipelines: {main: {open: [new], won: [won], lost: [lost]}}}}
kpis:
  won: {count: deal, at: won}
  closed: {count: deal, at: [won, lost]}
  ratio: {share: won, of: closed, over: 28d}
  cycle: {durations: deal, to: won, over: 28d}
receivers: {"team {{a}} \"x\": #": odd}
alerts:
  a_1: {kpi: ratio, falls_below: own last 400, over: last 100, per: [company, region], false_pages: 1 per year,
        page: "team {{a}} \"x\": #",
        say: " - # : {value} \"{parts}\" 100% `x` \\ {score} {threshold} of {group} {window} {outcomes} {baseline}"}
  b: {kpi: cycle, over: 28d, above: 60d, ticket: "team {{a}} \"x\": #", say: ""}
  c: {kpi: closed, over: 28d, below: 5, page: "team {{a}} \"x\": #"}
"""
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "takt.yaml"), "w", encoding="utf-8") as out:
                out.write(config)
            made = self.accepted(under_test.takt, "generate", "rules", os.path.join(folder, "takt.yaml"))
            with open(os.path.join(folder, "rules.yaml"), "w", encoding="utf-8") as out:
                out.write(made)
            self.assertIn("3 rules found",
                          self.accepted("promtool", "check", "rules", os.path.join(folder, "rules.yaml")))

    def test_prometheus_accepts_the_configurations(self):
        self.accepted("promtool", "check", "config", "deploy/prometheus/scrape.yaml")
        self.accepted("promtool", "check", "config", "deploy/prometheus/prometheus.yaml")

    def test_rules_do_what_their_tests_say(self):
        tests = sorted(glob.glob(os.path.join(DEPLOY, "prometheus", "tests", "*.yaml")))
        self.assertTrue(tests)
        self.accepted("promtool", "test", "rules", *tests)

    def test_alertmanager_accepts_its_configuration(self):
        self.accepted("amtool", "check-config", ALERTMANAGER)

    def test_alerts_are_routed(self):
        for labels, receiver in [
                (["domain=data", "severity=page", "alertname=TaktDown"], "page-data"),
                (["domain=data", "severity=ticket", "alertname=TaktDeadLetters"], "digest"),
                (["domain=sales", "severity=page", "sales_region=north"], "page-sales"),
                (["domain=sales", "severity=page", "receiver=managers"], "managers"),
                (["domain=sales", "severity=page", "receiver=stranger"], "page-sales"),
                (["domain=sales", "severity=ticket"], "digest"),
                (["domain=sales", "severity=ticket", "receiver=managers"], "digest"),
                (["severity=page"], "digest"),
                (["alertname=Stranger"], "digest")]:
            with self.subTest(labels=labels):
                self.accepted("amtool", "config", "routes", "test", f"--config.file={ALERTMANAGER}",
                              f"--verify.receivers={receiver}", *labels)


class Scrapes(unittest.TestCase):
    """The KPIs are scraped once, the engines' health everywhere."""

    @staticmethod
    def job(file, name):
        jobs = re.split(r"^  - job_name: ", rules.without_comments(read("prometheus", file)),
                        flags=re.MULTILINE)
        return next(job for job in jobs if job.startswith(name + "\n"))

    def test_kpis_have_one_static_target(self):
        for file in ("scrape.yaml", "prometheus.yaml"):
            job = self.job(file, "takt-kpis")
            self.assertIn("metrics_path: /kpis", job)
            self.assertNotRegex(job, r"_sd_configs")
            targets = re.findall(r"targets: \[(.*)\]", job)
            self.assertEqual([len(each.split(",")) for each in targets], [1], file)

    def test_both_configurations_scrape_alike(self):
        for name in ("takt-kpis", "takt"):
            for key in ("metrics_path", "scrape_interval", "scrape_timeout"):
                ours = [re.search(rf"{key}: (\S+)", self.job(file, name)).group(1)
                        for file in ("scrape.yaml", "prometheus.yaml")]
                self.assertEqual(ours[0], ours[1], f"{key} of {name}")

    def test_the_example_loads_every_rule_file(self):
        example = read("prometheus", "prometheus.yaml")
        loaded = re.findall(r"^  - (\S+\.yaml)$", example, re.MULTILINE)
        self.assertEqual(sorted(loaded), sorted(RULE_FILES))


class Alerts(unittest.TestCase):
    """Every alert says whom it concerns, has a page, and is tested both ways."""

    def test_every_alert_is_labelled_and_described(self):
        self.assertGreater(len(alerts()), 20)
        for rule in alerts():
            with self.subTest(alert=rule.name):
                self.assertRegex(rule.name, r"^(Takt|Sales)([A-Z][a-z]+)+$")
                self.assertRegex(rule.key("labels"), r"severity: (page|ticket)\b")
                domain = "data" if rule.name.startswith("Takt") else "sales"
                self.assertIn(f"domain: {domain}", rule.key("labels"))
                self.assertTrue(rule.key("summary"))
                self.assertTrue(rule.key("description"))
                self.assertEqual(rule.key("runbook_url"), f"deploy/runbooks/{rule.name}.md")

    def test_alerts_on_sales_say_whom_and_lead_on(self):
        sales = [rule for rule in alerts() if rule.name.startswith("Sales")]
        self.assertTrue(sales)
        for rule in sales:
            with self.subTest(alert=rule.name):
                self.assertRegex(rule.key("labels"), r'receiver: "[a-z]+"')
                self.assertTrue(rule.key("dashboard_url"))
                self.assertIn("/api/v1/explain?kpi=", rule.key("explain"))
                self.assertTrue(rule.key("keep_firing_for"))

    def test_alerts_on_sales_are_for_receivers_that_are_there(self):
        named = set(re.findall(r"^  - name: (\S+)$", read("alertmanager", "alertmanager.yaml"), re.MULTILINE))
        for rule in alerts():
            if rule.name.startswith("Sales"):
                with self.subTest(alert=rule.name):
                    self.assertIn(re.search(r'receiver: "(.*)"', rule.key("labels")).group(1), named)

    def test_alerts_on_sales_are_those_that_the_demo_is_configured_with(self):
        made = subprocess.run([under_test.takt, "generate", "rules", "config/demo/takt.yaml",
                               "--runbooks", "deploy/runbooks/"],
                              cwd=ROOT, check=True, stdin=subprocess.DEVNULL,
                              stdout=subprocess.PIPE, text=True).stdout
        self.assertEqual(made, read("prometheus", "sales_rules.yaml"),
                         "run: takt generate rules config/demo/takt.yaml --runbooks deploy/runbooks/")

    def test_every_alert_has_a_runbook_and_every_runbook_an_alert(self):
        pages = runbooks()
        self.assertEqual(sorted(pages), sorted({rule.name for rule in alerts()}))
        for name, page in pages.items():
            with self.subTest(runbook=name):
                self.assertTrue(page.startswith(f"# {name}\n"))
                self.assertIn("\n## How to see it\n", page)
                self.assertIn("\n## What to do\n", page)

    def test_every_alert_is_seen_to_fire_to_be_quiet_and_to_clear(self):
        checks = []
        for file in sorted(glob.glob(os.path.join(DEPLOY, "prometheus", "tests", "*.yaml"))):
            checks += rules.read_checks(read("prometheus", "tests", os.path.basename(file)))
        for name in {rule.name for rule in alerts()}:
            with self.subTest(alert=name):
                own = [check for check in checks if check[1] == name]
                fired = [(title, at) for title, _, at, fires in own if fires]
                quiet = [(title, at) for title, _, at, fires in own if not fires]
                self.assertTrue(fired, "no test in which it fires")
                self.assertTrue(quiet, "no test in which it does not fire")
                self.assertTrue(any(a == b and later > at for a, at in fired for b, later in quiet),
                                "no test in which it clears")
                self.assertTrue(any(title.startswith(f"{name}: absent data") for title, *_ in own),
                                "no test with absent data")

    def test_replicas_alert_once_unless_it_concerns_one_of_them(self):
        for rule in alerts():
            with self.subTest(alert=rule.name):
                expression = rule.key("expr")
                once = "max without (instance, pod" in expression or "absent(" in expression
                of_one = "$labels.instance" in rule.key("summary")
                self.assertTrue(once != of_one, "either once, or naming the instance")

    def test_alertmanager_names_alerts_that_exist(self):
        names = {rule.name for rule in alerts()}
        config = read("alertmanager", "alertmanager.yaml")
        for pattern in re.findall(r'alertname=~?"([^"]*)"', config):
            for word in rules.alternatives(pattern):
                self.assertIn(word, names)


class Kpis(unittest.TestCase):
    """Queries on KPIs name level and window, and stay right when scraped twice."""

    def test_queries_name_level_window_and_drop_replicas(self):
        for rule in all_rules():
            for expression in rule.expressions():
                selected = dict(rules.selectors_in(expression))
                for name in rules.metrics_in(expression):
                    # An alert's series are of one KPI and window by themselves.
                    if not name.startswith("sales_") or ":" in name or "_alert_" in name:
                        continue
                    with self.subTest(rule=rule.name, metric=name):
                        self.assertRegex(name, rf"^sales_({'|'.join(LEVELS)})_")
                        self.assertIn("window", [label for label, *_ in selected.get(name, [])])
                        self.assertRegex(expression, rf"max without \(instance, pod\) \({name}\{{")


class Exported(unittest.TestCase):
    """What rules and runbooks name is what a running engine exports."""

    @classmethod
    def setUpClass(cls):
        with tempfile.TemporaryDirectory() as folder:
            with open(os.path.join(folder, "takt.yaml"), "w", encoding="utf-8") as out:
                out.write(f"use: [{os.path.join(ROOT, 'config/demo/takt')}]\n"
                          "sources:\n  crm: {file: events.jsonl}\n")
            # Some series are there only where a web configuration with TLS is.
            subprocess.run(["openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256",
                            "-nodes", "-keyout", "server.key", "-out", "server.pem", "-days", "30",
                            "-subj", "/CN=takt", "-addext", "subjectAltName=IP:127.0.0.1"],
                           cwd=folder, check=True, stdin=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            with open(os.path.join(folder, "web.yml"), "w", encoding="utf-8") as out:
                out.write("tls_server_config: {cert_file: server.pem, key_file: server.key}\n")
            subprocess.run([under_test.takt, "events", "--count", "2000", "--garbage", "0.02",
                            "--start", "2026-01-01T00:00:00Z", "--output", "events.jsonl"],
                           cwd=folder, check=True, stdin=subprocess.DEVNULL,
                           stderr=subprocess.DEVNULL)
            address = f"127.0.0.1:{free_port()}"
            with Process(folder, [under_test.takt, "run", "takt.yaml", "--listen", address,
                                  "--listen-api", "", "--journal", "journal",
                                  "--web-config", "web.yml"]):
                trusted = os.path.join(folder, "server.pem")

                def page(path):
                    return get(f"https://{address}{path}", trusted=trusted)
                finished = re.compile(r'^takt_source_state\{.*state="finished"\} 1$', re.MULTILINE)
                wait_for("the file to be read",
                         lambda: finished.search(page("/metrics")))
                cls.kpis = wait_for("the KPIs", lambda: page("/kpis"))
                cls.metrics = page("/metrics")
        cls.series = rules.read_page(cls.metrics) | rules.read_page(cls.kpis)

    def test_prometheus_accepts_the_pages(self):
        for page in (self.metrics, self.kpis):
            done = subprocess.run(["promtool", "check", "metrics"], input=page, text=True,
                                  check=False, stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
            self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_rules_use_series_that_are_exported(self):
        recorded = {rule.name for rule in all_rules() if rule.kind == "record"}
        known = set(self.series) | recorded | OF_PROMETHEUS
        used = set()
        for rule in all_rules():
            for expression in rule.expressions():
                names = rules.metrics_in(expression)
                self.assertTrue(names, f"no series found in {rule.name}: {expression}")
                self.assertEqual(names - known, set(), f"in {rule.name}")
                used |= names
        self.assertGreater(len(used), 30)

    def test_every_matched_label_value_is_exported(self):
        for rule in all_rules():
            for text in rule.expressions():
                for name, matchers in rules.selectors_in(text):
                    if name not in OF_PROMETHEUS:
                        self.check_values(rule, name, matchers)

    def check_values(self, rule, name, matchers):
        for label, operator, value in matchers:
            if label == "job":  # the scrape's own
                continue
            values = {labels.get(label) for labels in self.series[name]}
            wanted = rules.alternatives(value) if "~" in operator else [value]
            self.assertEqual(set(wanted) - values, set(), f"{label} of {name} in {rule.name}")

    def test_generated_runbooks_name_series_that_are_exported(self):
        with tempfile.TemporaryDirectory() as folder:
            subprocess.run([under_test.takt, "generate", "runbooks", "config/demo/takt.yaml", "--output", folder],
                           cwd=ROOT, check=True, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
            pages = runbooks(folder)
        self.assertEqual(sorted(pages), sorted(rule.name for rule in alerts() if rule.name.startswith("Sales")))
        self.check_names(pages)

    def test_runbooks_name_series_that_are_exported(self):
        self.check_names(runbooks())

    def check_names(self, pages):
        recorded = {rule.name for rule in all_rules() if rule.kind == "record"}
        for name, page in pages.items():
            mentioned = set(re.findall(r"\b(?:takt|sales)[_:][a-z0-9_:]+\b", page))
            # Labels' names begin like series.
            mentioned -= {"sales_region", "sales_team"}
            with self.subTest(runbook=name):
                self.assertTrue(mentioned or "up{" in page)
                self.assertEqual(mentioned - set(self.series) - recorded, set())


class Inhibits(unittest.TestCase):
    """A real Alertmanager mutes what the configuration means to mute, and nothing else."""

    # Sent last and always muted: once that is seen, what was sent before has been looked at.
    CONTROL = [
        {"alertname": "Control", "domain": "sales", "sales_region": "control"},
        {"alertname": "Control", "domain": "sales", "sales_region": "control", "sales_team": "one"},
    ]
    STALE = {"alertname": "TaktDataStale", "domain": "data", "severity": "page"}
    SILENT = {**STALE, "alertname": "TaktSourceSilent", "source": "crm"}
    STOPPED = {**STALE, "alertname": "TaktSourceStopped", "source": "crm"}
    MANY = {**STALE, "alertname": "TaktDeadLettersMany", "source": "crm"}
    LETTERS = {**MANY, "alertname": "TaktDeadLetters", "severity": "ticket"}
    COMPANY = {"alertname": "WinRateDropped", "domain": "sales", "severity": "page"}
    NORTH = {**COMPANY, "sales_region": "north"}
    TEAM_OF_NORTH = {**NORTH, "sales_team": "one"}
    TEAM_OF_SOUTH = {**COMPANY, "sales_region": "south", "sales_team": "one"}
    TEAM_ALONE = {**COMPANY, "sales_team": "one"}
    CASES = [
        ("stale data mutes a page on sales", STALE, NORTH, True),
        ("a silent source mutes sales", SILENT, {**COMPANY, "severity": "ticket"}, True),
        ("a ticket on data mutes nothing", LETTERS, COMPANY, False),
        ("a region mutes its team", NORTH, TEAM_OF_NORTH, True),
        ("a region leaves another region's team", NORTH, TEAM_OF_SOUTH, False),
        ("a team does not mute its region", TEAM_OF_NORTH, NORTH, False),
        ("labels that both lack do not mute", COMPANY, TEAM_ALONE, False),
        ("the cause speaks for stale data", STOPPED, STALE, True),
        ("many dead letters speak for each", MANY, LETTERS, True),
        ("but not for those of another source", MANY, {**LETTERS, "source": "spend"}, False),
    ]

    def test_what_mutes_what(self):
        for title, source, target, muted in self.CASES:
            with self.subTest(title), tempfile.TemporaryDirectory() as folder:
                base = f"http://127.0.0.1:{free_port()}"
                with Process(folder, ["prometheus-alertmanager", f"--config.file={ALERTMANAGER}",
                                      "--storage.path=data", "--cluster.listen-address=",
                                      f"--web.listen-address={base[len('http://'):]}"]):
                    wait_for("Alertmanager", lambda: get(f"{base}/-/ready"))
                    alerts_sent = [source, target, *self.CONTROL]
                    get(f"{base}/api/v2/alerts",
                        json.dumps([{"labels": each} for each in alerts_sent]).encode("utf-8"))
                    wait_for("the control", lambda: self.is_muted(base, self.CONTROL[1]))
                    self.assertEqual(self.is_muted(base, target), muted)

    @staticmethod
    def is_muted(base, target):
        found = json.loads(get(f"{base}/api/v2/alerts"))
        alert = next((each for each in found if each["labels"] == target), None)
        return alert is not None and bool(alert["status"]["inhibitedBy"])


if __name__ == "__main__":
    under_test.main()
