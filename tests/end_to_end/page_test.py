#!/usr/bin/env python3
"""From a fall of the win rate to the page: real Kafka, two engines, real Prometheus, real Alertmanager, a receiver.

A third of a year of sales in four regions is read. An engine is killed, and nobody hears of it. The source falls silent,
and that is what is told, not a fall. Then fewer deals are won in north, and one page comes, about north alone, with value,
counts, baseline and a link that leads to the deals. While it stands an engine is frozen, and nothing is told twice. The
deals turn out to be won after all, and the page is resolved. Rules and routes are the shipped and the generated ones, made
faster.

Run by ctest; by hand: tests/end_to_end/page_test.py --takt build/dev/takt
"""

import argparse
import collections
import csv
import datetime
import json
import os
import re
import shutil
import signal
import subprocess
import sys
import threading
import time
import urllib.request

sys.dont_write_bytecode = True  # the source tree stays as it is
import monitoring  # noqa: E402
from monitoring import Alertmanager, Prometheus, Receiver, Service, faster, page_text  # noqa: E402
from processes import ROOT, Broker, Engine, Failed, free_ports, wait_for  # noqa: E402

TOPIC = "sales"
REGION = "north"
ALERT = "win_rate_dropped"
RULE = "SalesWinRateDropped"
PARTITIONS = 4
FALL_WEEKS = 2  # before this Monday
HISTORY_WEEKS = 18  # before the fall
SILENT_SECONDS = 10  # the trickle comes twice a second
# Minutes become seconds. Rules are spared some, as a busy machine may well miss a scrape or two: 5 minutes are 25 seconds.
ROUTES_FASTER = 60
RULES_FASTER = 12
FROZEN_SECONDS = 15
DASHBOARD = "http://127.0.0.1:3000/d/takt-sales"
CONFIG = """organisation: acme
calendar: {{time_zone: Europe/Paris}}
use: [catalogue/winning, catalogue/pipeline, catalogue/leads, catalogue/acquisition, catalogue/retention]
dimensions:
  team: {{of: owner, table: {demo}/teams.csv, unknown: unassigned}}
  region: {{of: team, table: {demo}/regions.csv, unknown: unassigned}}
  lead_source: {{values: [web, event, partner, outbound], unknown: other}}
objects:
  deal:
    pipelines:
      new_business: {{open: {{new: 10%, qualified: 20%, proposal: 40%, contract: 80%}}, won: [won], lost: [lost]}}
sources:
  crm: {{kafka: {{brokers: "{brokers}", topics: [{topic}]}}, silent_after: {silent}s}}
dead_letters: {{topic: {topic}.dead}}
receivers: {{managers: the heads of the regions}}
alerts:
  win_rate_dropped:
    kpi: win_ratio
    over: 28d
    falls_below: own 90d
    per: region
    false_pages: 1 per year
    details: lost_amount
    page: managers
    say: "Fewer deals are won in {{region}}: {{value}}, {{parts}}, usually {{baseline}}."
"""


def say(text):
    print(f"== {text}", flush=True)


def utc(moment):
    return moment.strftime("%Y-%m-%dT%H:%M:%SZ")


