"""Ends and outages: SIGTERM, SIGKILL, a broker that is away, a full disk. What is served after is exact."""

import os
import random
import resource
import signal
import subprocess
import threading
import time

from program import Folder, free_port, main, promtool, takt, wait_for

AT = "/kpis?at=2026-03-01T00:00:00Z"
EVENTS = ("--count", "12000", "--start", "2026-01-01T00:00:00Z", "--late", "0.1", "--duplicates", "0.05",
          "--garbage", "0.01", "--reopened", "0.05", "--leads-per-day", "120")


class Streams(Folder):
    """Made-up traffic with all its faults, and what an engine says of it."""

    def setUp(self):
        super().setUp()
        self.records = takt("events", *EVENTS, binary=True).stdout
        self.count = sum(1 for line in self.records.split(b"\n") if line)

    def uninterrupted(self):
        """The page of an engine that read the same records at one go."""
        self.write("whole.jsonl", self.records)
        config = self.config("crm: {file: whole.jsonl, follow: true}", name="whole.yaml")
        engine = self.engine(config, journal="whole").start()
        engine.await_records(self.count)
        page = self.settled(engine)
        engine.stop()
        return page

    @staticmethod
    def settled(engine):
        """The page once all that was admitted is applied: twice the same, and the law of changes holds."""
        def known():
            values = engine.metrics()
            admitted = values["takt_changes_admitted_total"] if "takt_changes_admitted_total" in values else sum(
                v for s, v in values.items() if s.startswith("takt_changes_admitted_total{"))
            admitted += values.get("takt_changes_replayed_total", 0)
            counted = sum(v for s, v in values.items() if s.startswith((
                "takt_changes_applied_total", "takt_changes_duplicate_total", "takt_changes_refused_total")))
            return admitted == counted and admitted > 0
        wait_for("changes to add up", known, 60)
        first = engine.page(AT)
        while True:
            time.sleep(0.3)
            second = engine.page(AT)
            if first == second:
                return first
            first = second


class Crashes(Streams):
    def test_sigterm_flushes_and_a_restart_reads_nothing_again(self):
        self.write("in.jsonl", self.records)
        engine = self.engine(self.config()).start()
        engine.await_records(self.count)
        page = self.settled(engine)
        code, seconds = engine.stop()
        self.assertEqual(code, 0, engine.log())
        self.assertLess(seconds, 10)
        letters = len(self.dead_letters())
        engine.start()
        wait_for("the same page", lambda: engine.page(AT) == page)
        time.sleep(0.5)
        self.assertEqual(engine.total("takt_records_polled_total"), 0)
        self.assertEqual(len(self.dead_letters()), letters)
        self.assertEqual(engine.page(AT), page)

    def test_second_sigterm_ends_at_once(self):
        self.write("in.jsonl", self.records)
        engine = self.engine(self.config()).start(await_ready=False)
        wait_for("the handler", lambda: "serving" in engine.log())
        # Both wait while the process is stopped, so that it is in the midst of its work for either.
        engine.signal(signal.SIGSTOP)
        engine.signal(signal.SIGTERM)
        engine.signal(signal.SIGINT)
        begin = time.monotonic()
        engine.signal(signal.SIGCONT)
        self.assertEqual(engine.process.wait(timeout=5), 130, engine.log())
        self.assertLess(time.monotonic() - begin, 2)

    def test_ten_kills_while_reading(self):
        expected = self.uninterrupted()
        letters = sorted(letter["bytes"] for letter in self.dead_letters())
        os.remove(self.path("dead.jsonl"))
        self.write("in.jsonl", b"")
        chance = random.Random(7)
        writer = threading.Thread(target=self.append_slowly, args=(12.0,))
        engine = self.engine(self.config()).start(await_ready=False)
        writer.start()
        for _ in range(10):
            time.sleep(chance.uniform(0.2, 1.5))
            engine.kill()
            engine.start(await_ready=False)
        writer.join()
        wait_for("the page of the uninterrupted run", lambda: engine.get(AT)[1] == expected, 60)
        # Letters may come twice, for they are written before offsets are final; none may be missing.
        self.assertEqual(sorted({letter["bytes"] for letter in self.dead_letters()}), sorted(set(letters)))

    def append_slowly(self, seconds):
        pieces = 60
        size = len(self.records) // pieces + 1
        with open(self.path("in.jsonl"), "ab", buffering=0) as out:
            for piece in range(pieces):
                out.write(self.records[piece * size:(piece + 1) * size])
                time.sleep(seconds / pieces)

    def test_broker_that_is_away(self):
        config = self.config(f'crm: {{kafka: {{brokers: "127.0.0.1:{free_port()}", topics: [sales]}}}}')
        engine = self.engine(config).start()
        wait_for("the state", lambda: engine.total("takt_source_state", 'state="unavailable"') == 1)
        for path in ("/livez", "/readyz", "/startupz"):
            self.assertEqual(engine.get(path)[0], 200)
        self.assertIn(promtool(engine.page("/kpis")), ("", None))
        self.assertIn(promtool(engine.page("/metrics")), ("", None))
        self.assertEqual([line for line in engine.page("/kpis").decode().splitlines()
                          if line and not line.startswith("#")], [])
        code, seconds = engine.stop()
        self.assertEqual(code, 0, engine.log())
        self.assertLess(seconds, 10)

    def test_second_sigterm_while_a_broker_is_away(self):
        config = self.config(f'crm: {{kafka: {{brokers: "127.0.0.1:{free_port()}", topics: [sales]}}}}',
                             more="engine: {workers: 2}\n")
        engine = self.engine(config).start()
        engine.signal(signal.SIGTERM)
        time.sleep(0.05)
        begin = time.monotonic()
        if engine.process.poll() is None:
            engine.signal(signal.SIGTERM)
        self.assertIn(engine.process.wait(timeout=5), (0, 130))
        self.assertLess(time.monotonic() - begin, 2)


