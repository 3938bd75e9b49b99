#!/usr/bin/env python3
"""The routes: what is told together and to whom, and at which hours, by a real Alertmanager and a receiver.

Run by ctest; by hand: tests/deploy/tools run tests/deploy/routes_test.py [unittest's options]
"""

import argparse
import datetime
import json
import os
import re
import shutil
import sys
import tempfile
import unittest
import urllib.request
import zoneinfo

sys.dont_write_bytecode = True  # the source tree stays as it is
import yaml  # noqa: E402

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests", "end_to_end"))
import monitoring  # noqa: E402
from processes import free_ports, wait_for  # noqa: E402

SHIPPED = monitoring.read("alertmanager", "alertmanager.yaml")
DAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
MONTHS = ["january", "february", "march", "april", "may", "june", "july", "august", "september", "october", "november",
          "december"]

DATA = {"alertname": "TaktJournalStuck", "domain": "data", "severity": "page"}
NORTH = {"alertname": "SalesWinRatioFell", "domain": "sales", "severity": "page", "sales_region": "north"}
SOUTH = {**NORTH, "sales_region": "south"}
MANAGERS = {**NORTH, "alertname": "SalesCycleGrew", "receiver": "managers"}
TICKETS = [{"alertname": name, "domain": "data", "severity": "ticket"} for name in ("TaktDeadLetters", "TaktReplicaDown")]


def holds(interval, moment):
    """Whether one entry of time_intervals holds at a moment with its zone. All that is said must hold."""
    local = moment.astimezone(zoneinfo.ZoneInfo(interval.get("location", "UTC")))
    minute = local.strftime("%H:%M")

    def among(ranges, value, names=None):
        for each in ranges:
            low, _, high = str(each).partition(":")
            low, high = low, high or low
            bounds = [names.index(x) if names else int(x) for x in (low, high)]
            if bounds[0] <= value <= bounds[1]:
                return True
        return False

    checks = {
        "weekdays": lambda v: among(v, local.weekday(), DAYS),
        "months": lambda v: among(v, local.month - 1, MONTHS),
        "days_of_month": lambda v: among(v, local.day),
        "years": lambda v: among(v, local.year),
        "times": lambda v: any(each["start_time"] <= minute < each["end_time"] for each in v),
        "location": lambda v: True,
    }
    return all(checks[key](value) for key, value in interval.items())


class Hours(unittest.TestCase):
    """Office hours and holidays as a table of moments, in UTC."""

    MOMENTS = [
        ("a Tuesday morning in winter", "2026-11-24T07:00:00Z", True),
        ("a minute before opening in winter", "2026-11-24T06:59:00Z", False),
        ("opening in summer is an hour earlier in UTC", "2026-07-15T06:00:00Z", True),
        ("and not another hour earlier", "2026-07-15T05:59:00Z", False),
        ("closing is not in", "2026-11-24T17:00:00Z", False),
        ("a minute before closing is", "2026-11-24T16:59:00Z", True),
        ("a Saturday", "2026-11-28T10:00:00Z", False),
        ("a Sunday", "2026-11-29T10:00:00Z", False),
        ("New Year's Day", "2027-01-01T10:00:00Z", False),
        ("the first of May", "2026-05-01T10:00:00Z", False),
        ("the fourteenth of July", "2026-07-14T10:00:00Z", False),
        ("Christmas", "2026-12-25T10:00:00Z", False),
        ("the day after", "2026-12-28T10:00:00Z", True),
        ("Easter Monday 2027", "2027-03-29T10:00:00Z", False),
        ("the same date a year earlier is a Sunday, a year later a Wednesday", "2028-03-29T10:00:00Z", True),
    ]

    def test_moments(self):
        intervals = {each["name"]: each["time_intervals"] for each in yaml.safe_load(SHIPPED)["time_intervals"]}
        for title, text, told in self.MOMENTS:
            with self.subTest(title):
                moment = datetime.datetime.fromisoformat(text.replace("Z", "+00:00"))
                office = any(holds(each, moment) for each in intervals["office_hours"])
                holiday = any(holds(each, moment) for each in intervals["holidays"])
                self.assertEqual(office and not holiday, told)

    def test_every_interval_says_where(self):
        for each in yaml.safe_load(SHIPPED)["time_intervals"]:
            for interval in each["time_intervals"]:
                self.assertIn("location", interval, each["name"])

    def test_sales_and_tickets_keep_to_the_hours_and_data_does_not(self):
        def routes(route):
            yield route
            for each in route.get("routes", []):
                yield from routes(each)
        for route in routes(yaml.safe_load(SHIPPED)["route"]):
            if "matchers" not in route:
                continue
            with self.subTest(route=route["matchers"]):
                kept = (route.get("active_time_intervals"), route.get("mute_time_intervals"))
                any_hour = 'domain="data"' in route["matchers"]
                self.assertEqual(kept, (None, None) if any_hour else (["office_hours"], ["holidays"]))


