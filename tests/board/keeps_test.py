#!/usr/bin/env python3
"""What the board must never do.

Run by ctest; by hand: tests/board/keeps_test.py --takt build/dev/takt [--artefacts FOLDER] [unittest options]
"""

import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
import scene  # noqa: E402
from scene import ALERTS, Board  # noqa: E402


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
        page = self.open_whole(base=self.proxy(definition=definition, status=status, kpis=kpis).url)
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


if __name__ == "__main__":
    scene.main()
