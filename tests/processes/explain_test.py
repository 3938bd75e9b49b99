"""`takt explain` and /api/v1/explain: contributions that add up to the pages, for every KPI of the catalogue."""

import json
import math
import os
import socket
import urllib.parse

from program import Folder, deal, main, takt, wait_for

COUNT = 12000
MOMENTS = ("2026-02-10T09:30:00Z", "2026-03-01T00:00:00Z", "2026-03-20T17:45:12Z")
GROUPS_MAX = 2  # of each KPI, level and window


def query(**words):
    return "/api/v1/explain?" + urllib.parse.urlencode(words)


class World(Folder):
    """An engine that has read a quarter of sales traffic with everything that goes wrong."""

    def setUp(self):
        super().setUp()
        done = takt("events", "--count", COUNT, "--start", "2026-01-01T00:00:00Z", "--leads-per-day", "60",
                    "--late", "0.1", "--duplicates", "0.05", "--reopened", "0.1", "--deletes", "0.02",
                    "--merges", "0.03", "--corrections", "0.1", "--output", self.path("in.jsonl"))
        self.assertEqual(done.returncode, 0, done.stderr)
        self.server = self.engine(self.config("crm: {file: in.jsonl, follow: true}")).start()
        self.server.await_records(COUNT)
        wait_for("all to be applied", lambda: self.server.total("takt_changes_admitted_total") == sum(
            self.server.total(f"takt_changes_{kind}_total") for kind in ("applied", "duplicate", "refused")))
        wait_for("now", lambda: self.read("/api/v1/kpis")["now"])

    def read(self, path, status=200):
        found, body = self.server.get(path, api=True)
        self.assertEqual(found, status, (path, body[:300]))
        return json.loads(body)

    def explained(self, **words):
        return self.read(query(**words))

    def run_command(self, *words):
        return takt("explain", *words, "--server", f"127.0.0.1:{self.server.ports[1]}")

    def samples(self, moment):
        """Of every KPI, level and window some groups: the words to ask for them, and their values by part."""
        found = {}
        for sample in self.read(f"/api/v1/kpis?at={moment}")["kpis"]:
            labels = dict(sample["labels"])
            words = {"kpi": sample["kpi"], "level": sample["level"], "at": moment, **labels}
            found.setdefault(tuple(sorted(words.items())), {})[sample["part"]] = sample["value"]
        kept, groups = {}, {}
        for words, values in found.items():
            named = dict(words)
            place = (named["kpi"], named["level"], named.get("window"))
            # Groups that hold something say more.
            full = any(value not in (0, None) for value in values.values())
            if groups.setdefault((place, full), 0) < GROUPS_MAX:
                groups[(place, full)] += 1
                kept[words] = values
        return kept


