"""`takt events`, `takt demo` and `takt generate`, as users call them."""

import datetime
import os
import re
import signal
import subprocess

import program
from program import Folder, main, takt, wait_for

COUNT = 4000
AT = "/kpis?at=2026-02-20T00:00:00Z"


class GenerateCommand(Folder):
    def test_rules_of_what_is_configured(self):
        config = self.path("alerts.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write("objects: {deal: {pipelines: {main: {open: [new], won: [won], lost: [lost]}}}}\n"
                      "kpis: {lost: {count: deal, at: lost, over: 28d}}\n"
                      "receivers: {managers: heads}\n"
                      "alerts: {many_lost: {kpi: lost, over: 28d, above: 5, page: managers}}\n")
        done = takt("generate", "rules", config, "--for", "5m", "--runbooks", "https://example.com/")
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("- alert: SalesManyLost", done.stdout)
        self.assertIn("for: 300s", done.stdout)
        self.assertIn("https://example.com/SalesManyLost.md", done.stdout)

    EVERY_KIND = """
dimensions: {region: {values: [north, south]}}
objects: {deal: {pipelines: {main: {open: [new], won: [won], lost: [lost]}}}}
kpis:
  won: {count: deal, at: won, over: 28d}
  closed: {count: deal, at: [won, lost]}
  ratio: {share: won, of: closed, over: [28d, last 100], per: [company, region]}
  cycle: {durations: deal, to: won, over: 28d}
  open_deals: {level: deal, while: open}
goals: {better: {kpi: ratio, over: 28d, for: region north, from: 20%, to: 30%, since: 2026-01-01, by: 2026-12-31}}
receivers: {heads: Who leads}
alerts:
  few_open: {kpi: open_deals, below: 20, page: heads}
  slow: {kpi: cycle, over: 28d, above: 130% of own 365d, ticket: heads}
  ratio_fell: {kpi: ratio, over: 28d, falls_below: own 365d, per: [company, region], page: heads}
  ratio_fell_soon: {kpi: ratio, over: last 100, falls_below: own last 400, false_pages: 1 per year, page: heads}
  few_won: {kpi: won, over: 28d, falls_below: own 365d, page: heads}
  behind_it: {behind: better, ticket: heads, say: "{value} ({parts}), {target} is wanted"}
sources: {crm: {file: in.jsonl, follow: true}}
"""

    def runbooks(self, *words):
        done = takt("generate", "runbooks", self.write("kinds.yaml", self.EVERY_KIND), "--output", self.path("pages"), *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        pages = {}
        for name in os.listdir(self.path("pages")):
            with open(self.path("pages", name), encoding="utf-8") as page:
                pages[name] = page.read()
        return done.stdout, pages

    def test_every_kind_of_alert_has_a_runbook(self):
        _, pages = self.runbooks("--api", "http://takt:9465")
        said = {"FewOpen": ["below 20", "Did less come in", "takt explain open_deals --level company --server http://takt:9465\n",
                            "alertname=SalesFewOpen --duration"],
                "Slow": ["above 130 % of what is usual", "the 365d before", "judges the mean", "`above`"],
                "RatioFell": ["even the near end of its 95 % interval is", "--level region --group REGION --window 28d", "fewer than 90",
                              "alertname=SalesRatioFell sales_region=REGION"],
                "RatioFellSoon": ["once in 365 days", "--window 'last 100'", "`sales_alert_score", "`false_pages`"],
                "FewWon": ["less than once in 40 times", "Does less happen"],
                "BehindIt": ["20.0 % on 2026-01-01, in a straight line to 30.0 % on 2026-12-31", "--group north",
                             "{value} ({parts}), {target} is wanted", "the goal's line"]}
        self.assertEqual(set(pages), {f"Sales{name}.md" for name in said})
        for name, texts in said.items():
            page = pages[f"Sales{name}.md"]
            for text in [f"# Sales{name}\n", "\n## The first question\n", "\n## When to silence it\n", *texts]:
                with self.subTest(alert=name, text=text):
                    self.assertIn(text, page)

    def test_a_runbook_that_was_edited_is_kept(self):
        self.runbooks()
        edited = self.write("pages/SalesSlow.md", "# SalesSlow\n\nAsk Ann.\n")
        os.remove(self.path("pages", "SalesFewWon.md"))
        told, pages = self.runbooks()
        self.assertEqual(pages["SalesSlow.md"], "# SalesSlow\n\nAsk Ann.\n")
        self.assertIn(f"{edited}: kept", told)
        self.assertIn("SalesFewWon.md", pages)

    def test_links_of_rules_lead_to_pages_that_the_engine_serves(self):
        _, pages = self.runbooks()
        engine = self.engine(self.path("kinds.yaml")).start()
        rules = takt("generate", "rules", self.path("kinds.yaml"), "--api", f"http://127.0.0.1:{engine.ports[1]}").stdout
        links = re.findall(r"runbook_url: >-\n +http://127.0.0.1:[0-9]+(/\S+)", rules)
        self.assertEqual(len(links), 6)
        for link in links:
            status, page = engine.get(link, api=True)
            self.assertEqual((status, page.decode()), (200, pages[link.rsplit("/", 1)[1]]))
        for link in ("/runbooks/SalesNone.md", "/runbooks/", "/runbooks/SalesSlow"):
            self.assertEqual(engine.get(link, api=True)[0], 404)

    def test_rules_need_a_configuration_that_is_right(self):
        for words, said in [(["rules"], "rules need a configuration"),
                            (["rules", self.path("none.yaml")], "none.yaml"),
                            (["rules", "--for", "soon", "x.yaml"], "is no duration")]:
            with self.subTest(words=words):
                done = takt("generate", *words)
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                self.assertIn(said, done.stderr)


class EventsCommand(Folder):
    def events(self, *words):
        done = takt("events", "--count", COUNT, "--start", "2026-01-01T00:00:00Z", "--leads-per-day", "60", "--late", "0.1",
                    "--duplicates", "0.05", *words, binary=True)
        self.assertEqual(done.returncode, 0, done.stderr)
        return done.stdout

    def test_equal_seeds_give_equal_bytes(self):
        for form in ("json", "protobuf", "csv"):
            with self.subTest(form):
                first = self.events("--format", form, "--seed", 5, "--garbage", "0.02")
                self.assertGreater(len(first), COUNT * 20)
                self.assertEqual(first, self.events("--format", form, "--seed", 5, "--garbage", "0.02"))
                self.assertNotEqual(first, self.events("--format", form, "--seed", 6, "--garbage", "0.02"))

    def test_every_format_gives_the_same_page(self):
        pages = {}
        for form in ("json", "protobuf", "csv"):
            self.events("--format", form, "--output", self.path(f"in.{form}"))
            config = self.config(f"crm: {{file: in.{form}, format: {form}, follow: true}}", name=f"{form}.yaml")
            engine = self.engine(config, journal=form).start()
            engine.await_records(COUNT)
            self.assertEqual(engine.total("takt_records_dead_lettered_total"), 0, self.dead_letters()[:3])
            wait_for("all to be applied", lambda: engine.total("takt_changes_admitted_total") == sum(
                engine.total(f"takt_changes_{kind}_total") for kind in ("applied", "duplicate", "refused")))
            pages[form] = wait_for("a settled page", lambda: self.settled(engine))
            engine.stop()
        self.assertIn(b"sales_company_booked", pages["json"])
        self.assertEqual(pages["protobuf"], pages["json"])
        self.assertEqual(pages["csv"], pages["json"])

    @staticmethod
    def settled(engine):
        first = engine.page(AT)
        return first if engine.page(AT) == first else None

    def test_live_goes_on_at_the_present(self):
        """Without it the events up to now are all there is; with it they come first, and more is waited for."""
        start = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=7)
        command = ["events", "--start", start.strftime("%Y-%m-%dT%H:%M:%SZ"), "--leads-per-day", "60"]
        up_to_now = takt(*command)
        self.assertEqual(up_to_now.returncode, 0, up_to_now.stderr)
        count = len(up_to_now.stdout.splitlines())
        self.assertGreater(count, 50)
        live = subprocess.Popen([program.TAKT, *command, "--live", "--output", self.path("live.jsonl")],
                                stdin=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            wait_for("what was before now", lambda: self.lines("live.jsonl") >= count)
            self.assertIsNone(live.poll())
            live.send_signal(signal.SIGTERM)
            self.assertEqual(live.wait(timeout=20), 0)
        finally:
            if live.poll() is None:
                live.kill()

    def lines(self, name):
        try:
            with open(self.path(name), encoding="utf-8") as file:
                return len(file.readlines())
        except FileNotFoundError:
            return 0

    def test_output_that_cannot_be_written(self):
        done = takt("events", "--count", "1", "--output", self.path("none", "x"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("none/x", done.stderr)


class DemoCommand(Folder):
    NAMES = ("qualified", "conversion", "win_ratio", "cycle", "velocity", "cac", "retention")

    def test_five_seconds_end_with_a_table(self):
        done = takt("demo", "--for", "5s", seconds=120)
        self.assertEqual(done.returncode, 0, done.stderr)
        table = done.stdout[done.stdout.index("\ncompany"):]
        company, regions = table.split("\nregion", 1)
        for part in (company, regions):
            for name in self.NAMES:
                lines = [line for line in part.splitlines() if name in line.split("  ")[0]]
                self.assertTrue(lines, f"{name} is in no line of\n{part}")
                self.assertTrue(any(re.search(r"[1-9]", line[20:]) for line in lines), f"{name} is empty in\n{part}")


if __name__ == "__main__":
    main()
