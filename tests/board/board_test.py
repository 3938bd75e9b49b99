#!/usr/bin/env python3
"""The board in a real browser, against a real engine with the demo's definition: it shows what the API says,
asks nobody else, can be read and operated by everybody, and tells how the engine is.

Run by ctest; by hand: tests/board/board_test.py --takt build/dev/takt [--artefacts FOLDER] [unittest options]
"""

import datetime
import json
import os
import re
import socket
import subprocess
import sys
import tempfile
import time
import unittest

sys.dont_write_bytecode = True  # the source tree stays as it is
HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "processes")]
import devtools  # noqa: E402
import program  # noqa: E402
from proxy import Proxy  # noqa: E402

DESK, PHONE, WALL = (1280, 900), (360, 740), (1920, 1080)
CONTRAST_MIN = 4.5
CONTRAST_MIN_GRAPHIC = 3.0
# On a wall of 55 inch (0.634 mm a pixel) at 5 m: a value's capitals 25 mm, all else 12 mm.
WALL_VALUE_PIXELS = 56
WALL_TEXT_PIXELS = 26
NONE = "–"

artefacts = os.path.join(program.ROOT, "build", "artefacts")

ALERTS = [
    {"alert": "win_ratio_fell", "severity": "page", "receiver": "managers", "kpi": "win_ratio", "level": "region",
     "group": {"sales_region": "north"}, "active": True, "value": 0.18, "baseline": 0.26, "successes": 18,
     "outcomes": 100, "score": 4.2, "threshold": 3.9, "text": "Fewer deals are won in north: 18 of 100, usually 26 %."},
    {"alert": "win_ratio_fell", "severity": "page", "receiver": "managers", "kpi": "win_ratio", "level": "region",
     "group": {"sales_region": "south"}, "active": False, "value": 0.25, "baseline": 0.26, "successes": 25,
     "outcomes": 100, "score": None, "threshold": None, "text": ""}]
GOALS = [
    {"goal": "winning_more", "kpi": "win_ratio", "level": "company", "group": {}, "target": 0.29, "value": 0.27, "met": False},
    {"goal": "more_booked", "kpi": "booked", "level": "company", "group": {}, "target": 1e6, "value": 2.5e6, "met": True},
    {"goal": "unknown_yet", "kpi": "nrr_year", "level": "company", "group": {}, "target": 1.0, "value": None, "met": None}]


class Board(unittest.TestCase):
    """One engine that has read a file, one browser; every test opens pages of its own."""

    @classmethod
    def setUpClass(cls):
        if devtools.program() is None:
            raise AssertionError("no Chromium: run ./dev setup test, or install the package chromium")
        cls.folder = tempfile.TemporaryDirectory(prefix="takt-board-")
        cls.addClassCleanup(cls.folder.cleanup)
        path = cls.folder.name
        with open(os.path.join(path, "takt.yaml"), "w", encoding="utf-8") as out:
            out.write(f"use: [{program.ROOT}/config/demo/takt]\nsources: {{crm: {{file: events.jsonl}}}}\n")
        made = program.takt("events", "--days", 130, "--garbage", 0.02, "--duplicates", 0.05, "--late", 0.1,
                            "--output", "events.jsonl", cwd=path)
        assert made.returncode == 0, made.stderr
        cls.engine = program.Engine(os.path.join(path, "takt.yaml"), path).start()
        cls.addClassCleanup(lambda: cls.engine.end())
        program.wait_for("the file to be read",
                         lambda: cls.api("status")["sources"][0]["state"] == "finished")
        cls.browser = cls.enterClassContext(devtools.Browser(path)) if hasattr(cls, "enterClassContext") \
            else cls.enter(devtools.Browser(path))

    @classmethod
    def enter(cls, context):
        entered = context.__enter__()
        cls.addClassCleanup(context.__exit__)
        return entered

    @classmethod
    def api(cls, path):
        status, body = cls.engine.get(f"/api/v1/{path}", api=True)
        assert status == 200, (path, status, body)
        return json.loads(body)

    @classmethod
    def base(cls):
        return f"http://127.0.0.1:{cls.engine.ports[1]}"

    def open(self, path="/", size=DESK, base=None):
        page = self.browser.open((base or self.base()) + path, *size, phone=size == PHONE)
        self.addCleanup(page.close)
        page.evaluate(self.looks())
        return page

    def open_whole(self, path="/", size=DESK, base=None):
        """Until values and curves are there."""
        page = self.open(path, size, base)
        page.wait("values", "document.querySelectorAll('.tile .value').length > 0")
        page.wait("curves", "document.querySelectorAll('.tile .curve').length > 3")
        return page

    def proxy(self):
        proxy = Proxy(self.base())
        self.addCleanup(proxy.close)
        return proxy

    @staticmethod
    def looks():
        with open(os.path.join(HERE, "looks.js"), encoding="utf-8") as file:
            return file.read()

    def keep(self, page, name, whole=False):
        os.makedirs(artefacts, exist_ok=True)
        path = os.path.join(artefacts, f"{name}.png")
        page.screenshot(path, whole)
        print(f"screenshot: {path}", flush=True)
        with open(path, "rb") as file:
            self.assertEqual(file.read(8), b"\x89PNG\r\n\x1a\n")