class AddsUp(World):
    def check_parts(self, told, moves=False):
        for part in told["parts"]:
            sums = ("before", "after") if moves else ("contribution",)
            if moves or part["more"] > 0:
                continue
            total = sum(entity[sums[0]] for entity in part["entities"])
            self.assertTrue(math.isclose(total, part["total"], rel_tol=1e-9, abs_tol=1e-6),
                            (told["kpi"], part["kpi"], total, part["total"]))

    def test_every_kpi_is_the_sum_of_its_contributions(self):
        compared, kpis, listed, changes = 0, set(), 0, 0
        for moment in MOMENTS:
            for words, values in self.samples(moment).items():
                words = dict(words)
                told = self.explained(limit=500, causes="no", **words)
                parts = {value["part"]: value["value"] for value in told["values"]}
                self.assertEqual(parts, values, words)
                self.check_parts(told)
                compared += 1
                kpis.add(words["kpi"])
                listed += sum(len(part["entities"]) for part in told["parts"])
        print(f"\n{compared} values of {len(kpis)} KPIs explained, {listed} contributions added up", flush=True)
        self.assertGreater(compared, 500)
        self.assertGreater(listed, 5000)
        exported = {sample["kpi"] for sample in self.read("/api/v1/kpis")["kpis"]}
        self.assertEqual(kpis, exported)

    def test_what_moved_a_value_adds_up_to_the_difference(self):
        compared, with_effects = 0, 0
        for words, values in self.samples(MOMENTS[2]).items():
            words = dict(words)
            words.pop("at")
            told = self.explained(limit=500, causes="no", **{"from": MOMENTS[0], "to": MOMENTS[2]}, **words)
            before = self.explained(limit=1, causes="no", at=MOMENTS[0], **words)
            for moved, was, part in zip(told["values"], before["values"], values):
                self.assertEqual(moved["before"], was["value"], words)
                self.assertEqual(moved["after"], values[moved["part"]], words)
            compared += 1
            for part in told["parts"]:
                if part["more"] == 0:
                    moved = sum(entity["after"] - entity["before"] for entity in part["entities"])
                    self.assertTrue(math.isclose(moved, part["total_after"] - part["total_before"],
                                                 rel_tol=1e-9, abs_tol=1e-5), (words, part["kpi"]))
            difference = told["values"][0]["difference"]
            effects = [part["effect"] for part in told["parts"]]
            if difference is None or None in effects:
                continue
            with_effects += 1
            self.assertTrue(math.isclose(sum(effects), difference, rel_tol=1e-6, abs_tol=1e-9),
                            (words, sum(effects), difference))
            for part in told["parts"]:
                single = [entity["effect"] for entity in part["entities"]]
                if part["more"] == 0 and single and None not in single:
                    self.assertTrue(math.isclose(sum(single), part["effect"], rel_tol=1e-6, abs_tol=1e-7),
                                    (words, part["kpi"], sum(single), part["effect"]))
        print(f"\n{compared} values of two moments compared, {with_effects} with effects", flush=True)
        self.assertGreater(with_effects, 100)

    def test_causes_are_changes_that_were_sent(self):
        with open(self.path("in.jsonl"), encoding="utf-8") as lines:
            sent = {(line["object"], line["id"]) for line in map(json.loads, lines)}
        told = self.explained(kpi="win_ratio", window="90d", at=MOMENTS[2], limit=20)
        for part in told["parts"]:
            self.assertTrue(part["entities"])
            for entity in part["entities"]:
                self.assertIn((entity["object"], entity["id"]), sent)
                self.assertTrue(entity["changes"], entity)
                stages = {change["fields"].get("stage") for change in entity["changes"]}
                self.assertTrue(stages & {"won", "lost"}, entity)
        # A lead counts as converted by a deal that was won: the deal and its change are told.
        told = self.explained(kpi="lead_conversion", window="90d", at=MOMENTS[2])
        converted = told["parts"][0]["entities"]
        self.assertTrue(converted)
        for lead in converted:
            through = lead["through"][0]
            self.assertEqual((through["object"], through["moments"][0]["moment"]), ("deal", "won"))
            self.assertIn("won", {change["fields"].get("stage") for change in through["changes"]})


class Places(World):
    def check_places(self, told):
        with open(self.path("in.jsonl"), encoding="utf-8") as lines:
            sent = [json.loads(line) for line in lines]
        self.assertTrue(told["places_known"])
        checked = 0

        def check(changes):
            nonlocal checked
            for change in changes:
                self.assertTrue(change["places"], change)
                for place in change["places"]:
                    record = sent[place["line"] - 1]
                    self.assertEqual((place["source"], record["id"]), ("crm", change["id"]))
                    self.assertEqual(record["fields"].get("stage"), change["fields"].get("stage"))
                    checked += 1

        for part in told["parts"]:
            for entity in part["entities"]:
                check(entity["changes"])
                for through in entity["through"]:
                    check(through["changes"])
        return checked

    def test_changes_are_told_with_the_line_that_said_them(self):
        words = {"kpi": "lead_conversion", "window": "90d", "at": MOMENTS[2], "limit": 50}
        told = self.explained(**words)
        self.assertGreater(self.check_places(told), 50)
        # A restart reads them from the journal, and goes on writing it.
        self.server.kill()
        self.server.start()
        wait_for("now", lambda: self.read("/api/v1/kpis")["now"])
        self.assertEqual(self.explained(**words), told)
        with open(self.path("in.jsonl"), "a", encoding="utf-8") as out:
            out.write(deal(900001, "2026-03-20T12:00:00Z", stage="new", owner="r001") + "\n")
            out.write(deal(900001, "2026-03-20T13:00:00Z", stage="won", owner="r001", amount="1.00") + "\n")
        wait_for("the new deal", lambda: any(
            entity["id"] == "D900001" for part in self.explained(kpi="won", window="7d", at=MOMENTS[2])["parts"]
            for entity in part["entities"]))
        told = self.explained(kpi="won", window="7d", at=MOMENTS[2])
        self.check_places(told)
        self.assertIn(f"in.jsonl:{COUNT + 2}]", self.run_command("won", "--window", "7d", "--at", MOMENTS[2]).stdout)


