"""Records that no engine may admit, the pages it serves, and what clients may not do."""

import json
import socket
import time

from program import Folder, deal, main, promtool, wait_for

DAY = "2026-01-10T09:30:00Z"


def change(**members):
    whole = {"object": "deal", "id": "D1", "op": "patch", "time": DAY, "fields": {"stage": "new"}, **members}
    return json.dumps({name: value for name, value in whole.items() if value is not None}).encode()


def ahead(seconds):
    return time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(time.time() + seconds))


def bad_records():
    """Name, bytes, reason. Lines of a file are never empty: an empty value has its case on a real topic."""
    return [
        ("truncated", change()[:30], "malformed"), ("invalid", b"{]", "malformed"), ("trailing", change() + b"x", "malformed"),
        ("no_object", b"42", "malformed"), ("utf8", change().replace(b"D1", b"\xff\xfe"), "invalid_utf8"),
        ("nan", change().replace(b'"new"', b"NaN"), "bad_number"), ("huge", b'{"object":"deal","id":"D1","time":"' + DAY.encode() +
         b'","fields":{"amount":1e999}}', "bad_number"),
        ("unknown_stage", change(fields={"stage": "no such"}), "unknown_stage"), ("no_id", change(id=None), "missing_id"),
        ("empty_id", change(id=""), "missing_id"), ("no_time", change(time=None), "missing_time"),
        ("year_1970", change(time="1970-01-01T00:00:00Z"), "bad_time"), ("year_9999", change(time="9999-12-31T00:00:00Z"), "bad_time"),
        ("seconds", change(time=1767261600), "bad_time"), ("millis", change(time=1767261600000), "bad_time"),
        ("zero", change(time=0), "bad_time"), ("decimals", change(fields={"amount": "10.005"}), "too_many_decimals"),
        ("ahead", change(time=ahead(3600)), "future_time"), ("object", change(object="unicorn"), "unknown_object"),
        ("currency", change(fields={"amount": "5.00", "currency": "XTS"}), "unknown_currency"),
        ("words", change(fields={"amount": "a lot"}), "bad_number"), ("null_byte", change(fields={"owner": "r\0"}), "bad_value"),
        ("direction", change(fields={"owner": "r\u202e1"}), "bad_value"),
    ]


class Records(Folder):
    def test_bad_ones_are_dead_letters_with_their_reason(self):
        bad = bad_records()
        good = [deal(number, DAY, stage="new", amount="10.00").encode() for number in range(5)]
        self.write("in.jsonl", b"\n".join(good[:2] + [record for _, record, _ in bad] + good[2:]) + b"\n")
        engine = self.engine(self.config()).start()
        engine.await_records(len(bad) + len(good))
        wait_for("the letters", lambda: len(self.dead_letters()) == len(bad))
        for (name, record, reason), letter in zip(bad, self.dead_letters()):
            with self.subTest(name):
                self.assertEqual((letter["reason"], letter["bytes"]), (reason, record))
        counts = {}
        for _, _, reason in bad:
            counts[reason] = counts.get(reason, 0) + 1
        values = engine.metrics()
        for reason, count in counts.items():
            found = [v for s, v in values.items() if s.startswith("takt_dead_letters_total{") and f'reason="{reason}"' in s]
            self.assertEqual(found, [count], reason)
        self.assertEqual(engine.total("takt_records_admitted_total"), len(good))
        self.assertEqual(engine.total("takt_records_polled_total"), sum(
            engine.total(f"takt_records_{kind}_total") for kind in ("admitted", "filtered", "dead_lettered")))
        page = f"/kpis?at={DAY}".replace("09:30", "10:30")
        wait_for("five open deals", lambda: b"sales_company_open_deals 5\n" in engine.page(page))


class Pages(Folder):
    def setUp(self):
        super().setUp()
        self.write("in.jsonl", "\n".join(deal(n, DAY, stage="new", owner='r"1\\\n' if n == 0 else "r1") for n in range(3)) + "\n")
        self.server = self.engine(self.config()).start()
        self.server.await_records(3)

    def raw(self, request):
        with socket.create_connection(("127.0.0.1", self.server.ports[0]), timeout=10) as connection:
            connection.sendall(request)
            connection.settimeout(3)
            try:
                return connection.recv(4096).decode(errors="replace")
            except (ConnectionResetError, TimeoutError):
                return ""  # cut off, or held until its deadline

    def test_checker_of_prometheus_accepts_them(self):
        if promtool(b"") is None:
            self.skipTest("promtool is not installed")
        for path in ("/kpis", "/metrics", "/kpis?at=2026-01-31T18:00:00Z"):
            self.assertEqual(promtool(self.server.page(path)), "", path)

    def test_json_is_valid(self):
        for path in ("/api/v1/kpis", "/api/v1/kpis?at=2026-01-31T18:00:00Z", "/api/v1/status"):
            status, body = self.server.get(path, api=True)
            self.assertEqual(status, 200)
            json.loads(body, parse_constant=lambda word: self.fail(f"{word} in {path} is no JSON"))

    def test_what_clients_may_not_do(self):
        for method in ("POST", "PUT", "DELETE"):
            self.assertEqual(self.server.get("/kpis", method=method)[0], 405)
        self.assertEqual(self.server.get("/kpis", method="HEAD")[0], 200)
        for path in ("/../../etc/passwd", "/kpis/../metrics", "/%2e%2e/etc/passwd", "/", "/kpis/", "/KPIS", "//kpis"):
            self.assertIn("404", self.raw(f"GET {path} HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n".encode()).split("\r\n")[0], path)
        self.assertIn(" 431 ", self.raw(b"GET /kpis HTTP/1.1\r\nHost: x\r\nX: " + b"a" * 100_000 + b"\r\n\r\n"))
        for garbage in (b"\0\0\0\0\r\n\r\n", b"GET\r\n\r\n", b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03\r\n\r\n"):
            self.assertNotIn(" 200 ", self.raw(garbage))
        self.assertEqual(self.server.get("/livez")[0], 200)

    def test_moments_that_are_none(self):
        for text in ("garbage", "", "nan", "inf", "-1", "1e400", "9e18", "2026-13-01T00:00:00Z", "9999-01-01T00:00:00Z",
                     "1970-01-01T00:00:00Z", "%00", "2026-01-01", "%ff%fe"):
            for path, api in ((f"/kpis?at={text}", False), (f"/api/v1/kpis?at={text}", True)):
                with self.subTest(path):
                    status, body = self.server.get(path, api=api)
                    self.assertEqual(status, 400)
                    self.assertIn("at=", body.decode())


if __name__ == "__main__":
    main()