TILES = """[...document.querySelectorAll('.tile')].map(t => ({kpi: t.dataset.kpi, window: t.querySelector('.window').textContent,
  data: t.querySelector('.value').dataset.value, text: t.querySelector('.value').textContent,
  why: t.querySelector('.why')?.textContent ?? '', of: t.querySelector('.of')?.textContent ?? '',
  bounds: t.querySelector('.bounds')?.textContent ?? ''}))"""


class Shows(Board):
    """What the page shows is what the API says."""

    def said(self, scope):
        values = {}
        for sample in self.api(f"kpis?{scope}")["kpis"]:
            labels = dict(sample["labels"])
            window = labels.pop("window", "now")
            values[sample["kpi"], sample["part"], window, len(labels)] = sample["value"]
        return values

    def compare(self, page, scope, labels):
        """Every tile against the API before and after: now moves between the two."""
        definition = {kpi["name"]: kpi for kpi in self.api("definition")["kpis"]}
        wrong = None
        for _ in range(5):
            before = self.said(scope)
            page.wait_for_requests("/api/v1/kpis", 2)  # the first one's answer is then shown
            tiles = page.evaluate(TILES)
            after = self.said(scope)
            wrong = [tile for tile in tiles if not self.agrees(tile, definition[tile["kpi"]], labels, before, after)]
            if not wrong:
                break
        self.assertEqual(wrong, [], scope)
        return {tile["kpi"]: tile for tile in tiles}

    def agrees(self, tile, kpi, labels, *answers):
        part = "p50" if kpi["kind"] == "durations" else ""
        shown = float(tile["data"]) if tile["data"] else None
        for said in answers:
            value = said[kpi["name"], part, tile["window"], labels]
            if value != shown:
                continue
            if value is None:
                return tile["text"] == NONE and tile["why"] != ""
            if kpi["kind"] == "share":
                successes = said[kpi["numerator"], "", tile["window"], labels]
                outcomes = said[kpi["denominator"], "", tile["window"], labels]
                bounds = [said[kpi["name"], each, tile["window"], labels] for each in ("lower", "upper")]
                return (tile["text"] == f"{value * 100:.1f}%"
                        and tile["of"].split(":")[0] == f"{successes:,} of {outcomes:,}"
                        and tile["bounds"] == " to ".join(f"{each * 100:.1f}%" for each in bounds))
            if kpi["unit"] in ("deal", "lead", "customer"):
                return tile["text"] == f"{value:,}"
            if kpi["unit"] == "money":
                return self.close(self.money(tile["text"]), value)
            if kpi["unit"] == "seconds":
                outcomes = said[kpi["name"], "outcomes", tile["window"], labels]
                return tile["text"] == f"{value / 86400:.1f} d".replace(".0 d", " d") and tile["of"] == f"n = {outcomes:,}"
            return tile["text"] != NONE
        return False

    @staticmethod
    def money(text):
        found = re.fullmatch(r"€([0-9.,]+)(M?)", text)
        return float(found.group(1).replace(",", "")) * (1e6 if found.group(2) else 1)

    @staticmethod
    def close(shown, value):
        return abs(shown - value) <= (5000 if value >= 1e6 else 0.5)

    def test_the_company_in_every_window(self):
        page = self.open_whole()
        kpis = [kpi["name"] for kpi in self.api("definition")["kpis"] if "company" in kpi["levels"] and not kpi["split"]]
        for window in ("28d", "90d", "month"):
            with self.subTest(window=window):
                page.evaluate(f"(w => {{ w.value = '{window}'; w.dispatchEvent(new Event('change')) }})"
                              "(document.getElementById('window'))")
                tiles = self.compare(page, "level=company", 0)
                self.assertEqual(sorted(tiles), sorted(kpis))
                self.assertEqual(tiles["win_ratio"]["window"], window)
        self.assertIn(f"window={window}", page.evaluate("location.search"))

    def test_a_region(self):
        page = self.open_whole("/?level=region&group=south")
        tiles = self.compare(page, "level=region&group=south", 1)
        self.assertGreater(len(tiles), 20)
        self.assertEqual(page.evaluate("document.getElementById('group').value"), "south")

    def test_the_demo_fills_the_board(self):
        page = self.open_whole()
        tiles = {tile["kpi"]: tile for tile in page.evaluate(TILES)}
        empty = sorted(name for name, tile in tiles.items() if tile["text"] == NONE)
        self.assertEqual(empty, ["customer_retention_year", "nrr_year"])
        self.assertIn("0 customers year ago", tiles["customer_retention_year"]["why"])
        curves = page.evaluate("[...document.querySelectorAll('.tile .curve')].map(c => c.getAttribute('aria-label'))")
        self.assertGreater(len(curves), 25)
        for text in curves:
            self.assertRegex(text, "^Day by day over four weeks: from .* to .*, lowest .*, highest ")

    def test_stages_and_sources(self):
        page = self.open_whole()
        rows = page.evaluate("""Object.fromEntries([...document.querySelectorAll('.split')].map(s => [s.dataset.kpi,
            [...s.querySelectorAll('tbody tr')].map(r => [...r.querySelectorAll('td')].map(c => c.textContent))]))""")
        said = {sample["labels"]["deal_stage"]: sample["value"] for sample in self.api("kpis?level=company&window=28d")["kpis"]
                if sample["kpi"] == "stage_conversion" and sample["part"] == ""}
        self.assertEqual([row[0] for row in rows["stage_conversion"]], ["new", "qualified", "proposal", "contract"])
        for stage, value, outcomes, _ in rows["stage_conversion"]:
            self.assertAlmostEqual(float(value.rstrip("%")), said[stage] * 100, delta=0.3)
            self.assertRegex(outcomes, "^[0-9,]+ of [0-9,]+$")
        self.assertEqual([row[0] for row in rows["lead_conversion_by_source"]], ["web", "event", "partner", "outbound"])

    def test_the_way_of_the_events(self):
        page = self.open_whole()
        status = self.api("status")
        shown = page.evaluate("Object.fromEntries([...document.querySelectorAll('#way li')].map(l => [l.dataset.step, +l.querySelector('.count').dataset.value]))")
        self.assertEqual(shown, {step: status["steps"][step] for step in shown})
        self.assertEqual(set(status["steps"]) - set(shown), {"conflicts"})
        self.assertEqual(page.evaluate("document.getElementById('laws').textContent"),
                         "✓ Every record is accounted for. ✓ Every change is accounted for.")
        letters = page.evaluate("[...document.querySelectorAll('#letters [data-reason]')].map(s => [s.dataset.reason, +s.dataset.value])")
        self.assertEqual(dict(letters), {each["reason"]: each["count"] for each in status["dead_letters"]})
        self.assertEqual(sum(count for _, count in letters), status["steps"]["dead_lettered"])
        row = page.evaluate("[...document.querySelectorAll('#partitions td')].map(c => c.textContent)")
        self.assertEqual(row[:5], [f"crm {status['partitions'][0]['topic']}/0", "finished", f"{status['steps']['polled']:,}",
                                   f"{status['steps']['dead_lettered']:,}", "0"])

    def test_a_tile_tells_which_ones_it_is_made_of(self):
        page = self.open_whole("/?level=region&group=north")
        page.evaluate("document.querySelector('.tile[data-kpi=win_ratio] .ask').focus()")
        page.press("Enter", 13, "\r")
        page.wait("the dialog", "document.querySelectorAll('#deals tbody tr').length > 3")
        said = self.api("explain?kpi=win_ratio&level=region&group=north&window=28d&limit=100")
        parts = page.evaluate("[...document.querySelectorAll('#deals h3')].map(h => h.textContent)")
        self.assertEqual(parts, [f"{part['kpi'].capitalize()}: {part['value']:,}" for part in said["parts"]])
        rows = page.evaluate("[...document.querySelectorAll('#deals tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
        listed = [each for part in said["parts"] for each in part["entities"]]
        self.assertEqual([row[0] for row in rows], [f"deal {each['id']}" for each in listed])
        self.assertEqual({row[1] for row in rows}, {"✓"})
        lines = [each["changes"][-1]["places"][0]["line"] for each in listed]
        self.assertEqual([row[3] for row in rows], [f"events.jsonl, line {line:,}" for line in lines])
        self.assertGreaterEqual(min(each["ratio"] for each in page.evaluate("looks.contrasts()")), CONTRAST_MIN)
        self.keep(page, "board_deals")
        page.press("Escape", 27)
        self.assertFalse(page.evaluate("document.getElementById('deals').open"))
        self.assertEqual(page.evaluate("document.activeElement.dataset.ask"), "win_ratio")

    def test_what_cannot_be_told_is_said(self):
        proxy = self.proxy()
        page = self.open_whole(base=proxy.url)
        proxy.away = True
        page.evaluate("document.querySelector('.tile[data-kpi=booked] .ask').click()")
        page.wait("the reason", "document.getElementById('deals-what').textContent.startsWith('It cannot be told now: ')")

    def test_the_configuration(self):
        page = self.open_whole()
        facts = page.evaluate("document.getElementById('facts').textContent")
        for part in ("Europe/Paris", "EUR", "region (5)", "new → qualified → proposal → contract", self.api("status")["config_hash"]):
            self.assertIn(part, facts)
        meanings = page.evaluate("[...document.querySelectorAll('#meanings dt')].map(d => d.textContent)")
        self.assertEqual(meanings, [kpi["name"] for kpi in self.api("definition")["kpis"]])


class Keeps(Board):
    """What the page must never do."""

    def test_asks_nobody_but_its_engine(self):
        page = self.open_whole()
        page.wait_for_requests("/api/v1/kpis", 2)
        self.assertGreater(len(page.requests), 10)
        others = [url for url in page.requests if not url.startswith((self.base() + "/", "data:,"))]
        self.assertEqual(others, [])
        self.assertEqual(page.problems, [])

    def test_works_behind_a_path_of_a_proxy(self):
        page = self.open_whole()
        paths = page.evaluate("[...document.querySelectorAll('[src],[href]')].map(e => e.getAttribute('src') ?? e.getAttribute('href'))")
        self.assertEqual([path for path in paths if path.startswith("/") or "//" in path], [])

    def test_the_policy_stops_what_did_not_come_with_it(self):
        page = self.open_whole()
        self.assertEqual(page.evaluate("""fetch('http://127.0.0.2:9/').then(() => 'asked', () => 'refused')"""), "refused")
        page.evaluate("const s = document.createElement('script'); s.textContent = 'window.ran = 1'; document.body.append(s)")
        self.assertIsNone(page.evaluate("window.ran ?? null"))
        self.assertTrue(any("Content Security Policy" in problem for problem in page.problems), page.problems)

    def test_texts_of_the_outside_stay_texts(self):
        evil = "<img src=x onerror='window.ran=1'>"

        def definition(said):
            said["organisation"] = evil
            said["kpis"][0]["help"] = evil

        def status(said):
            said["sources"][0]["error"] = evil
            said["dead_letters"][0]["reason"] = evil

        def kpis(said):
            said["alerts"] = [dict(ALERTS[0], alert=evil, text=evil, severity=evil)]
        proxy = self.proxy()
        proxy.change = {"/api/v1/definition": definition, "/api/v1/status": status, "/api/v1/kpis": kpis}
        page = self.open_whole(base=proxy.url)
        self.assertEqual(page.evaluate("document.getElementById('organisation').textContent"), evil)
        self.assertEqual(page.evaluate("document.querySelectorAll('img').length"), 0)
        self.assertIsNone(page.evaluate("window.ran ?? null"))

    def test_keeps_focus_and_what_is_open_over_updates(self):
        page = self.open_whole()
        page.evaluate("document.querySelector('.behind details').open = true; document.getElementById('wall').focus()")
        page.evaluate("window.first = document.querySelector('.tile .value'); 1")
        page.wait_for_requests("/api/v1/kpis", 2)
        self.assertEqual(page.evaluate("document.activeElement.id"), "wall")
        self.assertTrue(page.evaluate("document.querySelector('.behind details').open"))
        self.assertTrue(page.evaluate("window.first.isConnected"))


class Reads(Board):
    """Everybody can read and operate it."""

    def check_contrast(self, page, where):
        found = page.evaluate("looks.contrasts()")
        self.assertGreater(len(found), 25, where)
        low = [each for each in found if each["ratio"] < CONTRAST_MIN]
        self.assertEqual(low, [], where)
        faint = [each for each in page.evaluate("looks.strokes()") if each < CONTRAST_MIN_GRAPHIC]
        self.assertEqual(faint, [], where)

    def alarming(self):
        proxy = self.proxy()
        proxy.change["/api/v1/kpis"] = lambda said: said.update(alerts=ALERTS, goals=GOALS)
        return proxy

    def test_contrast_everywhere(self):
        proxy = self.alarming()
        for scheme in ("light", "dark"):
            for name, path, size in (("desk", "/?level=region&group=north", DESK), ("phone", "/", PHONE),
                                     ("wall", "/?wall&level=region&group=north", WALL),
                                     ("wall", f"/?wall&theme={scheme}", WALL)):
                page = self.open(path, size, proxy.url)
                page.prefer(scheme)
                page.wait("curves", "document.querySelectorAll('.tile .curve').length > 3")
                page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
                self.check_contrast(page, f"{name} {scheme}")
                for state in ("stale", "unreachable", "restoring"):
                    page.evaluate(f"document.documentElement.dataset.state = document.getElementById('state').dataset.state = '{state}'")
                    self.check_contrast(page, f"{name} {scheme} {state}")

    def test_the_measure_of_contrast_finds_grey_on_grey(self):
        page = self.open_whole()
        page.evaluate("const p = document.createElement('p'); p.textContent = 'faint'; document.body.append(p); p.style.color = '#888'; p.style.background = '#999'; 1")
        faint = [each for each in page.evaluate("looks.contrasts()") if each["text"] == "faint"]
        self.assertAlmostEqual(faint[0]["ratio"], 1.25, delta=0.05)
        page.evaluate("document.querySelector('.curve path').style.stroke = '#fff'; 1")
        self.assertLess(min(page.evaluate("looks.strokes()")), CONTRAST_MIN_GRAPHIC)

    def test_phone_does_not_scroll_sideways(self):
        proxy = self.alarming()
        for name, path in (("phone", "/"), ("phone_region", "/?level=region&group=unassigned"), ("phone_team", "/?level=team")):
            page = self.open(path, PHONE, proxy.url)
            page.wait("values", "document.querySelectorAll('.tile .value').length > 20")
            page.wait("alerts", "document.querySelectorAll('.alert').length > 0")
            if name == "phone":
                page.wait("curves", "document.querySelectorAll('.tile .curve').length > 3")
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = true })")
            self.assertEqual(page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]"), [360, 360], name)
            self.assertEqual(page.evaluate("looks.cut().concat(looks.crossed())"), [], name)
            self.assertGreaterEqual(page.evaluate("looks.smallest()")["size"], 12)
            page.evaluate("document.querySelectorAll('details').forEach(d => { d.open = false })")
            if name == "phone":
                self.keep(page, "board_phone")
                self.keep(page, "board_phone_whole", whole=True)

    def test_wall_is_read_from_five_metres(self):
        proxy = self.alarming()
        for name, path in (("board_wall", "/?wall"), ("board_wall_region", "/?wall&level=region&group=north")):
            page = self.open_whole(path, WALL, proxy.url)
            self.assertEqual(page.evaluate("document.documentElement.dataset.theme"), "dark")
            self.assertEqual(page.evaluate("[document.documentElement.scrollWidth, document.documentElement.scrollHeight, "
                                           "document.body.scrollHeight]"), [1920, 1080, 1080])
            tiles = page.evaluate("document.querySelectorAll('.tile').length")
            self.assertTrue(4 <= tiles <= 8, tiles)
            sizes = page.evaluate("[...document.querySelectorAll('.tile .value')].map(v => parseFloat(getComputedStyle(v).fontSize))")
            self.assertGreaterEqual(min(sizes), WALL_VALUE_PIXELS)
            self.assertGreaterEqual(page.evaluate("looks.smallest()")["size"], WALL_TEXT_PIXELS, page.evaluate("looks.smallest()"))
            self.assertEqual(page.evaluate("looks.cut().concat(looks.crossed())"), [], name)
            self.assertTrue(page.evaluate("document.getElementById('as-of').checkVisibility()"))
            self.keep(page, name)

    def test_wall_shows_the_kpis_that_its_address_names(self):
        page = self.open_whole("/?wall&kpis=won,cycle,win_ratio,nonsense,booked,lost", WALL)
        shown = [tile["kpi"] for tile in page.evaluate(TILES)]
        self.assertEqual(shown, ["won", "cycle", "win_ratio", "booked", "lost"])

    def test_screenshots_of_the_desk(self):
        for name, path, whole in (("board_desk", "/", False), ("board_desk_whole", "/", True), ("board_desk_dark", "/?theme=dark", False)):
            page = self.open_whole(path, (1280, 960))
            self.assertEqual(page.evaluate("document.documentElement.scrollWidth"), 1280)
            self.assertEqual(page.evaluate("looks.cut().concat(looks.crossed())"), [])
            self.keep(page, name, whole)

    def test_everything_is_reached_by_the_keyboard_and_seen(self):
        page = self.open_whole("/?level=region")
        reached = []
        for _ in range(120):
            page.press("Tab", 9)
            at = page.evaluate("looks.focus()")
            if at["tag"] == "BODY" or at["id"] in reached:
                break
            reached.append(at["id"])
            self.assertGreaterEqual(at["outline"], 2, at)
            self.assertGreaterEqual(at["contrast"], CONTRAST_MIN_GRAPHIC, at)
            self.assertTrue(at["seen"], at)
        self.assertEqual(reached[:6], ["Skip to the KPIs", "level", "group", "window", "theme", "wall"])
        operable = page.evaluate("[...document.querySelectorAll('a[href], select, summary, button, [tabindex=\"0\"]')].filter(e => e.checkVisibility()).length")
        self.assertEqual(len(reached), operable)

    def test_the_keyboard_chooses(self):
        page = self.open_whole()
        page.press("Tab", 9)
        page.press("Enter", 13, "\r")
        self.assertEqual(page.evaluate("document.activeElement.id"), "kpis")
        page.evaluate("document.getElementById('level').focus()")
        page.press("ArrowDown", 40)
        page.wait("another level", "document.getElementById('level').value !== 'company'")
        page.wait("its groups", "!document.getElementById('group-label').hidden")
        page.wait("its word to a screen reader", "document.getElementById('announce').textContent.startsWith('Showing ')")
        self.assertEqual(page.problems, [])

    def test_a_screen_reader_hears_names(self):
        page = self.open_whole(base=self.alarming().url)
        nodes = page.call("Accessibility.getFullAXTree")["nodes"]
        told = [(node["role"]["value"], node.get("name", {}).get("value", "")) for node in nodes if not node.get("ignored")]
        for role in ("combobox", "link", "image", "region", "navigation", "table", "columnheader", "heading", "article"):
            names = [name for each, name in told if each == role]
            self.assertTrue(names, f"no {role}")
            if role != "article":
                self.assertEqual([name for name in names if not name.strip()], [], role)
        for role in ("banner", "main", "contentinfo", "status"):
            self.assertEqual(len([1 for each, _ in told if each == role]), 1, role)
        levels = page.evaluate("[...document.querySelectorAll('h1,h2,h3')].filter(h => h.checkVisibility()).map(h => +h.tagName[1])")
        self.assertEqual(levels[0], 1)
        self.assertTrue(all(after - before <= 1 for before, after in zip(levels, levels[1:])))
        self.assertEqual(page.evaluate("document.documentElement.lang"), "en")