class Asking(World):
    def test_wrong_questions_are_told_what_is_right(self):
        cases = {
            "a misspelt KPI": ({"kpi": "win_rato"}, 404, 'did you mean "win_ratio"'),
            "no KPI": ({}, 400, "say which value"),
            "an unknown level": ({"kpi": "win_ratio", "level": "regin"}, 404, 'did you mean "region"'),
            "an unknown group": ({"kpi": "win_ratio", "level": "region", "group": "nort"}, 404, '"north"'),
            "no group": ({"kpi": "win_ratio", "level": "region"}, 400, "sales_region="),
            "an unknown window": ({"kpi": "win_ratio", "window": "29d"}, 404, '"28d"'),
            "no time": ({"kpi": "win_ratio", "at": "yesterday"}, 400, "write 2026-01-31T18:00:00Z"),
            "a time of another age": ({"kpi": "win_ratio", "at": "1e300"}, 400, "1990 to 2099"),
            "at and from": ({"kpi": "win_ratio", "at": MOMENTS[0], "from": MOMENTS[0]}, 400, "not both"),
            "to alone": ({"kpi": "win_ratio", "to": MOMENTS[0]}, 400, "from"),
            "from later than to": ({"kpi": "win_ratio", "from": MOMENTS[1], "to": MOMENTS[0]}, 400, "later"),
            "no limit": ({"kpi": "win_ratio", "limit": "0"}, 400, "1 to 500"),
            "a limit of words": ({"kpi": "win_ratio", "limit": "many"}, 400, "1 to 500"),
            "a huge limit": ({"kpi": "win_ratio", "limit": "9" * 400}, 400, "1 to 500"),
            "an unknown word": ({"kpi": "win_ratio", "windw": "28d"}, 400, 'did you mean "window"'),
            "a huge name": ({"kpi": "x" * 20000}, 404, "unknown KPI"),
            "bytes": ({"kpi": b"\xff\xfe\x01\""}, 404, "unknown KPI"),
            "an unknown series": ({"series": "sales_region_win_rato"}, 404, '"sales_region_win_ratio"'),
            "broken labels": ({"series": "sales_company_win_ratio{window=28d}"}, 400, "labels"),
            "an unknown format": ({"kpi": "win_ratio", "format": "xml"}, 400, "json nor text"),
        }
        for name, (words, status, text) in cases.items():
            with self.subTest(name):
                error = self.read(query(**words), status)["error"]
                self.assertIn(text, error)
                self.assertLess(len(error), 500)

    def test_hostile_requests_leave_it_serving(self):
        for path in ("/api/v1/explain?kpi=%zz&%=%&&==", "/api/v1/explain?" + "a=b&" * 2000,
                     "/api/v1/explain/../../etc/passwd", "/api/v1/explain?kpi=%00", "/api/v1/explain%20"):
            with self.subTest(path[:40]):
                # None: more parameters than a request has room for, and the connection is closed.
                self.assertIn(self.server.get(path, api=True)[0], (400, 404, None))
        self.assertEqual(self.server.get("/api/v1/explain?kpi=win_ratio", api=True, method="POST")[0], 405)
        with socket.create_connection(("127.0.0.1", self.server.ports[1]), timeout=10) as line:
            line.sendall(b"GET /api/v1/explain?kpi=" + b"x" * 100000 + b" HTTP/1.1\r\nHost: a\r\n\r\n")
            self.assertIn(line.recv(100).split(b" ")[1], (b"414", b"431"))
        self.assertEqual(self.explained(kpi="win_ratio")["kpi"], "win_ratio")

    def test_the_command_prints_what_the_page_says(self):
        done = self.run_command("win_ratio", "--level", "region", "--group", "north", "--window", "90d", "--at",
                                MOMENTS[2], "--limit", "3")
        self.assertEqual((done.returncode, done.stderr), (0, ""))
        self.assertRegex(done.stdout, r"win_ratio = won / closed = \d+\.\d %")
        self.assertIn("won, region north, 90d: ", done.stdout)
        self.assertIn(" more\n", done.stdout)
        self.assertIn("stage=won", done.stdout)
        told = self.run_command("sales_region_win_ratio{window=\"90d\",sales_region=\"north\"}", "--at", MOMENTS[2],
                                "--json")
        self.assertEqual(json.loads(told.stdout), self.explained(
            kpi="win_ratio", level="region", group="north", window="90d", at=MOMENTS[2]))
        moved = self.run_command("win_ratio", "--window", "28d", "--from", MOMENTS[0], "--to", MOMENTS[2])
        self.assertEqual(moved.returncode, 0, moved.stderr)
        self.assertRegex(moved.stdout, r"-> \d+\.\d %")
        self.assertIn("moved win_ratio by", moved.stdout)

    def test_the_command_says_what_is_wrong(self):
        cases = {
            "a misspelt KPI": (["win_rato"], 2, 'unknown KPI "win_rato"; did you mean "win_ratio"?'),
            "an unknown split": (["stage_conversion", "--split", "deal_stage=prposal"], 2, '"proposal"'),
            "no engine": (["win_ratio", "--server", "127.0.0.1:1"], 1, "is the engine running"),
            "no address": (["win_ratio", "--server", "ftp://x"], 2, "no address"),
        }
        for name, (words, code, text) in cases.items():
            with self.subTest(name):
                done = takt("explain", *words) if "--server" in words else self.run_command(*words)
                self.assertEqual(done.returncode, code, done.stderr)
                self.assertIn(text, done.stderr)
                self.assertEqual(done.stdout, "")


