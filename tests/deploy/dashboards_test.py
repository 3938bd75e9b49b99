#!/usr/bin/env python3
"""The dashboards of deploy/grafana: they are what `takt generate dashboards` makes of the demo, they keep the rules, the
rules find what is broken, and every query returns data from a real Prometheus that scrapes a real engine.

Run by ctest; by hand: tests/deploy/dashboards_test.py --takt build/dev/takt [unittest's options]
"""

import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest
import urllib.parse

sys.dont_write_bytecode = True  # the source tree stays as it is
import dashboards  # noqa: E402
import deploy_test  # noqa: E402
import under_test  # noqa: E402
from deploy_test import Process, free_port, get, wait_for  # noqa: E402

ROOT = deploy_test.ROOT
GRAFANA = os.path.join(ROOT, "deploy", "grafana")
SCRAPE_SECONDS = 1
SUBSTITUTED = {"__rate_interval": f"{15 * SCRAPE_SECONDS}s", "__range": "60s", "__interval": "5s"}


def shipped():
    found = {}
    for path in sorted(glob.glob(os.path.join(GRAFANA, "*.json"))):
        with open(path, encoding="utf-8") as file:
            found[os.path.basename(path)] = json.load(file)
    return found


def exclusions():
    with open(os.path.join(GRAFANA, ".lint"), encoding="utf-8") as file:
        return dashboards.read_exclusions(file.read())


def generate(folder, *options, config=os.path.join(ROOT, "config", "demo", "takt.yaml")):
    return subprocess.run([under_test.takt, "generate", "dashboards", config, "--output", folder, *options],
                          stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)


