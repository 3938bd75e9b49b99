"""`takt events`, `takt demo` and `takt generate`, as users call them."""

import datetime
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
