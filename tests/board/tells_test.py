#!/usr/bin/env python3
"""The board tells how the engine is, in a word and not in colour alone.

Run by ctest; by hand: tests/board/tells_test.py --takt build/dev/takt [--artefacts FOLDER] [unittest options]
"""

import datetime
import sys
import time

sys.dont_write_bytecode = True  # the source tree stays as it is
import scene  # noqa: E402
from scene import ALERTS, DESK, GOALS, NONE, WALL, Board  # noqa: E402


STATE = "[document.getElementById('state').dataset.state, document.getElementById('state-text').textContent]"


class Tells(Board):
    """How the engine is, in a word and not in colour alone."""

    def await_state(self, page, wanted, seconds=20):
        page.wait(wanted, f"document.getElementById('state').dataset.state === '{wanted}'", seconds)
        return page.evaluate("document.getElementById('state-text').textContent")

    def altered(self, path="/", **members):
        proxy = self.proxy(status=lambda said: said.update(members))
        return proxy, self.open(path, DESK, proxy.url)

    def test_live(self):
        page = self.open_whole()
        self.assertEqual(page.evaluate(STATE), ["live", "live"])
        self.assertRegex(page.evaluate("document.getElementById('age').textContent"), r"^\([0-9.]+ s ago\)$")

    def test_restoring_shows_its_progress(self):
        def nothing(said):
            said.update(now=None, kpis=[])
        proxy, page = self.altered(ready=False, now=None, data_age_seconds=None,
                                   restore={"done": False, "progress": 0.42, "seconds": 3.5, "changes_replayed": 123456, "error": ""})
        proxy.change["/api/v1/kpis"] = nothing
        self.assertEqual(self.await_state(page, "restoring"), "restoring, 42%")
        self.assertTrue(page.evaluate("document.getElementById('restore').checkVisibility()"))
        self.assertAlmostEqual(page.evaluate("document.getElementById('restore-progress').value"), 0.42)
        self.assertIn("123,456 changes", page.evaluate("document.getElementById('restore-text').textContent"))
        self.assertIn("No KPIs yet", page.evaluate("document.getElementById('kpis').textContent"))
        self.keep(page, "board_restoring")
        proxy.change = {}
        self.await_state(page, "live")
        page.wait("the KPIs", "document.querySelectorAll('.tile').length > 3")
        self.assertFalse(page.evaluate("document.getElementById('restore').checkVisibility()"))

    def test_old_data(self):
        _, page = self.altered(data_age_seconds=7300.0)
        self.assertEqual(self.await_state(page, "stale"), "data are 2 h old")

    def test_fast_motion_is_not_old_data(self):
        begin = time.monotonic()

        def change(said):
            now = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=172800 * (time.monotonic() - begin))
            said.update(now=now.isoformat() + "Z", data_age_seconds=30000.0)
        proxy = self.proxy(status=change)
        page = self.open("/", DESK, proxy.url)
        self.assertEqual(self.await_state(page, "live"), "live, in fast motion")

    def test_catching_up_is_old_data(self):
        begin = time.monotonic()

        def change(said):
            now = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=5000 * (time.monotonic() - begin))
            said.update(now=now.isoformat() + "Z", data_age_seconds=3e6)
        proxy = self.proxy(status=change)
        page = self.open("/", DESK, proxy.url)
        page.wait_for_requests("/api/v1/status", 4)
        self.assertEqual(page.evaluate("document.getElementById('state').dataset.state"), "stale")

    def test_waiting_for_the_first_events(self):
        _, page = self.altered(now=None, now_reason="not_spoken", data_age_seconds=None)
        self.assertIn("waiting", self.await_state(page, "waiting"))

    def test_a_source_that_is_stopped_says_why(self):
        source = {"name": "crm", "state": "stopped", "pause": "none", "error": "the topic was deleted", "errors": 1,
                  "dead_letters_pending": 0, "since_record_seconds": 5.0}
        _, page = self.altered(sources=[source])
        self.assertEqual(self.await_state(page, "broken"), "source crm is stopped: the topic was deleted")

    def test_who_holds_now_and_what_is_lost(self):
        def change(said):
            first = said["partitions"][0]
            first.update(idle=False, finished=False, lag_records=1234, lag_seconds=90.0)
            said["partitions"].append(dict(first, partition=1, lag_records=None, silent=True))
            said.update(now_reason="behind", now_holder={"source": "crm", "topic": first["topic"], "partition": 0})
            said["steps"]["admitted"] -= 3
        proxy = self.proxy(status=change)
        page = self.open_whole(base=proxy.url)
        rows = page.evaluate("[...document.querySelectorAll('#partitions tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
        self.assertEqual(rows[0][4:6] + rows[0][7:], ["1,234", "90 s", "◆ holds now (the least far)"])
        self.assertEqual(rows[1][4:6] + rows[1][7:], [NONE, "90 s", "▲ silent"])
        self.assertIn("✗ 3 records are not accounted for.", page.evaluate("document.getElementById('laws').textContent"))

    def test_alerts_and_goals(self):
        page = self.open_whole("/?level=region&group=north", base=self.alarming().url)
        self.assertIn("▲ 1 of 2 alerts are active.", page.evaluate("document.getElementById('alerts').textContent"))
        active = page.evaluate("document.querySelector('.alert.active').innerText")
        for part in ("▲ page", "Win ratio fell, north", "18.0% · 18 of 100 · usually 26.0% · score 4.2 of 3.9", ALERTS[0]["text"]):
            self.assertIn(part, active)
        tile = page.evaluate("document.querySelector('.tile[data-kpi=win_ratio]').innerText")
        self.assertIn("▲ alert", tile)
        self.assertIn("usually 26.0%", tile)
        goals = page.evaluate("[...document.querySelectorAll('.goal')].map(g => [...g.children].map(c => c.textContent))")
        self.assertEqual(goals, [["▼ behind", "Winning more, company", "27.0%, due by now 29.0%"],
                                 ["✓ on the line", "More booked, company", "€2.5M, due by now €1M"],
                                 ["– not known", "Unknown yet, company", "–, due by now 100.0%"]])
        self.keep(page, "board_alert")

    def strips(self, page):
        return page.evaluate("[...document.querySelectorAll('.strip')].map(p => p.textContent)")

    def test_a_wall_keeps_room_for_the_kpis(self):
        regions = ("north", "south", "east", "west")
        many = [dict(ALERTS[0], alert=f"alert_{number}", group={"sales_region": region})
                for number in range(10) for region in regions]
        page = self.open_whole("/?wall", WALL, base=self.alarming(many, GOALS * 5).url)
        alerts, goals = self.strips(page)
        self.assertTrue(alerts.startswith("▲ 40 alerts Alert 0, north · Alert 0, south"), alerts)
        self.assertTrue(goals.startswith("▼ 5 of 15 goals behind Winning more, company"), goals)
        self.assertEqual(page.evaluate("document.documentElement.scrollHeight"), 1080)
        self.assertEqual(page.evaluate("looks.cut().concat(looks.crossed())"), [])
        self.assertGreater(page.evaluate("Math.min(...[...document.querySelectorAll('.curve')].map(c => c.clientHeight))"), 20)
        self.keep(page, "board_wall_alerts")

    def test_a_wall_says_what_the_one_alert_says(self):
        proxy = self.alarming(goals=GOALS[1:])
        page = self.open_whole("/?wall", WALL, base=proxy.url)
        self.assertEqual(self.strips(page), [f"▲ page {ALERTS[0]['text']}", "✓ goals none of 2 is behind"])
        proxy.change["/api/v1/kpis"] = lambda said: said.update(alerts=ALERTS[1:], goals=[])
        page.wait("quiet", "document.querySelectorAll('.strip').length === 0")

    def test_few_outcomes_are_told(self):
        def change(said):
            for sample in said["kpis"]:
                if sample["kpi"] == "closed":
                    sample["value"] = 29
                if sample["kpi"] == "won":
                    sample["value"] = 7
        proxy = self.proxy(kpis=change)
        page = self.open_whole(base=proxy.url)
        self.assertEqual(page.evaluate("document.querySelector('.tile[data-kpi=win_ratio] .of').textContent"), "7 of 29: few")

    def test_an_engine_that_is_killed_and_comes_back(self):
        page = self.open_whole()
        won = page.evaluate("document.querySelector('.tile[data-kpi=won] .value').dataset.value")
        self.engine.kill()
        text = self.await_state(page, "unreachable", 30)
        self.assertRegex(text, "^unreachable since .*Shown is what was last heard")
        self.assertEqual(page.evaluate("document.querySelector('.tile[data-kpi=won] .value').dataset.value"), won)
        self.assertEqual(page.evaluate("getComputedStyle(document.querySelector('.tile')).borderStyle"), "dashed")
        self.keep(page, "board_unreachable")
        self.engine.start()
        self.await_state(page, "live", 30)
        self.assertGreater(page.evaluate("+document.querySelector('#way [data-step=changes_replayed] .count').dataset.value"), 1000)


if __name__ == "__main__":
    scene.main()