STATE = "[document.getElementById('state').dataset.state, document.getElementById('state-text').textContent]"


class Tells(Board):
    """How the engine is, in a word and not in colour alone."""

    def await_state(self, page, wanted, seconds=20):
        page.wait(wanted, f"document.getElementById('state').dataset.state === '{wanted}'", seconds)
        return page.evaluate("document.getElementById('state-text').textContent")

    def altered(self, path="/", **members):
        proxy = self.proxy()
        proxy.change["/api/v1/status"] = lambda said: said.update(members)
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
        proxy = self.proxy()
        proxy.change["/api/v1/status"] = change
        page = self.open("/", DESK, proxy.url)
        self.assertEqual(self.await_state(page, "live"), "live, in fast motion")

    def test_catching_up_is_old_data(self):
        begin = time.monotonic()

        def change(said):
            now = datetime.datetime(2026, 1, 1) + datetime.timedelta(seconds=5000 * (time.monotonic() - begin))
            said.update(now=now.isoformat() + "Z", data_age_seconds=3e6)
        proxy = self.proxy()
        proxy.change["/api/v1/status"] = change
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
        proxy = self.proxy()
        proxy.change["/api/v1/status"] = change
        page = self.open_whole(base=proxy.url)
        rows = page.evaluate("[...document.querySelectorAll('#partitions tbody tr')].map(r => [...r.cells].map(c => c.textContent))")
        self.assertEqual(rows[0][4:6] + rows[0][7:], ["1,234", "90 s", "◆ holds now (the least far)"])
        self.assertEqual(rows[1][4:6] + rows[1][7:], [NONE, "90 s", "▲ silent"])
        self.assertIn("✗ 3 records are not accounted for.", page.evaluate("document.getElementById('laws').textContent"))

    def test_alerts_and_goals(self):
        proxy = self.proxy()
        proxy.change["/api/v1/kpis"] = lambda said: said.update(alerts=ALERTS, goals=GOALS)
        page = self.open_whole("/?level=region&group=north", base=proxy.url)
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
        proxy = self.proxy()
        proxy.change["/api/v1/kpis"] = lambda said: said.update(alerts=many, goals=GOALS * 5)
        page = self.open_whole("/?wall", WALL, base=proxy.url)
        alerts, goals = self.strips(page)
        self.assertTrue(alerts.startswith("▲ 40 alerts Alert 0, north · Alert 0, south"), alerts)
        self.assertTrue(goals.startswith("▼ 5 of 15 goals behind Winning more, company"), goals)
        self.assertEqual(page.evaluate("document.documentElement.scrollHeight"), 1080)
        self.assertEqual(page.evaluate("looks.cut().concat(looks.crossed())"), [])
        self.assertGreater(page.evaluate("Math.min(...[...document.querySelectorAll('.curve')].map(c => c.clientHeight))"), 20)
        self.keep(page, "board_wall_alerts")

    def test_a_wall_says_what_the_one_alert_says(self):
        proxy = self.proxy()
        proxy.change["/api/v1/kpis"] = lambda said: said.update(alerts=ALERTS, goals=GOALS[1:])
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
        proxy = self.proxy()
        proxy.change["/api/v1/kpis"] = change
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