class Told(unittest.TestCase):
    """A real Alertmanager with the shipped routes, their waits cut to seconds."""

    def start(self, hours):
        """`hours` is what office hours shall be: the times of a day."""
        folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, folder, ignore_errors=True)
        ports = free_ports(2)
        config = SHIPPED.replace("127.0.0.1:9099", f"127.0.0.1:{ports[0]}")
        config = re.sub(r"\bgroup_wait: \S+", "group_wait: 1s", config)
        config = re.sub(r"\bgroup_interval: \S+", "group_interval: 5m", config)
        config = config.replace('["monday:friday"]', '["sunday:saturday"]')
        config = config.replace('times: [{start_time: "08:00", end_time: "18:00"}]', f"times: [{hours}]")
        config = re.sub(r"^ +- \{months: .*\n|^ +- \{years: .*\n", "", config, flags=re.MULTILINE)
        config = config.replace("- name: holidays\n    time_intervals:\n",
                                '- name: holidays\n    time_intervals: [{years: ["1990"]}]\n')
        self.receiver = monitoring.Receiver(ports[0])
        self.addCleanup(self.receiver.stop)
        self.manager = monitoring.Alertmanager(folder, ports[1], config)
        self.addCleanup(self.manager.stop)

    def send(self, *alerts):
        request = urllib.request.Request(
            f"{self.manager.address}/api/v2/alerts", json.dumps([{"labels": each} for each in alerts]).encode(),
            {"Content-Type": "application/json"})
        urllib.request.urlopen(request, timeout=5).close()

    def told(self):
        return sorted((path, sorted(each["labels"]["alertname"] for each in payload["alerts"]))
                      for path, payload in self.receiver.notifications)

    def test_within_the_hours_each_gets_their_own_together(self):
        self.start('{start_time: "00:00", end_time: "24:00"}')
        self.send(NORTH, SOUTH, MANAGERS, DATA, *TICKETS)
        wait_for("five notifications", 30, lambda: len(self.receiver.notifications) >= 5)
        self.assertEqual(self.told(), [
            ("/digest", ["TaktDeadLetters", "TaktReplicaDown"]),
            ("/page/data", ["TaktJournalStuck"]),
            ("/page/managers", ["SalesCycleGrew"]),
            ("/page/sales", ["SalesWinRatioFell"]),
            ("/page/sales", ["SalesWinRatioFell"]),
        ])

    def test_outside_the_hours_only_data_pages(self):
        # A minute of the day that is not now, wherever that is.
        now = datetime.datetime.now(zoneinfo.ZoneInfo("Europe/Paris"))
        away = (now + datetime.timedelta(hours=12)).strftime("%H:00")
        until = f"{away[:2]}:30"
        self.start(f'{{start_time: "{away}", end_time: "{until}"}}')
        self.send(NORTH, MANAGERS, *TICKETS)
        wait_for("the groups", 30, lambda: self.groups() >= 3)
        self.send(DATA)  # its wait begins last, so the others' are over when it is told
        wait_for("the page on data", 30, self.told)
        self.assertEqual(self.told(), [("/page/data", ["TaktJournalStuck"])])

    def groups(self):
        with urllib.request.urlopen(f"{self.manager.address}/api/v2/alerts/groups", timeout=5) as answer:
            return len(json.loads(answer.read()))


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--takt", help="as the other tests of this folder take it; not used")
    unittest.main(argv=[sys.argv[0], *parser.parse_known_args()[1]])
