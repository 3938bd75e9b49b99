#!/usr/bin/env python3
"""Everybody can read and operate the board.

Run by ctest; by hand: tests/board/reads_test.py --takt build/dev/takt [--artefacts FOLDER] [unittest options]
"""

import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
import scene  # noqa: E402
from scene import CONTRAST_MIN, DESK, PHONE, TILES, WALL, Board  # noqa: E402

CONTRAST_MIN_GRAPHIC = 3.0
# On a wall of 55 inch (0.634 mm a pixel) at 5 m: a value's capitals 25 mm, all else 12 mm.
WALL_VALUE_PIXELS = 56
WALL_TEXT_PIXELS = 26


class Reads(Board):
    """Everybody can read and operate it."""

    def check_contrast(self, page, where):
        found = page.evaluate("looks.contrasts()")
        self.assertGreater(len(found), 25, where)
        low = [each for each in found if each["ratio"] < CONTRAST_MIN]
        self.assertEqual(low, [], where)
        faint = [each for each in page.evaluate("looks.strokes()") if each < CONTRAST_MIN_GRAPHIC]
        self.assertEqual(faint, [], where)

    def test_contrast_everywhere(self):
        proxy = self.alarming()
        for scheme in ("light", "dark"):
            for name, path, size in (("desk", "/?level=region&group=north", DESK), ("phone", "/", PHONE),
                                     ("wall", "/?wall&level=region&group=north", WALL),
                                     ("wall", f"/?wall&theme={scheme}", WALL)):
                page = self.open(path, size, proxy.url)
                page.prefer(scheme)
                page.wait("curves", "document.querySelectorAll('.tile .curve').length > 3")
                self.show_details(page)
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
            self.show_details(page)
            self.assertEqual(page.evaluate("[document.documentElement.scrollWidth, document.body.scrollWidth]"), [360, 360], name)
            self.assertEqual(page.evaluate("looks.cut().concat(looks.crossed())"), [], name)
            self.assertGreaterEqual(page.evaluate("looks.smallest()")["size"], 12)
            self.show_details(page, False)
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


if __name__ == "__main__":
    scene.main()