class Demo(unittest.TestCase):
    """takt demo --board: a board with nothing configured."""

    def test_the_demo_has_a_board(self):
        with tempfile.TemporaryDirectory(prefix="takt-board-") as folder:
            address = f"127.0.0.1:{program.free_port()}"
            with open(os.path.join(folder, "demo.log"), "wb") as log:
                demo = subprocess.Popen([program.TAKT, "demo", "--board", address], cwd=folder,
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                with devtools.Browser(folder) as browser:
                    program.wait_for("the demo", lambda: self.answers(address))
                    page = browser.open(f"http://{address}/", *DESK)
                    page.wait("curves", "document.querySelectorAll('.tile .curve').length > 20", 60)
                    page.wait("fast motion", "document.getElementById('state-text').textContent === 'live, in fast motion'", 60)
                    self.assertEqual(page.problems, [])
                    page.close()
            finally:
                demo.terminate()
                self.assertEqual(demo.wait(timeout=20), 0)

    @staticmethod
    def answers(address):
        with socket.socket() as probe:
            return probe.connect_ex((address.split(":")[0], int(address.split(":")[1]))) == 0


if __name__ == "__main__":
    if "--artefacts" in sys.argv:
        place = sys.argv.index("--artefacts")
        artefacts = os.path.abspath(sys.argv[place + 1])
        del sys.argv[place:place + 2]
    program.main()