class FullDisks(Streams):
    """The journal on a disk of its own that is full."""

    def mount(self, size):
        folder = self.path("disk")
        os.mkdir(folder)
        if os.geteuid() != 0 or subprocess.run(
                ["mount", "-t", "tmpfs", "-o", f"size={size}", "tmpfs", folder], check=False,
                stderr=subprocess.DEVNULL).returncode != 0:
            self.skipTest("a small disk can be mounted by root alone")
        self.addCleanup(subprocess.run, ["umount", "-l", folder], check=False)
        return folder

    def test_reading_waits_and_goes_on_by_itself(self):
        expected = self.uninterrupted()
        disk = self.mount("1m")
        with open(os.path.join(disk, "ballast"), "wb") as ballast:
            ballast.write(bytes(900 * 1024))
        self.write("in.jsonl", self.records)
        engine = self.engine(self.config(), journal="disk/journal")
        engine.log_path = self.path("log.txt")
        engine.start()
        wait_for("the journal to fail", lambda: engine.total("takt_journal_failing") == 1)
        wait_for("reading to wait", lambda: engine.total("takt_source_paused", 'reason="journal"') == 1)
        self.assertLess(engine.total("takt_records_polled_total"), self.count)
        for path in ("/livez", "/readyz", "/kpis", "/metrics"):
            self.assertEqual(engine.get(path)[0], 200, path)
        subprocess.run(["mount", "-o", "remount,size=64m", disk], check=True)
        engine.await_records(self.count)
        wait_for("the exact page", lambda: engine.page(AT) == expected, 60)
        wait_for("the journal to be well", lambda: engine.total("takt_journal_failing") == 0)
        # What the journal holds is whole: a restart says the same and reads nothing again.
        self.assertEqual(engine.stop()[0], 0, engine.log())
        engine.start()
        wait_for("the exact page again", lambda: engine.page(AT) == expected, 60)
        self.assertEqual(engine.total("takt_records_polled_total"), 0)

    def test_files_that_may_not_grow_are_a_full_disk(self):
        expected = self.uninterrupted()
        self.write("in.jsonl", b"")
        engine = self.engine(self.config()).start()
        limits = resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE)
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, (100_000, limits[1]))
        with open(self.path("in.jsonl"), "ab") as out:
            out.write(self.records)
        wait_for("the journal to fail", lambda: engine.total("takt_journal_failing") == 1)
        self.assertEqual(engine.get("/kpis")[0], 200)
        resource.prlimit(engine.process.pid, resource.RLIMIT_FSIZE, limits)
        engine.await_records(self.count)
        wait_for("the exact page", lambda: engine.page(AT) == expected, 60)
        self.assertEqual(engine.stop()[0], 0, engine.log())


if __name__ == "__main__":
    main()
