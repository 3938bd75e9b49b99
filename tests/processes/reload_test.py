"""Configuration that changes while the program runs. What is served after it is what a start would serve."""

import os
import random
import shutil
import signal
import threading
import time

from program import Folder, ROOT, free_port, main, promtool, takt, wait_for

AT = "/kpis?at=2026-02-10T00:00:00Z"

MAPPING = """otherwise: filter
rules:
  - object: deal
    match: {object: deal}
    id: id
    time: {from: time}
    fields:
      stage: {from: fields.stage}
      amount: {from: fields.amount}
      owner: {from: fields.owner}
"""


class Reloading(Folder):
    def setUp(self):
        super().setUp()
        for name in ("teams.csv", "regions.csv"):
            shutil.copy(os.path.join(ROOT, "config", "demo", name), self.path(name))
        self.records = takt("events", "--count", "6000", "--start", "2026-01-01T00:00:00Z", "--late", "0.1",
                            "--duplicates", "0.05", "--leads-per-day", "120", binary=True).stdout
        self.write("in.jsonl", self.records)
        self.count = self.records.count(b"\n")
        self.settings = {"kpis": "", "stages": "new: 10%, qualified: 20%, proposal: 40%, contract: 80%",
                         "sources": "crm: {file: in.jsonl, follow: true}", "more": "", "dimension": "", "dead": "dead.jsonl"}
        self.write_config()

    def write_config(self, **changed):
        self.settings.update(changed)
        s = self.settings
        text = (f"use: [{ROOT}/config/demo/takt]\n"
                f"sources: {{{s['sources']}}}\n"
                "dimensions:\n  team: {of: owner, table: teams.csv, unknown: unassigned}\n"
                f"  region: {{of: team, table: regions.csv, unknown: unassigned}}\n{s['dimension']}"
                "objects:\n  deal:\n    pipelines:\n"
                f"      new_business: {{open: {{{s['stages']}}}, won: [won], lost: [lost]}}\n"
                f"dead_letters: {{file: {s['dead']}}}\n"
                f"{'kpis:' if s['kpis'] else ''}\n{s['kpis']}{s['more']}")
        # As editors and mounted volumes do it: whole, at once.
        self.write("takt.yaml.new", text)
        os.replace(self.path("takt.yaml.new"), self.path("takt.yaml"))
        return self.path("takt.yaml")

    def started(self):
        engine = self.engine(self.path("takt.yaml")).start()
        engine.await_records(self.count)
        return engine

    def append(self, records):
        with open(self.path("in.jsonl"), "ab") as out:
            out.write(records)
        self.count += records.count(b"\n")

    @staticmethod
    def settled(engine):
        def known():
            values = engine.metrics()
            def total(*names):
                return sum(v for s, v in values.items() if s.split("{")[0] in names)
            came = total("takt_changes_admitted_total", "takt_changes_replayed_total")
            lag = total("takt_partition_lag_records")
            return lag == 0 and came > 0 and came == total(
                "takt_changes_applied_total", "takt_changes_duplicate_total", "takt_changes_refused_total")
        wait_for("changes to add up", known, 60)
        page = engine.page(AT)
        while True:
            time.sleep(0.2)
            again = engine.page(AT)
            if again == page:
                return page
            page = again

    def fresh(self, engine, name="fresh"):
        """The page of an engine started now on a copy of the journal."""
        journal = self.path(name)
        shutil.rmtree(journal, ignore_errors=True)
        shutil.copytree(engine.journal, journal)
        other = self.engine(self.path("takt.yaml"), journal=name).start()
        page = self.settled(other)
        other.stop()
        return page

    @staticmethod
    def reloads(engine):
        return engine.total("takt_config_reloads_total")

    def await_reload(self, engine, before, successful=1):
        wait_for("the reload", lambda: self.reloads(engine) > before, 60)
        self.assertEqual(engine.total("takt_config_last_reload_successful"), successful, engine.log())
        self.assertEqual(engine.total("takt_config_folding"), 0)


WON_SUM = "  won_value: {sum: deal.amount, at: won, over: [90d, all], per: [company, region]}\n"


