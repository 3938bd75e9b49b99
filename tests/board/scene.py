"""What the tests of the board share: an engine with the demo's definition that has read a file, a browser with pages of it,
and alerts and goals as an engine would tell them. Every test file ends with `main()`.
"""

import json
import os
import sys
import tempfile
import unittest

HERE = os.path.dirname(os.path.abspath(__file__))
sys.path[:0] = [HERE, os.path.join(os.path.dirname(HERE), "processes")]
import devtools  # noqa: E402
import program  # noqa: E402
from proxy import Proxy  # noqa: E402

DESK, PHONE, WALL = (1280, 900), (360, 740), (1920, 1080)
CONTRAST_MIN = 4.5
NONE = "–"
# The board asks again after 2 and 4 seconds; here it waits so many times shorter.
FASTER = 4

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

TILES = """[...document.querySelectorAll('.tile')].map(t => ({kpi: t.dataset.kpi, window: t.querySelector('.window').textContent,
  data: t.querySelector('.value').dataset.value, text: t.querySelector('.value').textContent,
  why: t.querySelector('.why')?.textContent ?? '', of: t.querySelector('.of')?.textContent ?? '',
  bounds: t.querySelector('.bounds')?.textContent ?? ''}))"""


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
        cls.browser = devtools.Browser(path, FASTER).__enter__()
        cls.addClassCleanup(cls.browser.__exit__)

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

    @staticmethod
    def show_details(page, shown=True):
        page.evaluate(f"document.querySelectorAll('details').forEach(d => {{ d.open = {str(shown).lower()} }})")

    def proxy(self, **changes):
        """Between browser and engine, where answers are altered: the changes are functions by the last word of the path."""
        proxy = Proxy(self.base())
        self.addCleanup(proxy.close)
        proxy.change = {f"/api/v1/{name}": change for name, change in changes.items()}
        return proxy

    def alarming(self, alerts=tuple(ALERTS), goals=tuple(GOALS)):
        return self.proxy(kpis=lambda said: said.update(alerts=alerts, goals=goals))

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


def main():
    """Takes --artefacts off the command line and leaves the rest to the tests of processes."""
    global artefacts
    if "--artefacts" in sys.argv:
        place = sys.argv.index("--artefacts")
        artefacts = os.path.abspath(sys.argv[place + 1])
        del sys.argv[place:place + 2]
    program.main()