class Traffic:
    """What the CRM sends: history by the generator, a trickle that shows that it lives, and corrections."""

    def __init__(self, options, brokers):
        self.options = options
        self.brokers = brokers
        monday = datetime.datetime.now(datetime.timezone.utc).replace(hour=0, minute=0, second=0, microsecond=0)
        monday -= datetime.timedelta(days=monday.weekday())
        self.fall_at = monday - datetime.timedelta(weeks=FALL_WEEKS)
        self.start = monday - datetime.timedelta(weeks=FALL_WEEKS + HISTORY_WEEKS)
        self.fall = ["--fall-region", REGION, "--fall-factor", "0.25", "--fall-at", utc(self.fall_at)]
        self.kcat = subprocess.Popen(["kcat", "-P", "-b", brokers, "-t", TOPIC, "-K", "\t", "-X", "linger.ms=5"],
                                     stdin=subprocess.PIPE, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        self.lock = threading.Lock()
        self.flowing = threading.Event()
        self.ended = threading.Event()
        self.sent = 0
        self.outcomes = []  # known once the fall was sent
        threading.Thread(target=self._trickle, daemon=True).start()

    def events(self, *words):
        done = subprocess.run(
            [self.options.takt, "events", "--start", utc(self.start), "--leads-per-day", "960", "--seed",
             str(self.options.seed), *words],
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
        if done.returncode != 0:
            raise Failed(f"takt events: {done.stderr}")
        return done.stdout

    def to_kafka(self, *words):
        self.events("--brokers", self.brokers, "--topic", TOPIC, "--partitions", str(PARTITIONS), *words)

    def send_history(self):
        """All before the fall."""
        before = [line for line in self.events().splitlines() if json.loads(line)["time"] < utc(self.fall_at)]
        self.to_kafka("--count", str(len(before)))
        return len(before)

    def send_fall(self):
        """All up to now: what came before once more, since a CRM repeats itself, and then the fall."""
        after = self.events(*self.fall).splitlines()
        self.outcomes = self.closed(after)
        self.to_kafka(*self.fall)
        return len(after)

    def send_correction(self):
        """The CRM was wrong: of the region's deals that were lost since the fall, two of three were won."""
        lost = [each for each in self.outcomes if each["region"] == REGION and each["stage"] == "lost"]
        moment = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(seconds=2)
        for number, each in enumerate(lost):
            if number % 3:
                self.send({"object": "deal", "id": each["id"], "op": "patch", "time": utc(moment),
                           "event_id": f"corrected-{each['id']}", "fields": {"stage": "won"}})
        return len(lost)

    def closed(self, lines):
        """Deals that were closed since the fall, by what the generator sends: id, region, stage, amount."""
        tables = {}
        for name, key, value in (("teams", "owner", "team"), ("regions", "team", "region")):
            with open(os.path.join(ROOT, "config/demo", f"{name}.csv"), encoding="utf-8", newline="") as file:
                tables[name] = {row[key]: row[value] for row in csv.DictReader(file)}
        deals = collections.defaultdict(dict)
        for line in lines:
            event = json.loads(line)
            if event["object"] == "deal":
                deal = deals[event["id"]]
                deal.update(event.get("fields", {}))
                if event.get("fields", {}).get("stage"):
                    deal["closed"] = event["time"]
        return [{"id": key, "region": tables["regions"].get(tables["teams"].get(deal.get("owner"))),
                 "stage": deal["stage"], "amount": float(deal.get("amount") or 0)}
                for key, deal in deals.items()
                if deal.get("stage") in ("won", "lost") and deal["closed"] >= utc(self.fall_at)]

    def send(self, record):
        with self.lock:
            self.kcat.stdin.write(f"{record['object']}/{record['id']}\t{json.dumps(record)}\n".encode())
            self.kcat.stdin.flush()

    def _trickle(self):
        while not self.ended.wait(0.5):
            if self.flowing.is_set():
                self.sent += 1
                self.send({"object": "activity", "id": f"T{self.sent}", "op": "record", "event_id": f"t{self.sent}",
                           "time": utc(datetime.datetime.now(datetime.timezone.utc)),
                           "fields": {"kind": "call", "direction": "inbound", "owner": "r001"}})

    def stop(self):
        self.ended.set()
        with self.lock:
            self.kcat.stdin.close()
        self.kcat.wait(timeout=20)


class Scene:
    """All processes, and what the test asks of them."""

    def __init__(self, options):
        self.options = options
        self.parts = []
        self.engines = []

    def add(self, part):
        self.parts.append(part)
        return part

    def stop(self):
        for part in reversed(self.parts):
            part.stop()
        if hasattr(self, "broker"):
            self.broker.clean()

    def start(self):
        folder, ports = self.options.folder, free_ports(8)
        self.broker = Broker(f"page-{os.getpid()}")
        config = os.path.join(folder, "takt.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(demo=os.path.join(ROOT, "config/demo"), brokers=self.broker.address,
                                    topic=TOPIC, silent=SILENT_SECONDS))
        self.traffic = self.add(Traffic(self.options, self.broker.address))
        say(f"{self.traffic.send_history()} events of a third of a year, up to the fall, in {PARTITIONS} partitions")
        self.traffic.flowing.set()
        for name, pair in (("a", ports[:2]), ("b", ports[2:4])):
            engine = self.add(Engine(self.options.takt, config, os.path.join(folder, name), pair))
            self.engines.append(engine)
            engine.start()
        service = self.add(Service(ports[4], [engine.ports[0] for engine in self.engines]))
        service.start()
        for engine in self.engines:
            wait_for(f"engine {engine.folder} to catch up", 90, lambda e=engine: self.is_current(e))
        self.receiver = self.add(Receiver(ports[5]))
        self.add(Alertmanager(os.path.join(folder, "alertmanager"), ports[6],
                              faster(monitoring.alertmanager_config(ports[5]), ROUTES_FASTER)))
        files = monitoring.prometheus_config(ports[4], [engine.ports[0] for engine in self.engines], ports[6], 1)
        files = {name: text if name == "prometheus.yaml" else faster(text, RULES_FASTER)
                 for name, text in files.items()}
        # 15 seconds in place of 15 minutes; and told as over after 10 s, not after a day.
        files["sales_rules.yaml"] = monitoring.sales_rules(
            self.options.takt, config, self.engines[0].ports[1], "--for", "15s", "--keep-firing-for", "10s",
            "--dashboard", DASHBOARD, "--runbooks", "https://git.example.com/takt/deploy/runbooks/")
        self.prometheus = self.add(Prometheus(os.path.join(folder, "prometheus"), ports[7], files))

    @staticmethod
    def is_current(engine):
        values = engine.metrics() or {}
        lags = [v for s, v in values.items() if s.startswith("takt_partition_lag_records{")]
        age = values.get("takt_data_age_seconds", 1e9)
        return len(lags) == PARTITIONS and sum(lags) == 0 and age < 120

    def scraped(self, expression, count):
        """Whether Prometheus has as many series by now."""
        return len(self.prometheus.query(expression)) >= count

    def sales(self, status="firing"):
        return self.receiver.told(status, domain="sales", severity="page")

    def pages(self, status="firing"):
        return self.receiver.told(status, severity="page")

    def expect(self, what, condition):
        if not condition:
            raise Failed(f"{what}; told so far:\n" + "\n".join(page_text(*each) for each in self.receiver.notifications))


def kill_one(scene):
    """An engine dies and comes back: nobody hears of it."""
    wait_for("Prometheus to see both engines", 30, lambda: scene.scraped('up{job="takt"} == 1', 2))
    wait_for("Prometheus to see the alerts' series", 30, lambda: scene.scraped("sales_alert_active", 4))
    scene.engines[0].kill()
    wait_for("Prometheus to miss it", 30, lambda: scene.scraped('up{job="takt"} == 0', 1))
    scene.engines[0].start()
    wait_for("the engine to come back", 60, lambda: Scene.is_current(scene.engines[0]))
    wait_for("Prometheus to see both engines", 30, lambda: scene.scraped('up{job="takt"} == 1', 2))
    scene.expect("a killed engine paged somebody", not scene.receiver.notifications)
    say("an engine was killed and came back: 0 pages")


def silence_the_source(scene):
    """The CRM sends nothing: that is told, and nothing about sales."""
    scene.traffic.flowing.clear()
    wait_for("the page about silence", 90, lambda: scene.receiver.told("firing", alertname="TaktSourceSilent"))
    scene.traffic.flowing.set()
    wait_for("the end of silence", 90, lambda: scene.receiver.told("resolved", alertname="TaktSourceSilent"))
    scene.expect("silence was told as a fall", not scene.sales())
    say("the source fell silent: 1 page, TaktSourceSilent, resolved when it spoke again")


def fall(scene):
    say(f"{scene.traffic.send_fall()} events with the fall in {REGION}")
    wait_for("the page about the fall", 120, scene.sales)
    scene.expect("not one page about sales", len(scene.sales()) == 1)
    ((path, alert),) = scene.sales()
    scene.expect("the page is about another region", alert["labels"].get("sales_region") == REGION)
    scene.expect("the page went elsewhere", path == "/page/managers" and alert["labels"]["alertname"] == RULE)
    notification = next(each for each in scene.receiver.notifications if each[0] == path)
    scene.page = page_text(*notification)
    say(f"the page as it was received:\n{scene.page}")
    check_page(scene, alert)


def check_page(scene, alert):
    """The page says what the engine says, and its links lead where they should."""
    told = {each["sales_region"]: each for each in alerts_of(scene.engines[1])}
    north = told[REGION]
    for region, each in told.items():
        scene.expect(f"the alert of {region} is {each['active']}", each["active"] == (region == REGION))
    text = alert["annotations"]["description"]
    found = re.fullmatch(rf"Fewer deals are won in {REGION}: ([\d.]+)%, (\d+) of (\d+), usually ([\d.]+)%\.", text)
    scene.expect(f"the page says: {text}", found)
    value, won, closed, baseline = (float(each) for each in found.groups())
    scene.expect("value is not k of n", abs(value / 100 - won / closed) < 0.0006)
    scene.expect(f"the engine says {north}",
                 abs(north["successes"] - won) <= 3 and abs(north["outcomes"] - closed) <= 10
                 and abs(100 * north["baseline"] - baseline) < 1)
    scene.expect("no fall", value < 0.9 * baseline)
    scene.expect("no runbook", alert["annotations"]["runbook_url"].endswith(f"/runbooks/{RULE}.md"))
    scene.expect("no dashboard", alert["annotations"]["dashboard_url"].startswith(DASHBOARD)
                 and REGION in alert["annotations"]["dashboard_url"])
    check_explanation(scene, alert["annotations"]["explain"], north)
    check_largest(scene, alert["annotations"]["details"])


def alerts_of(engine):
    found = [each for each in engine.kpis()["alerts"] if each["alert"] == ALERT]
    return [{**each, **each["group"]} for each in found]


def parts_of(url):
    """What a link of the page leads to: the parts of the value by role."""
    with urllib.request.urlopen(f"{url}&limit=500&causes=no", timeout=20) as answer:
        return {each["role"]: each for each in json.loads(answer.read())["parts"]}


def check_largest(scene, url):
    """The other link leads to the lost deals, the largest first."""
    listed = parts_of(url)["term"]["entities"]
    ours = sorted(((each["amount"], each["id"]) for each in scene.traffic.outcomes
                   if (each["region"], each["stage"]) == (REGION, "lost")), reverse=True)
    amounts = {each["id"]: each["contribution"] for each in listed}
    scene.expect("the largest are not first", [*amounts.values()] == sorted(amounts.values(), reverse=True))
    for amount, deal in ours[:20]:
        scene.expect(f"the lost deal {deal} of {amount} is listed with {amounts.get(deal)}", amounts.get(deal) == amount)
    say(f"the other link leads to the lost deals, the largest first: "
        + ", ".join(f"{deal} {amount:,.0f}" for deal, amount in list(amounts.items())[:3]))


def check_explanation(scene, url, north):
    """The link leads to the deals: as many as the engine counts, and those that the generator closed in the region."""
    parts = parts_of(url)
    scene.expect("the link counts otherwise", abs(parts["numerator"]["total"] - north["successes"]) <= 3
                 and abs(parts["denominator"]["total"] - north["outcomes"]) <= 3)
    listed = {role: {each["id"] for each in part["entities"]} for role, part in parts.items()}
    ours = {stage: {each["id"] for each in scene.traffic.outcomes if (each["region"], each["stage"]) == (REGION, stage)}
            for stage in ("won", "lost")}
    found = len(listed["denominator"] & ours["lost"])
    scene.expect(f"the link leads to {found} of {len(ours['lost'])} lost deals", found > 0.8 * len(ours["lost"]))
    scene.expect("the link takes lost deals for won", not listed["numerator"] & ours["lost"])
    say(f"its link leads to {parts['denominator']['total']:.0f} closed deals, {found} of the {len(ours['lost'])} lost since the "
        f"fall among the latest {len(listed['denominator'])}")


def freeze_one(scene):
    """An engine hangs for a while: nothing is told twice, and nothing is taken back."""
    before = len(scene.sales()), len(scene.sales("resolved"))
    scene.engines[1].process.send_signal(signal.SIGSTOP)
    try:
        frozen = time.monotonic()
        wait_for("Prometheus to miss it", 30, lambda: scene.scraped('up{job="takt"} == 0', 1))
        while time.monotonic() < frozen + FROZEN_SECONDS:
            scene.expect("a frozen engine told of sales", before == (len(scene.sales()), len(scene.sales("resolved"))))
            time.sleep(0.5)
    finally:
        scene.engines[1].process.send_signal(signal.SIGCONT)
    wait_for("the engine to catch up", 60, lambda: Scene.is_current(scene.engines[1]))
    say(f"an engine was frozen for {FROZEN_SECONDS} s: 0 pages about sales")


def recover(scene):
    say(f"{scene.traffic.send_correction()} lost deals of {REGION}: two of three turn out to be won")
    wait_for("the page to be resolved", 120, lambda: scene.sales("resolved"))
    say("the page was resolved")


def report(scene):
    """Pages by kind; whatever is not one of the two that ought to come is false."""
    told = collections.Counter(alert["labels"]["alertname"] for _, alert in scene.pages())
    false = {name: count for name, count in told.items() if name not in (RULE, "TaktSourceSilent")}
    lines = [f"sales pages              {told[RULE]}, about {REGION}; resolved {len(scene.sales('resolved'))}",
             f"silence pages            {told['TaktSourceSilent']}",
             f"false pages              {sum(false.values()) + max(0, told[RULE] - 1)}"
             + "".join(f", {name} {count}" for name, count in sorted(false.items()))]
    text = "\n".join(lines)
    say(f"in all:\n{text}")
    with open(os.path.join(scene.options.folder, "report.txt"), "w", encoding="utf-8") as out:
        out.write(f"the page as it was received:\n{scene.page}\n{text}\n")
    scene.expect("pages that nobody asked for", told == {RULE: 1, "TaktSourceSilent": 1})


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takt", required=True, type=os.path.abspath)
    parser.add_argument("--folder", type=os.path.abspath, default=os.path.join(ROOT, "build/page"))
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    began = time.monotonic()
    scene = Scene(options)
    try:
        scene.start()
        say(f"everything runs after {time.monotonic() - began:.0f} s")
        for part in (kill_one, silence_the_source, fall, freeze_one, recover, report):
            part(scene)
    except Failed as failure:
        print(f"FAILED: {failure}")
        return 1
    finally:
        scene.stop()
    print(f"passed in {time.monotonic() - began:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