class Generated(unittest.TestCase):
    def test_files_are_those_of_the_demo(self):
        with tempfile.TemporaryDirectory() as folder:
            done = generate(folder)
            self.assertEqual((done.returncode, done.stderr), (0, ""))
            made = sorted(os.listdir(folder))
            self.assertEqual(made, sorted(shipped()))
            self.assertEqual(sorted(done.stdout.split()), [os.path.join(folder, name) for name in made])
            for name in made:
                with open(os.path.join(folder, name), "rb") as new, open(os.path.join(GRAFANA, name), "rb") as old:
                    self.assertEqual(new.read(), old.read(),
                                     f"{name}: run takt generate dashboards config/demo/takt.yaml --output deploy/grafana")

    def test_links_of_alerts_lead_to_variables_that_are_there(self):
        rules = subprocess.run([under_test.takt, "generate", "rules", os.path.join(ROOT, "config", "demo", "takt.yaml")],
                               stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, text=True, check=True).stdout
        links = re.findall(r"dashboard_url: >-\n +(\S.*)", rules)
        self.assertGreater(len(links), 3)
        by_uid = {each["uid"]: each for each in shipped().values()}
        for link in links:
            uid = re.match(r"/d/([a-z-]+)", link).group(1)
            self.assertEqual(set(re.findall(r"var-([a-z_]+)=", link)) - set(dashboards.variables(by_uid[uid])), set(), link)

    def test_mistakes_are_told(self):
        with tempfile.TemporaryDirectory() as folder:
            for what, words, told in (
                    ("no folder", ["takt.yaml"], "dashboards need a configuration and a folder"),
                    ("no configuration", ["--output", folder], "dashboards need a configuration and a folder"),
                    ("an unknown file", [f"{folder}/none.yaml", "--output", folder], "none.yaml"),
                    ("no place", [f"{ROOT}/config/demo/takt.yaml", "--output", f"{folder}/a/b"], "cannot make the folder"),
                    ("a file", [f"{ROOT}/config/demo/takt.yaml", "--output", f"{ROOT}/LICENSE"], "cannot write")):
                with self.subTest(what):
                    done = subprocess.run([under_test.takt, "generate", "dashboards", *words], stdin=subprocess.DEVNULL,
                                          stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(told, done.stderr)

    def test_a_small_configuration_with_another_currency(self):
        with tempfile.TemporaryDirectory() as folder:
            config = os.path.join(folder, "takt.yaml")
            with open(config, "w", encoding="utf-8") as out:
                out.write("organisation: small\nmoney: {report_in: XOF}\nuse: [catalogue/objects]\n"
                          "dimensions:\n  rep: {values: [ann, bob], unknown: other}\n"
                          "  office: {of: rep, table: offices.csv, unknown: other}\n"
                          "sources: {crm: {file: e.jsonl}}\n"
                          "kpis:\n  won: {count: deal, at: won, over: [7d], per: [company, rep, office]}\n"
                          "  booked: {sum: deal.amount, at: won, over: [7d], per: [company, rep, office]}\n")
            with open(os.path.join(folder, "e.jsonl"), "w", encoding="utf-8"):
                pass
            with open(os.path.join(folder, "offices.csv"), "w", encoding="utf-8") as out:
                out.write("rep,since,office\nann,2020-01-01,paris\nbob,2020-01-01,rome\n")
            for options, screens in (([], {"company", "office"}), (["--people"], {"company", "office", "rep"})):
                place = os.path.join(folder, "-".join(["out", *options]))
                done = generate(place, *options, config=config)
                self.assertEqual((done.returncode, done.stderr), (0, ""))
                names = set(os.listdir(place))
                self.assertEqual({name[len("takt_screen_"):-5] for name in names if "screen" in name}, screens)
                with open(os.path.join(place, "takt_sales.json"), encoding="utf-8") as file:
                    sales = json.load(file)
                self.assertEqual("sales_rep" in json.dumps(sales), bool(options))
                self.assertIn("currency:XOF", [p["fieldConfig"]["defaults"]["unit"] for p in dashboards.panels(sales)])
                found = [each for each in dashboards.check(sales) if "instance" not in each[0] and each[0] != "people-rule"]
                self.assertEqual(found, [])


class Rules(unittest.TestCase):
    maxDiff = None

    def test_every_dashboard_keeps_them(self):
        found = {name: dashboards.check(each, exclusions()) for name, each in shipped().items()}
        self.assertEqual({name: each for name, each in found.items() if each}, {})
        self.assertGreaterEqual(len(found), 5)
        uids = [each["uid"] for each in shipped().values()]
        self.assertEqual(len(uids), len(set(uids)))
        self.assertIn("takt-sales", uids)

    def test_exclusions_are_needed(self):
        titles = {each["title"]: each for each in shipped().values()}
        for (rule, title), panels in exclusions().items():
            with self.subTest(rule=rule, dashboard=title):
                texts = [text for name, text in dashboards.check(titles[title]) if name == rule]
                self.assertTrue(texts, "excluded, and nothing is found without it")
                for panel in panels or []:
                    self.assertTrue(any(text.startswith(f"{panel}:") for text in texts), panel)

    def test_an_exclusion_needs_a_reason_and_a_rule(self):
        with self.assertRaisesRegex(ValueError, "without a reason"):
            dashboards.read_exclusions('exclusions:\n  uid-rule:\n    entries:\n      - dashboard: "x"\n')
        with self.assertRaisesRegex(ValueError, "no rules"):
            dashboards.read_exclusions('exclusions:\n  x-rule:\n    reason: because I say so\n    entries:\n      - dashboard: "x"\n')

    @staticmethod
    def first(dashboard, kind):
        return next(panel for panel in dashboard["panels"] if panel["type"] == kind)

    @staticmethod
    def titled(dashboard, title):
        return next(panel for panel in dashboard["panels"] if panel["title"] == title)

    def broken(self):
        """(name of the rule that must find it, file, what breaks the dashboard)"""
        def replace_all(dashboard, old, new):
            for panel in dashboards.panels(dashboard):
                for target in panel["targets"]:
                    target["expr"] = target["expr"].replace(old, new)

        sales, screen, operations = "takt_sales.json", "takt_screen_company.json", "takt_operations.json"
        stat = lambda d: self.first(d, "stat")  # noqa: E731
        course = lambda d: self.titled(d, "Win ratio")  # noqa: E731
        return [
            ("uid-rule", sales, lambda d: d.pop("uid") and d.update(uid="")),
            ("uid-rule", sales, lambda d: d.update(id=17)),
            ("head-rule", sales, lambda d: d.update(editable=True)),
            ("head-rule", sales, lambda d: d.update(title=" ")),
            ("head-rule", sales, lambda d: d.update(tags=[])),
            ("datasource-rule", sales, lambda d: d["templating"]["list"].pop(0)),
            ("datasource-rule", sales, lambda d: stat(d).update(datasource={"type": "prometheus", "uid": "abc"})),
            ("datasource-rule", sales, lambda d: stat(d)["targets"][0].pop("datasource")),
            ("template-job-rule", sales, lambda d: d["templating"]["list"].pop(1)),
            ("template-instance-rule", operations, lambda d: d["templating"]["list"].pop(2)),
            ("template-refresh-rule", sales, lambda d: d["templating"]["list"][1].update(refresh=1)),
            ("panel-title-rule", sales, lambda d: stat(d).update(title="")),
            ("panel-title-rule", sales, lambda d: stat(d).update(description="")),
            ("panel-unit-rule", sales, lambda d: stat(d)["fieldConfig"]["defaults"].update(unit="")),
            ("panel-unit-rule", sales, lambda d: stat(d)["fieldConfig"]["defaults"].update(unit="parsecs")),
            ("panel-place-rule", sales, lambda d: stat(d)["gridPos"].update(x=20)),
            ("panel-place-rule", sales, lambda d: d["panels"][3].update(id=d["panels"][2]["id"])),
            ("panel-undefined-rule", sales, lambda d: stat(d)["fieldConfig"]["defaults"].update(mappings=[])),
            ("panel-undefined-rule", sales, lambda d: stat(d)["options"]["reduceOptions"].update(calcs=["lastNotNull"])),
            ("panel-override-rule", sales, lambda d: course(d)["targets"].pop()),
            ("rate-beside-n-rule", sales, lambda d: course(d)["targets"].pop()),
            ("target-job-rule", sales, lambda d: replace_all(d, 'job=~"$job"', 'job="x"')),
            ("target-instance-rule", operations, lambda d: replace_all(d, ',instance=~"$instance"', "")),
            ("target-replicas-rule", sales, lambda d: replace_all(d, "max without (instance, pod)", "sum")),
            ("target-rate-interval-rule", operations, lambda d: replace_all(d, "$__rate_interval", "5m")),
            ("target-counter-agg-rule", operations, lambda d: stat(d)["targets"][0].update(expr='takt_records_polled_total{job=~"$job",instance=~"$instance"}')),
            ("people-rule", sales, lambda d: d["templating"]["list"].append({"name": "sales_rep", "type": "custom", "options": [1]})),
            ("screen-rule", screen, lambda d: d["panels"].append(dict(d["panels"][0], id=99, gridPos={"x": 0, "y": 26, "w": 6, "h": 1}))),
            ("screen-rule", screen, lambda d: d.update(style="light")),
            ("screen-rule", screen, lambda d: d.update(refresh="5s")),
            ("screen-rule", screen, lambda d: d["templating"]["list"][0].update(hide=0)),
            ("screen-rule", screen, lambda d: stat(d)["options"]["text"].update(valueSize=20)),
            ("screen-rule", screen, lambda d: stat(d).update(type="table")),
            ("screen-rule", screen, lambda d: d["panels"][0]["gridPos"].update(y=30)),
            ("screen-rule", screen, lambda d: d["panels"].pop()),
        ]

    def test_what_is_broken_is_found(self):
        seen = set()
        for rule, name, spoil in self.broken():
            dashboard = copy.deepcopy(shipped()[name])
            spoil(dashboard)
            with self.subTest(rule=rule):
                found = [each for each, _ in dashboards.check(dashboard, exclusions())]
                self.assertIn(rule, found)
            seen.add(rule)
        self.assertEqual(set(dashboards.RULES) - seen, set(), "rules that no broken dashboard shows")


class Returns(unittest.TestCase):
    """Every query of every panel has data in a real Prometheus, with variables substituted as Grafana does."""

    @classmethod
    def setUpClass(cls):
        cls.folder = cls.enter(tempfile.TemporaryDirectory(prefix="takt-dashboards-"))
        with open(os.path.join(cls.folder, "takt.yaml"), "w", encoding="utf-8") as out:
            out.write(f"use: [{os.path.join(ROOT, 'config/demo/takt')}]\nengine: {{memory_max: 1GiB}}\n"
                      "sources:\n  crm: {file: events.jsonl}\n")
        subprocess.run([under_test.takt, "events", "--days", "130", "--garbage", "0.02", "--output", "events.jsonl"],
                       cwd=cls.folder, check=True, stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        engine = f"127.0.0.1:{free_port()}"
        cls.enter(Process(cls.folder, [under_test.takt, "run", "takt.yaml", "--listen", engine, "--listen-api", "",
                                       "--journal", "journal"]))
        finished = re.compile(r'^takt_source_state\{.*state="finished"\} 1$', re.MULTILINE)
        wait_for("the file to be read", lambda: finished.search(get(f"http://{engine}/metrics")))
        with open(os.path.join(cls.folder, "prometheus.yaml"), "w", encoding="utf-8") as out:
            out.write(f"global: {{scrape_interval: {SCRAPE_SECONDS}s, evaluation_interval: {SCRAPE_SECONDS}s}}\n"
                      "scrape_configs:\n"
                      f"  - {{job_name: takt-kpis, metrics_path: /kpis, static_configs: [{{targets: ['{engine}']}}]}}\n"
                      f"  - {{job_name: takt, metrics_path: /metrics, static_configs: [{{targets: ['{engine}']}}]}}\n")
        address = f"127.0.0.1:{free_port()}"
        cls.prometheus = f"http://{address}"
        cls.enter(Process(cls.folder, ["prometheus", "--config.file=prometheus.yaml", "--storage.tsdb.path=data",
                                       f"--web.listen-address={address}", "--log.level=warn"]))
        # A rate needs some samples.
        wait_for("ten samples", lambda: cls.ask("query", query="min(count_over_time(up[1m])) >= 10"))

    @classmethod
    def enter(cls, context):
        entered = context.__enter__()
        cls.addClassCleanup(context.__exit__, None, None, None)
        return entered

    @classmethod
    def ask(cls, what, **parameters):
        said = json.loads(get(f"{cls.prometheus}/api/v1/{what}?{urllib.parse.urlencode(parameters)}"))
        data = said["data"]
        return data["result"] if isinstance(data, dict) else data

    def values_of(self, dashboard):
        """What Grafana puts for each variable at first sight."""
        values = dict(SUBSTITUTED)
        for name, variable in dashboards.variables(dashboard).items():
            if variable["type"] == "custom":
                values[name] = variable["current"]["value"]
            elif variable["type"] == "query":
                known = self.known_values(variable, values)
                self.assertTrue(known, f"{dashboard['title']}: variable {name} has no values")
                if variable["includeAll"]:
                    values[name] = variable["allValue"]
                else:
                    values[name] = variable["current"]["value"]
                    self.assertIn(values[name], known, f"{dashboard['title']}: the default of {name}")
        return values

    def known_values(self, variable, values):
        found = re.fullmatch(r"label_values\((.*), ([a-z_]+)\)", variable["query"]["query"])
        return self.ask(f"label/{found.group(2)}/values", **{"match[]": self.substituted(found.group(1), values)})

    @staticmethod
    def substituted(text, values):
        def put(found):
            return values[found.group(1) or found.group(2)]
        return re.sub(r"\$\{([a-z_]+)[^}]*\}|\$([a-z_]+)", put, text)

    def run_query(self, target, values):
        expression = self.substituted(target["expr"], values)
        if target["instant"]:
            return [[each["value"]] for each in self.ask("query", query=expression)], expression
        end = float(self.ask("query", query="time()")[1])
        return [each["values"] for each in self.ask("query_range", query=expression, start=end - 8, end=end, step=2)], expression

    def test_every_query_returns_data(self):
        asked, finite = 0, 0
        for name, dashboard in shipped().items():
            values = self.values_of(dashboard)
            for panel in dashboards.panels(dashboard):
                for target in panel["targets"]:
                    with self.subTest(dashboard=name, panel=panel["title"], query=target["refId"]):
                        series, expression = self.run_query(target, values)
                        self.assertTrue(series and all(series), f"no data for {expression}")
                        asked += 1
                        finite += any(value != "NaN" for each in series for _, value in each)
            for annotation in dashboard["annotations"]["list"]:
                self.assertTrue(self.ask("query", query=annotation["expr"]))
        print(f"{asked} queries of {len(shipped())} dashboards returned data, {finite} of them numbers", flush=True)
        self.assertGreater(asked, 150)
        self.assertGreater(finite, 0.95 * asked)

    def test_every_window_has_values(self):
        dashboard = shipped()["takt_sales.json"]
        values = self.values_of(dashboard)
        for option in dashboards.variables(dashboard)["window"]["options"]:
            chosen = {**values, "window": option["value"]}
            expressions = [self.substituted(t["expr"], chosen) for p in dashboards.panels(dashboard) for t in p["targets"]
                           if "$window" in t["expr"]]
            self.assertTrue(any(self.ask("query", query=each) for each in expressions), option)

    def test_tables_meet_at_their_label(self):
        for name, dashboard in shipped().items():
            values = self.values_of(dashboard)
            for panel in dashboards.panels(dashboard):
                if panel["type"] != "table":
                    continue
                label = panel["transformations"][0]["options"]["byField"]
                for target in panel["targets"]:
                    rows = self.ask("query", query=self.substituted(target["expr"], values))
                    self.assertGreaterEqual(len(rows), 4, f"{name} {panel['title']}")
                    self.assertEqual({tuple(row["metric"]) for row in rows}, {(label,)}, f"{name} {panel['title']}")

    def test_stages_stand_in_their_order(self):
        dashboard = shipped()["takt_sales.json"]
        panel = next(each for each in dashboards.panels(dashboard) if each["title"] == "Stage conversion")
        rows = self.ask("query", query=self.substituted(panel["targets"][0]["expr"], self.values_of(dashboard)))
        self.assertEqual(sorted(row["metric"]["stage"] for row in rows), ["1 new", "2 qualified", "3 proposal", "4 contract"])


class Provisioned(unittest.TestCase):
    def test_files_say_what_grafana_needs(self):
        with open(os.path.join(GRAFANA, "provisioning", "dashboards", "takt.yaml"), encoding="utf-8") as file:
            provider = file.read()
        for line in ("apiVersion: 1", "allowUiUpdates: false", "foldersFromFilesStructure: true", "type: file"):
            self.assertIn(line, provider)
        with open(os.path.join(GRAFANA, "provisioning", "datasources", "takt.yaml"), encoding="utf-8") as file:
            source = file.read()
        for line in ("type: prometheus", "timeInterval: 15s", "editable: false"):
            self.assertIn(line, source)


if __name__ == "__main__":
    under_test.main()