class Changes(Reloading):
    CASES = {
        "a KPI is new": {"kpis": WON_SUM},
        "a field is new to it": {"kpis": "  sold: {count: deal, at: won, split: lead_source, over: [all], per: [company]}\n"},
        "a stage is new": {"stages": "new: 10%, qualified: 20%, proposal: 40%, demo: 50%, contract: 80%"},
        "a stage is gone": {"stages": "new: 10%, qualified: 20%, contract: 80%"},
        "workers": {"more": "engine: {workers: 3}\n"},
        "a dimension is new": {"dimension": "  owner: {values: [r001, r002, r003], unknown: others}\n",
                               "kpis": "  sold_by: {count: deal, at: won, over: [all], per: [owner]}\n"},
        "time zone": {"more": "calendar: {time_zone: America/New_York, fiscal_year: march}\n"},
    }

    def test_page_is_that_of_a_fresh_start(self):
        engine = self.started()
        plain = dict(self.settings)
        original = self.settled(engine)
        for name, change in self.CASES.items():
            with self.subTest(name):
                before = self.reloads(engine)
                self.write_config(**{**plain, **change})
                self.await_reload(engine, before)
                page = self.settled(engine)
                self.assertNotEqual(page == original, name not in ("workers",), name)
                self.assertEqual(page, self.fresh(engine), name)
                before = self.reloads(engine)
                self.write_config(**plain)
                engine.signal(signal.SIGHUP)
                self.await_reload(engine, before)
                self.assertEqual(self.settled(engine), original)

    def test_table_and_mapping_that_change_are_noticed(self):
        self.write("map.yaml", MAPPING)
        self.write_config(sources="crm: {file: in.jsonl, follow: true, mapping: map.yaml}")
        engine = self.started()
        page = self.settled(engine)
        # Who is in which team; which region a team is in; and a team that was not there.
        for table, was, now in (("teams.csv", "north-1", "south-1"), ("regions.csv", "north-2,north", "north-2,west"),
                                ("teams.csv", "south-2", "south-9")):
            with self.subTest(table=table, now=now):
                before = self.reloads(engine)
                with open(self.path(table), encoding="utf-8") as text:
                    rows = text.read()
                self.assertIn(was, rows)
                self.write(table, rows.replace(was, now))
                self.await_reload(engine, before)
                old, page = page, self.settled(engine)
                self.assertNotEqual(page, old)
                self.assertEqual(page, self.fresh(engine))
        self.assertIn(b'sales_team="south-9"', page)
        # What is read from now on is read by the new mapping.
        before = self.reloads(engine)
        self.write("map.yaml", MAPPING.replace("fields.amount", "fields.other"))
        self.await_reload(engine, before)
        self.append(b'{"object": "deal", "id": "N1", "op": "record", "time": "2026-02-01T00:00:00Z", "event_id": "n1", '
                    b'"fields": {"stage": "won", "other": "77.00", "owner": "r001"}}\n')
        wait_for("the record", lambda: engine.total("takt_changes_admitted_total") >= 1)
        self.assertEqual(self.settled(engine), self.fresh(engine))

    def test_records_into_a_stage_that_is_gone(self):
        engine = self.started()
        self.settled(engine)
        before = self.reloads(engine)
        self.write_config(stages="new: 10%, qualified: 20%, contract: 80%")
        self.await_reload(engine, before)
        self.assertIn('such as "proposal"', engine.log())
        self.assertGreater(engine.total("takt_journal_unknown_stage_changes"), 0)
        self.append(b'{"object": "deal", "id": "N1", "op": "record", "time": "2026-02-01T00:00:00Z", '
                    b'"event_id": "n1", "fields": {"stage": "proposal"}}\n')
        wait_for("the dead letter", lambda: engine.total("takt_dead_letters_total", "unknown_stage") == 1)

    def test_any_sequence_of_changes(self):
        """Fields come and go, records come between; what was dropped once is there when it is asked for again."""
        chance = random.Random(11)
        engine = self.started()
        kpis = ("", WON_SUM, "  sold: {count: deal, at: won, split: lead_source, over: [all], per: [company]}\n",
                "  young: {count: deal, at: created, over: [90d], per: [team]}\n")
        stages = ("new: 10%, qualified: 20%, proposal: 40%, contract: 80%", "new: 10%, qualified: 20%, contract: 80%")
        more = ("", "engine: {workers: 3}\n", "calendar: {time_zone: Asia/Tokyo}\n")
        later = takt("events", "--count", "1500", "--start", "2026-01-20T00:00:00Z", "--seed", "9", binary=True).stdout
        lines = later.splitlines(keepends=True)
        for step in range(8):
            before = self.reloads(engine)
            last = dict(self.settings)
            while self.settings == last:
                self.write_config(kpis=chance.choice(kpis), stages=chance.choice(stages), more=chance.choice(more))
            self.append(b"".join(lines[step * 150:(step + 1) * 150]))
            if chance.random() < 0.5:
                engine.signal(signal.SIGHUP)
            self.await_reload(engine, before)
            self.assertEqual(self.settled(engine), self.fresh(engine), (step, self.settings))

    def test_old_is_served_while_the_new_is_folded(self):
        self.append(takt("events", "--count", "60000", "--start", "2025-06-01T00:00:00Z", "--seed", "5",
                         binary=True).stdout)
        engine = self.started()
        old = self.settled(engine)
        over = threading.Event()
        seen, odd = set(), []

        def scrape():
            while not over.is_set():
                status, page = engine.get(AT)
                if status == 200:
                    seen.add(page)
                else:
                    odd.append((status, page))
                for path in ("/livez", "/readyz", "/startupz", "/kpis", "/metrics"):
                    status, body = engine.get(path)
                    if status != 200 or (path == "/kpis" and b"sales_company" not in body):
                        odd.append((path, status, body[:200]))

        scraping = threading.Thread(target=scrape)
        scraping.start()
        try:
            before = self.reloads(engine)
            self.write_config(kpis=WON_SUM)
            engine.signal(signal.SIGHUP)
            wait_for("folding to be told", lambda: engine.total("takt_config_folding") == 1
                     or self.reloads(engine) > before)
            self.await_reload(engine, before)
            new = self.settled(engine)
        finally:
            over.set()
            scraping.join()
        self.assertEqual(odd, [])
        self.assertEqual(seen | {old, new}, {old, new}, "only the old and the new, whole")
        self.assertEqual(new, self.fresh(engine))
        self.assertIn(promtool(engine.page("/metrics")), ("", None))


