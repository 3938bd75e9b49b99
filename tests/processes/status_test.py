"""`takt status`: what it prints, what it calls wrong, and how it compares replicas."""

import json
import os

from program import Folder, deal, free_port, main, takt, wait_for


class Status(Folder):
    def setUp(self):
        super().setUp()
        stages = ("new", "won", "lost")
        self.write("in.jsonl", "".join(
            deal(i, f"2026-01-{1 + i % 28:02}T10:00:00Z", stage=stages[i % 3], amount="10.00", owner="r001") + "\n"
            for i in range(200)) + "garbage\n")

    def started(self, journal="journal", **options):
        engine = self.engine(self.config(**options), journal=journal).start()
        engine.await_records(201)
        wait_for("now", lambda: json.loads(engine.get("/api/v1/status", api=True)[1])["now"])
        return engine

    def status(self, *engines, more=()):
        return takt("status", *(f"127.0.0.1:{engine.ports[1]}" for engine in engines), *more)

    def test_a_table_and_json_say_the_same(self):
        engine = self.started()
        done = self.status(engine)
        self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
        for text in ("ready", "now ", "follows the clock", "journal ", "crm", "in.jsonl/0", "idle", "malformed",
                     "all is well", "entities", "divergent cells"):
            self.assertIn(text, done.stdout)
        told = json.loads(self.status(engine, more=["--json"]).stdout)
        self.assertEqual((told["problems"], told["replicas"]), ([], None))
        self.assertEqual(told["engines"][0]["status"]["steps"]["dead_lettered"], 1)

    def test_replicas_that_read_the_same_give_the_same_pages(self):
        engines = [self.started(journal=name) for name in ("one", "two")]
        done = self.status(*engines)
        self.assertEqual(done.returncode, 0, done.stdout)
        self.assertIn("the same records, the same pages", done.stdout)
        told = json.loads(self.status(*engines, more=["--json"]).stdout)
        self.assertEqual(told["replicas"]["same_pages"], True)
        self.assertTrue(told["replicas"]["compared_at"])

    def test_other_configurations_are_named(self):
        one = self.started(journal="one")
        two = self.engine(self.config(name="two.yaml", more="kpis: {deals_ever: {count: deal, over: all}}\n"),
                          journal="two").start()
        wait_for("now", lambda: json.loads(two.get("/api/v1/status", api=True)[1])["now"])
        done = self.status(one, two)
        self.assertEqual(done.returncode, 1)
        self.assertIn("another configuration", done.stdout)

    def test_replicas_that_stand_elsewhere_are_not_compared(self):
        one = self.started(journal="one")
        self.write("other.jsonl", deal(1, "2026-01-01T10:00:00Z", stage="new") + "\n")
        two = self.engine(self.config("crm: {file: other.jsonl, follow: true}", name="two.yaml"),
                          journal="two").start()
        wait_for("now", lambda: json.loads(two.get("/api/v1/status", api=True)[1])["now"])
        told = json.loads(self.status(one, two, more=["--json"]).stdout)
        self.assertEqual((told["replicas"]["same_positions"], told["replicas"]["same_pages"]), (False, None))

    def test_what_is_wrong_is_said_with_exit_code_1(self):
        engine = self.started()
        os.remove(self.path("in.jsonl"))
        self.write("in.jsonl", "")
        done = wait_for("the source to stop",
                        lambda: (lambda d: d if d.returncode == 1 else None)(self.status(engine)))
        self.assertIn("wrong      source crm is stopped", done.stdout)
        away = takt("status", f"127.0.0.1:{free_port()}")
        self.assertEqual(away.returncode, 1)
        self.assertIn("no answer from http://127.0.0.1:", away.stdout)
        both = takt("status", f"127.0.0.1:{engine.ports[1]}", f"127.0.0.1:{free_port()}", "--json")
        self.assertEqual(both.returncode, 1)
        self.assertIsNone(json.loads(both.stdout)["engines"][1]["status"])

    def test_files_that_are_not_what_is_served(self):
        engine = self.started()
        with open(self.path("takt.yaml"), encoding="utf-8") as kept:
            good = kept.read()

        def told_after(content):
            self.write("takt.yaml", content)
            return wait_for("the word of it", lambda: (lambda d: d.stdout if d.returncode == 1 else None)(
                self.status(engine)))
        told = told_after(good + "kpis: {x: {share: nothing, of: won}}\n")
        self.assertIn("wrong      the configuration on disk is not what is served: ", told)
        self.assertIn("takt.yaml:", told)
        self.assertNotIn("all is well", told)
        self.write("takt.yaml", good)
        wait_for("all to be well again", lambda: self.status(engine).returncode == 0)
        self.write("other.jsonl", "")
        told = told_after(good.replace("in.jsonl", "other.jsonl"))
        self.assertIn("needs a restart", told)

    def test_another_server_is_no_engine(self):
        engine = self.started()
        done = takt("status", f"127.0.0.1:{engine.ports[0]}")
        self.assertEqual(done.returncode, 1)
        self.assertIn("answers no status: 404", done.stdout)


if __name__ == "__main__":
    main()
