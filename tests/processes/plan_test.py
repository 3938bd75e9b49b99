"""`takt plan`: what a change of the configuration takes, item by item, with and without a journal."""

import json

from program import ROOT, Folder, deal, main, takt, wait_for

BASE = f"""use: [{ROOT}/config/catalogue/winning]
dimensions:
  region: {{values: [north, south], unknown: other}}
objects:
  deal:
    pipelines:
      new_business: {{open: [new, proposal], won: [won], lost: [lost]}}
kpis:
  deals_won: {{count: deal, at: [won, omitted], over: [28d], per: [company]}}
sources: {{crm: {{file: in.jsonl, follow: true}}}}
engine: {{journal: journal}}
"""


class Plan(Folder):
    def setUp(self):
        super().setUp()
        self.write("takt.yaml", BASE)

    def changed(self, old, new, name="new.yaml"):
        self.assertIn(old, BASE)
        return self.write(name, BASE.replace(old, new))

    def plan(self, new, *words):
        done = takt("plan", self.path("takt.yaml"), new, "--json", *words)
        self.assertEqual(done.returncode, 0, done.stderr)
        return json.loads(done.stdout)

    def journalled(self):
        """Lets an engine fill the journal."""
        self.write("in.jsonl", "".join(
            deal(i, f"2026-01-{1 + i % 28:02}T10:00:00Z", stage=("new", "won", "lost")[i % 3], amount="10.00",
                 region="north") + "\n" for i in range(300)))
        engine = self.engine(self.path("takt.yaml")).start()
        engine.await_records(300)
        wait_for("the journal", lambda: engine.metrics()["takt_journal_appended_changes_total"] >= 300)
        engine.stop()

    CASES = {
        "nothing at all": ("organisation", "organisation", "nothing", None),
        "a help text": ("over: [28d], per", "help: Deals., over: [28d], per", "nothing", "kpis.deals_won"),
        "another window": ("over: [28d], per", "over: [28d, 90d], per", "nothing", "kpis.deals_won"),
        "a KPI of terms that are there": ("kpis:\n", "kpis:\n  mine: {share: deals_won, of: deals_won, over: [28d]}\n",
                                          "nothing", "kpis.mine"),
        "another level": ("per: [company]", "per: [company, region]", "fold again", "kpis.deals_won"),
        "another moment": ("at: [won, omitted],", "at: [won, lost, omitted],", "fold again", "kpis.deals_won"),
        "a new dimension value": ("[north, south]", "[north, south, east]", "fold again", "dimensions.region"),
        "another time zone": ("objects:", "calendar: {time_zone: Asia/Tokyo}\nobjects:", "fold again", "calendar.time_zone"),
        "a new stage": ("[new, proposal]", "[new, proposal, contract]", "replay", "objects.deal.pipelines"),
        "a stage taken out": ("[new, proposal]", "[new]", "fold again", "objects.deal.pipelines"),
        "a field that was never kept": ("over: [28d], per", "where: {segment: big}, over: [28d], per", "replay",
                                        "deal.segment"),
        "another currency": ("objects:", "money: {report_in: USD}\nobjects:", "replay", "money.report_in"),
        "a new object": ("objects:\n", "objects:\n  visitor: {}\n", "replay", "objects.visitor"),
        "a KPI of the catalogue's moments": ("at: [won, omitted],", "at: won,", "nothing", "kpis.deals_won"),
        "more workers": ("journal: journal", "journal: journal, workers: 2", "restart", "engine.workers"),
        "another source": ("crm: {", "past: {file: old.jsonl, follow: true}, crm: {", "restart", "sources.past"),
    }

    def test_each_change_gets_what_it_takes_at_its_place(self):
        for name, (old, new, effort, path) in self.CASES.items():
            with self.subTest(name):
                config = self.write("new.yaml", BASE) if path is None else self.changed(old, new)
                told = self.plan(config)
                self.assertEqual(told["effort"], effort, told["items"])
                if path is None:
                    self.assertEqual(told["items"], [])
                    continue
                item = next(item for item in told["items"] if item["path"] == path and item["effort"] == effort)
                self.assertRegex(item["place"], r"\.yaml:[1-9]\d*:[1-9]\d*$", item)
                self.assertTrue(item["why"])

    def test_the_place_is_where_the_change_stands(self):
        told = self.plan(self.changed("over: [28d], per", "where: {segment: big}, over: [28d], per"))
        line = BASE.split("\n").index(next(text for text in BASE.split("\n") if "deals_won" in text)) + 1
        self.assertIn(f"new.yaml:{line}:", told["items"][0]["place"])

    def test_a_journal_gives_numbers(self):
        self.journalled()
        told = self.plan(self.changed("at: [won, omitted],", "at: [won, lost, omitted],"))
        self.assertEqual((told["effort"], told["changes"]), ("fold again", 300))
        self.assertGreater(told["fold_seconds"], 0)
        told = self.plan(self.changed("lost: [lost]", "lost: [gone]"))
        gone = next(item for item in told["items"] if item["what"] == "stage lost taken out")
        self.assertIn("the journal holds 100", gone["why"])
        text = takt("plan", self.path("takt.yaml"), self.changed("at: [won, omitted],", "at: [won, lost, omitted],")).stdout
        self.assertRegex(text, r"fold again +\S+new.yaml:\d+:\d+: kpis.deals_won changed: ")
        self.assertRegex(text, r"300 changes .*: folding takes about 0\.0 s")

    def test_a_field_that_the_journal_kept_needs_no_replay(self):
        """An earlier configuration had it, today's has not, the next one has it again."""
        wider = BASE.replace("over: [28d], per", "where: {region: north}, over: [28d], per")
        self.write("takt.yaml", wider)
        self.journalled()
        with_field = self.write("new.yaml", wider)
        self.write("takt.yaml", BASE.replace("  region: {values: [north, south], unknown: other}\n", "  size: {values: [big], unknown: other}\n"))
        told = self.plan(with_field)
        kept = next(item for item in told["items"] if item["path"] == "deal.region")
        self.assertEqual(kept["effort"], "fold again", kept)
        self.assertIn("kept it all along", kept["why"])
        self.assertEqual(told["effort"], "fold again", told["items"])

    def test_what_the_plan_says_is_what_the_engine_does(self):
        """Folded again from the journal alone, with the sources gone, the new KPI has its values."""
        self.journalled()
        new = self.changed("at: [won, omitted],", "at: [won, lost, omitted],")
        self.assertEqual(self.plan(new)["effort"], "fold again")
        self.write("in.jsonl", "")
        engine = self.engine(new).start()
        page = engine.page("/kpis?at=2026-01-28T20:00:00Z").decode()
        self.assertIn('sales_company_deals_won{window="28d"} 200\n', page)

    def test_data_files_need_not_be_there(self):
        """The files of finite sources, passwords of Kafka and certificates are where the engine is."""
        away = ('sources: {crm: {file: elsewhere.csv, format: csv}, k: {kafka: {brokers: "k:9", topics: [t], '
                'sasl.password_file: /run/secrets/none}}}')
        was = BASE.replace("sources: {crm: {file: in.jsonl, follow: true}}", away)
        self.write("takt.yaml", was)
        told = self.plan(self.write("new.yaml", was.replace("[28d]", "[28d, 90d]")))
        self.assertEqual(told["effort"], "nothing")
        checked = takt("check", self.path("takt.yaml"))
        self.assertEqual(checked.returncode, 2)
        self.assertIn("elsewhere.csv", checked.stderr)
        self.assertIn("/run/secrets/none", checked.stderr)

    def test_wrong_files_are_told_so(self):
        done = takt("plan", self.path("takt.yaml"), self.path("none.yaml"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("none.yaml", done.stderr)
        broken = self.changed("at: [won, omitted],", "at: wonn,")
        done = takt("plan", self.path("takt.yaml"), broken)
        self.assertEqual(done.returncode, 2)
        self.assertIn('did you mean "won"', done.stderr)
        done = takt("plan", self.path("takt.yaml"), self.path("takt.yaml"), "--journal", self.path("nowhere"))
        self.assertEqual(done.returncode, 2)
        self.assertIn("nowhere", done.stderr)


if __name__ == "__main__":
    main()