class Refusals(Reloading):
    def test_broken_files_change_nothing(self):
        engine = self.started()
        page = self.settled(engine)
        stamp = engine.total("takt_config_last_reload_success_timestamp_seconds")
        with open(self.path("takt.yaml"), "rb") as kept:
            good = kept.read()
        with open(self.path("teams.csv"), "rb") as kept:
            teams = kept.read()
        for name, content, told in (("takt.yaml", good + b"kpis: {x: {share: nothing, of: won}}\n", "takt.yaml:12:19"),
                                    ("takt.yaml", b"kpis: [", "takt.yaml:1:"),
                                    ("takt.yaml", b"\xff", "takt.yaml"),
                                    ("takt.yaml", None, "takt.yaml"),
                                    ("teams.csv", b"a,b\n1\n", "teams.csv"),
                                    ("teams.csv", None, "teams.csv")):
            with self.subTest(told=told, content=content):
                before = self.reloads(engine)
                if content is None:
                    os.remove(self.path(name))
                else:
                    self.write(name, content)
                self.await_reload(engine, before, successful=0)
                self.assertIn(told, engine.log())
                self.assertIn("stays as it was", engine.log())
                self.assertEqual(engine.page(AT), page)
                self.assertEqual(engine.total("takt_config_last_reload_success_timestamp_seconds"), stamp)
                before = self.reloads(engine)
                self.write("teams.csv", teams)
                self.write("takt.yaml", good)
                engine.signal(signal.SIGHUP)
                wait_for("success", lambda: engine.total("takt_config_last_reload_successful") == 1)
                stamp = engine.total("takt_config_last_reload_success_timestamp_seconds")
        self.assertEqual(engine.page(AT), page)

    def test_what_needs_a_restart_changes_nothing(self):
        engine = self.started()
        page = self.settled(engine)
        plain = dict(self.settings)
        self.write("other.jsonl", "")
        for change, told in ((dict(sources="crm: {file: other.jsonl, follow: true}"), "sources.crm.file"),
                             (dict(sources="erp: {file: in.jsonl, follow: true}"), "sources.erp"),
                             (dict(sources=self.settings["sources"] + ", b: {file: other.jsonl, follow: true}"),
                              "sources.b"),
                             (dict(sources=f'crm: {{kafka: {{brokers: "127.0.0.1:{free_port()}", topics: [a]}}}}'),
                              "sources.crm.file"),
                             (dict(dead="other.jsonl"), "dead_letters.file")):
            with self.subTest(told):
                before = self.reloads(engine)
                self.write_config(kpis=WON_SUM, **change)
                self.await_reload(engine, before, successful=0)
                self.assertIn(f"{told} needs a restart", engine.log())
                self.assertEqual(engine.total("takt_config_restart_needed"), 1)
                self.assertEqual(engine.page(AT), page)
                before = self.reloads(engine)
                self.write_config(**plain)
                engine.signal(signal.SIGHUP)
                self.await_reload(engine, before)
                self.assertEqual(engine.total("takt_config_restart_needed"), 0)

    def test_sighup_without_a_change(self):
        engine = self.started()
        engine.signal(signal.SIGHUP)
        wait_for("the log", lambda: "says what it said" in engine.log())
        self.assertEqual(engine.total("takt_config_reload_failures_total"), 0)


class Ends(Reloading):
    def test_sigterm_and_kill_while_folding(self):
        self.append(takt("events", "--count", "60000", "--start", "2025-06-01T00:00:00Z", "--seed", "5",
                         binary=True).stdout)
        engine = self.started()
        self.settled(engine)
        for end in (signal.SIGTERM, signal.SIGKILL):
            with self.subTest(end):
                self.write_config(kpis=WON_SUM if not self.settings["kpis"] else "")
                engine.signal(signal.SIGHUP)
                wait_for("folding", lambda: engine.log().count("folding the journal") > 0)
                begin = time.monotonic()
                engine.signal(end)
                code = engine.process.wait(timeout=15)
                self.assertLess(time.monotonic() - begin, 10)
                self.assertEqual(code, 0 if end == signal.SIGTERM else -9)
                os.truncate(engine.log_path, 0)
                engine.start()
                self.assertEqual(self.settled(engine), self.fresh(engine))


if __name__ == "__main__":
    main()
