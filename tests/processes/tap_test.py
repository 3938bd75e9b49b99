"""`takt tap`: records as they come, their changes and facts; and `takt size`."""

import json
import subprocess
import time

import program
from program import Folder, deal, main, takt, wait_for


class Tap(Folder):
    def setUp(self):
        super().setUp()
        self.write("in.jsonl", deal(1, "2026-01-02T10:00:00Z", stage="new", amount="10.00", owner="r001") + "\n")
        self.server = self.engine(self.config()).start()
        self.server.await_records(1)

    def append(self, *lines):
        with open(self.path("in.jsonl"), "a", encoding="utf-8") as out:
            out.write("".join(line + "\n" for line in lines))

    def ask(self, path="", status=200):
        found, body = self.server.get(f"/api/v1/tap{path}", api=True)
        self.assertEqual(found, status, body)
        return json.loads(body)

    def await_records(self, count, path="?after=0"):
        return wait_for(f"{count} tapped records",
                        lambda: (lambda page: page if len(page["records"]) >= count else None)(self.ask(path)))

    def test_records_changes_and_facts(self):
        self.assertEqual(self.ask()["records"], [])  # opens it
        self.append(deal(2, "2026-01-03T10:00:00Z", stage="new", amount="10.00", owner="r001"),
                    deal(2, "2026-01-09T10:00:00Z", stage="won", amount="12.50", owner="r001"), "garbage")
        page = wait_for("facts", lambda: (lambda page: page if len(page["records"]) == 3 and all(
            change["applied"] for record in page["records"] for change in record["changes"]) else None)(
                self.ask("?after=0")))
        created, won, garbage = page["records"]
        self.assertEqual((created["source"], created["offset"] < won["offset"], page["left_out"]), ("crm", True, 0))
        self.assertEqual(won["changes"][0]["fields"]["stage"], "won")
        facts = {kpi: fact for fact in won["changes"][0]["facts"] for kpi in fact["kpis"] if fact["amount"] != "0"}
        self.assertEqual((facts["won"]["amount"], facts["won"]["date"]), ("1", "2026-01-09T10:00:00Z"))
        self.assertEqual(facts["booked"]["amount"], "12.50")
        self.assertEqual(facts["open_deals"]["amount"], "-1")
        self.assertEqual(garbage["dead_letter"]["reason"], "malformed")
        self.assertIn("won  +1  at 2026-01-09", won["text"].replace("won, ", "won  "))
        self.assertEqual(self.ask(f"?after={page['next']}")["records"], [])

    def test_a_filter_keeps_one_entity(self):
        self.ask("?object=deal&id=D7")
        self.append(*(deal(i, "2026-01-03T10:00:00Z", stage="new", owner="r001") for i in range(2, 60)))
        page = self.await_records(1, "?object=deal&id=D7")
        self.assertEqual([record["changes"][0]["id"] for record in page["records"]], ["D7"])

    def test_a_flood_is_left_out_and_counted_and_holds_nothing_up(self):
        self.ask()
        count = 20000
        self.append(*(deal(i, "2026-01-03T10:00:00Z", stage="new", owner="r001") for i in range(100, 100 + count)))
        begin = time.monotonic()
        self.server.await_records(count)
        self.assertLess(time.monotonic() - begin, 20)
        page = self.ask("?limit=200")
        self.assertLessEqual(len(page["records"]), 200)
        self.assertGreater(page["left_out"], count // 2)

    def test_wrong_questions(self):
        cases = {"?object=deall": (404, 'did you mean "deal"'), "?after=x": (400, "no number"),
                 "?limit=0": (400, "1 to 200"), "?limit=" + "9" * 900: (400, "1 to 200"),
                 "?wat=1": (400, "unknown parameter"), "?object=%ff%00": (404, "unknown object")}
        for path, (status, text) in cases.items():
            with self.subTest(path[:20]):
                self.assertIn(text, self.ask(path, status)["error"])
        self.assertEqual(self.server.get("/api/v1/tap", api=True, method="POST")[0], 405)

    def test_the_command_prints_as_they_come(self):
        with subprocess.Popen([program.TAKT, "tap", "--for", "6s", "--server", f"127.0.0.1:{self.server.ports[1]}"],
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE) as watching:
            wait_for("the tap to open", lambda: self.append(
                deal(3, "2026-01-04T10:00:00Z", stage="new", owner="r001")) or self.ask()["records"])
            out, err = watching.communicate(timeout=30)
        self.assertEqual((watching.returncode, err), (0, b""))
        self.assertIn(b"deal D3  2026-01-04T10:00:00Z  record  stage=new", out)
        wrong = takt("tap", "--object", "deall", "--server", f"127.0.0.1:{self.server.ports[1]}")
        self.assertEqual(wrong.returncode, 2)
        self.assertIn('did you mean "deal"', wrong.stderr)


class Size(Folder):
    def test_requests_and_limits_grow_with_the_organisation(self):
        small = json.loads(takt("size", "--deals", "1000", "--reps", "10", "--json").stdout)
        large = json.loads(takt("size", "--deals", "5000000", "--reps", "2000", "--json").stdout)
        for kind in ("requests", "limits"):
            for what in ("cpu_cores", "memory_bytes"):
                self.assertGreaterEqual(large[kind][what], small[kind][what])
        self.assertGreater(large["requests"]["memory_bytes"], 5e6 * 6 * 30)
        self.assertGreater(large["disk_bytes"], 5e6 * 6 * 40)
        self.assertLess(small["limits"]["memory_bytes"], 1 << 30)

    def test_the_text_says_what_it_assumes(self):
        done = takt("size", "--deals", "500000", "--reps", "200")
        self.assertEqual(done.returncode, 0, done.stderr)
        for text in ("requests: {cpu: ", "limits: {cpu: ", "size: ", "Gi", "memory_bytes_max", "Assumed: 6 changes a deal",
                     "Measured: "):
            self.assertIn(text, done.stdout)
        self.assertEqual(takt("size", "--deals", "-1", "--reps", "2").returncode, 2)
        self.assertEqual(takt("size", "--deals", "1").returncode, 2)


if __name__ == "__main__":
    main()
