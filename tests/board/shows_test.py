#!/usr/bin/env python3
"""What the board shows is what the API says.

Run by ctest; by hand: tests/board/shows_test.py --takt build/dev/takt [--artefacts FOLDER] [unittest options]
"""

import re
import sys

sys.dont_write_bytecode = True  # the source tree stays as it is
import scene  # noqa: E402
from scene import CONTRAST_MIN, NONE, TILES, Board  # noqa: E402


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


if __name__ == "__main__":
    scene.main()