class Offline(World):
    """Without an engine: from its journal, or from the files that it read."""

    QUESTIONS = (
        ("win_ratio", "--level", "region", "--group", "north", "--window", "90d", "--at", MOMENTS[2]),
        ("win_ratio", "--window", "28d", "--from", MOMENTS[0], "--to", MOMENTS[2], "--json"),
        ("stage_advance", "--split", "deal_stage=proposal", "--at", MOMENTS[1], "--limit", "5"),
        ("open_pipeline", "--window", "now", "--at", MOMENTS[1], "--json"),
        ("cycle", "--level", "team", "--group", "north-1", "--at", MOMENTS[2]),
    )

    def offline(self, *words):
        return takt("explain", *words, "--config", self.server.config, "--journal", self.server.journal)

    def journal_files(self):
        found = {}
        for name in sorted(os.listdir(self.server.journal)):
            with open(os.path.join(self.server.journal, name), "rb") as file:
                found[name] = file.read()
        return found

    def test_what_is_told_is_what_a_running_engine_tells(self):
        told = [self.run_command(*words) for words in self.QUESTIONS]
        for words, done in zip(self.QUESTIONS, told):
            self.assertEqual((done.returncode, done.stderr), (0, ""), words)
        self.assertIn("in.jsonl:", told[0].stdout)
        refused = self.offline(*self.QUESTIONS[0])
        self.assertEqual((refused.returncode, refused.stdout), (2, ""))
        self.assertIn("an engine is running on the journal", refused.stderr)
        self.assertIn("--server", refused.stderr)
        self.assertEqual(self.server.stop()[0], 0)
        before = self.journal_files()
        for words, done in zip(self.QUESTIONS, told):
            with self.subTest(words=words, place="journal"):
                again = self.offline(*words)
                self.assertEqual((again.returncode, again.stderr, again.stdout), (0, "", done.stdout))
        now = self.offline("win_ratio")
        self.assertEqual((now.returncode, now.stderr), (0, ""))
        self.assertRegex(now.stdout, r"win_ratio = won / closed = ")
        self.assertEqual(self.journal_files(), before)
        for words, done in zip(self.QUESTIONS, told):
            with self.subTest(words=words, place="files"):
                again = takt("explain", *words, "--config", self.server.config, "--journal", self.path("none"))
                self.assertIn(f'no journal at "{self.path("none")}"', again.stderr)
                self.assertEqual((again.returncode, again.stdout), (0, done.stdout))
        self.assertFalse(os.path.exists(self.path("none")))
        # From the journal alone, the sources being elsewhere.
        os.remove(self.path("in.jsonl"))
        kept = self.offline(*self.QUESTIONS[1])
        self.assertEqual((kept.returncode, kept.stderr), (0, ""))

    def test_where_there_is_nothing_to_read_it_says_so(self):
        kafka = self.config('crm: {kafka: {brokers: "127.0.0.1:1", topics: [sales]}}', name="kafka.yaml")
        absent = self.config("crm: {file: absent.jsonl}", name="absent.yaml")
        for config, words in ((kafka, ["is no file", "--journal FOLDER", "--server"]), (absent, ["absent.jsonl"]),
                              (self.path("none.yaml"), ["none.yaml"])):
            with self.subTest(config=config):
                done = takt("explain", "win_ratio", "--config", config, "--journal", self.path("none"))
                self.assertEqual((done.returncode, done.stdout), (2, ""))
                for word in words:
                    self.assertIn(word, done.stderr)
        for words in (["--config", kafka, "--server", "127.0.0.1:1"], ["--journal", self.path("none")]):
            self.assertEqual(takt("explain", "win_ratio", *words).returncode, 2)


if __name__ == "__main__":
    main()
