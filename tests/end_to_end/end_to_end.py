#!/usr/bin/env python3
"""Two engines on a real Kafka, through crashes: every KPI equals the oracle's in the end, and on the way.

300,000 events over 4 partitions, with late, duplicate, reopened and spoilt ones, are written while one engine is killed
five times and the broker once. A scraper takes the KPIs of whichever engine is up. In the end both engines say the
same bytes as of the same moment, which are the oracle's; every spoilt record lies in the dead-letter topic; the
conservation laws hold; and what the scraper saw is what the oracle says of the records read until then.

Run by ctest; by hand: tests/end_to_end/end_to_end.py --takt build/dev/takt --oracle build/dev/tests/oracle/takt-oracle
"""

import argparse
import concurrent.futures
import json
import os
import random
import shutil
import subprocess
import sys
import threading
import time

from processes import ROOT, Broker, Engine, Failed, free_ports, wait_for

PARTITIONS = 4
TOPIC = "sales"
DEAD_TOPIC = "sales.dead"
SETTLED_SECONDS = 5


def write_config(folder, brokers):
    path = os.path.join(folder, "takt.yaml")
    with open(path, "w", encoding="utf-8") as out:
        out.write(f"""use: [{os.path.join(ROOT, 'config/demo/takt')}]
sources:
  crm: {{kafka: {{brokers: "{brokers}", topics: [{TOPIC}]}}}}
dead_letters: {{topic: {DEAD_TOPIC}}}
""")
    return path


def produce(options, brokers, folder):
    """Starts the generator; it writes at a rate that leaves time for the kills."""
    return subprocess.Popen(
        [options.takt, "events", "--brokers", brokers, "--topic", TOPIC, "--partitions",
         str(PARTITIONS), "--count", str(options.events), "--rate", str(options.rate), "--seed",
         str(options.seed), "--start", "2025-01-01T00:00:00Z", "--leads-per-day", "400", "--late",
         "0.10", "--duplicates", "0.05", "--reopened", "0.02", "--garbage", "0.01", "--report",
         os.path.join(folder, "events.json")],
        stdin=subprocess.DEVNULL, stderr=open(os.path.join(folder, "events.log"), "wb"))


# The JSON of KPIs tells alerts and goals in members of their own; the page, which is compared at the end, has them
# as series.
WATCHES = ("sales_alert_", "sales_goal_")


class Scraper(threading.Thread):
    """Asks whichever engine is up for its KPIs, twice a second, and keeps a sample of the answers."""

    def __init__(self, engines, seed):
        super().__init__(daemon=True)
        self.engines = engines
        self.random = random.Random(seed)
        self.kept = []
        self.scrapes = 0
        self.missed = 0
        self.ended = threading.Event()
        self.failure = None

    def run(self):
        try:
            while not self.ended.wait(0.5):
                self.scrape()
        except Failed as failure:
            self.failure = failure

    def scrape(self):
        for engine in self.random.sample(self.engines, len(self.engines)):
            answer = engine.kpis()
            if answer is None:
                continue
            self.scrapes += 1
            # An engine that has just come back shows records beyond its final offsets, which it reads
            # again in these seconds; only then does it know again what it has read.
            settled = time.monotonic() - engine.started > SETTLED_SECONDS
            if answer["now"] is not None and answer.get("read") and settled:
                self.kept.append(answer)
            return
        self.missed += 1


def crash_engine(engine, chance):
    time.sleep(chance.uniform(1, 5))
    engine.kill()
    time.sleep(chance.uniform(0.1, 1))
    engine.start()


def crash_all(options, broker, engine, producer):
    """The scripted crashes, at random moments while the generator writes."""
    chance = random.Random(options.seed)
    broker_turn = chance.randrange(options.kills)
    for turn in range(options.kills):
        crash_engine(engine, chance)
        if turn == broker_turn:
            broker.kill()
            time.sleep(2)
            broker.start()
    if producer.wait(timeout=600) != 0:
        raise Failed("the generator failed; see events.log")


def caught_up(engine):
    values = engine.metrics()
    if values is None or values.get("takt_ready") != 1:
        return False
    lags = [value for series, value in values.items() if series.startswith("takt_partition_lag_records{")
            and DEAD_TOPIC not in series]
    pending = sum(v for s, v in values.items() if s.startswith("takt_dead_letters_pending"))
    idle = sum(v for s, v in values.items() if s.startswith("takt_partition_idle{"))
    return len(lags) == PARTITIONS and sum(lags) == 0 and pending == 0 and idle == PARTITIONS


def total(values, name):
    return int(sum(v for s, v in values.items() if s == name or s.startswith(name + "{")))


def check_conservation(values):
    """Both laws, partition by partition; returns how many equations held."""
    held = 0
    for series, polled in values.items():
        if not series.startswith("takt_records_polled_total{"):
            continue
        labels = series[series.index("{"):]
        parts = [values[f"takt_records_{kind}_total{labels}"]
                 for kind in ("dead_lettered", "filtered", "admitted")]
        if polled != sum(parts):
            raise Failed(f"records do not add up for {labels}: polled {polled}, parts {parts}")
        held += 1
    admitted = total(values, "takt_changes_admitted_total") + total(values, "takt_changes_replayed_total")
    counted = sum(total(values, f"takt_changes_{kind}_total")
                  for kind in ("applied", "duplicate", "refused"))
    if admitted != counted:
        raise Failed(f"changes do not add up: {admitted} admitted and replayed, {counted} counted")
    if held != PARTITIONS:
        raise Failed(f"{held} partitions polled, {PARTITIONS} expected")
    return held + 1


def series_text(kpi):
    labels = ",".join(f'{name}="{value}"' for name, value in kpi["labels"].items())
    value = "NaN" if kpi["value"] is None else repr(float(kpi["value"]))
    return f"{kpi['series']}{{{labels}}} {value}" if labels else f"{kpi['series']} {value}"


def ask_oracle(options, config, records, comparison):
    """Compares a page ({'name', 'now', 'text', 'without'}) with the oracle's answer for `records`; (compared, diverged).

    Series whose names begin with one of `without` are not in the text, and not held against it. What diverges leaves its
    records and page, by name, in the folder."""
    stream = os.path.join(options.folder, f"records-{comparison['name']}.kcat")
    page = os.path.join(options.folder, f"page-{comparison['name']}.txt")
    with open(stream, "wb") as out:
        for _, _, millis, _, value in records:
            out.write(b"%d %d %s\n" % (millis, len(value), value))
    with open(page, "w", encoding="utf-8") as out:
        out.write(comparison["text"])
    done = subprocess.run(
        [options.oracle, "--config", config, "--catalogue", os.path.join(ROOT, "config"), "--format",
         "kcat", "--now", comparison["now"], "--compare", page, stream],
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, check=False)
    found = dict(line.rsplit(" ", 1) for line in done.stdout.strip().splitlines()[-2:])
    if done.returncode not in (0, 1) or set(found) != {"values compared", "divergences"}:
        raise Failed(f"the oracle failed: {done.stdout[-1000:]} {done.stderr[-1000:]}")
    lines = done.stdout.splitlines()[:-2]
    left_out = [line for line in lines if line.startswith(comparison.get("without", ()))]
    diverged = [line for line in lines if line not in set(left_out)]
    if len(lines) != int(found["divergences"]):
        raise Failed(f"the oracle tells {found['divergences']} divergences and shows {len(lines)}")
    sys.stderr.write("".join(f"{line}\n" for line in diverged[:40]))
    if not diverged:
        os.remove(stream)
        os.remove(page)
    return int(found["values compared"]) - len(left_out), len(diverged)


def compare_scrapes(options, config, records, scraper):
    """What was seen on the way against the oracle over the records that had been read by then."""
    chance = random.Random(options.seed)
    sample = chance.sample(scraper.kept, min(options.scrapes, len(scraper.kept)))

    def compare(number, answer):
        read = {each["partition"]: each["next_offset"] for each in answer["read"]}
        prefix = [record for record in records if record[1] < read.get(record[0], 0)]
        text = "".join(series_text(kpi) + "\n" for kpi in answer["kpis"])
        return ask_oracle(options, config, prefix, {"name": f"scrape-{number}", "now": answer["now"], "text": text,
                                                    "without": WATCHES})
    # The oracle is a process of its own and works on one core: two of them need half the time.
    with concurrent.futures.ThreadPoolExecutor(2) as pool:
        found = list(pool.map(compare, range(len(sample)), sample))
    return len(sample), sum(compared for compared, _ in found), sum(diverged for _, diverged in found)


def dead_letter_coordinates(broker):
    return {key for _, _, _, key, _ in broker.records(DEAD_TOPIC)}


def finish(options, broker, config, engines, scraper):
    for engine in engines:
        wait_for(f"{engine.folder} to catch up", 120, lambda e=engine: caught_up(e))
    scraper.ended.set()
    scraper.join()
    if scraper.failure:
        raise scraper.failure
    pages = [engine.get(f"/kpis?at={options.at}") for engine in engines]
    if None in pages or pages[0] != pages[1]:
        raise Failed("the two engines' pages differ at the same moment")
    records = broker.records(TOPIC)
    compared, diverged = ask_oracle(options, config, records, {"name": "end", "now": options.at, "text": pages[0].decode()})
    laws = sum(check_conservation(engine.metrics()) for engine in engines)
    scrapes, seen, seen_wrong = compare_scrapes(options, config, records, scraper)
    with open(os.path.join(options.folder, "events.json"), encoding="utf-8") as report:
        sent = json.load(report)
    dead = dead_letter_coordinates(broker)
    lines = [
        f"events sent              {sent['records']} ({len(records)} in the topic), late {sent['late']}, "
        f"duplicates {sent['duplicates']}",
        f"kills                    {engines[0].kills} of one engine, 1 of the broker",
        f"dead letters             {sent['garbage']} expected, {len(dead)} found",
        f"pages of both engines    byte-identical at {options.at} ({len(pages[0])} bytes)",
        f"KPI values compared      {compared}, divergences {diverged}",
        f"conservation laws        {laws} held",
        f"scrapes                  {scraper.scrapes} answered, {scraper.missed} not; {scrapes} compared "
        f"in {seen} values, divergences {seen_wrong}",
    ]
    report = "\n".join(lines)
    print(report)
    with open(os.path.join(options.folder, "report.txt"), "w", encoding="utf-8") as out:
        out.write(report + "\n")
    if len(records) != sent["records"] or len(dead) != sent["garbage"]:
        raise Failed("records were lost")
    if diverged or seen_wrong or compared == 0 or seen == 0:
        raise Failed("values diverge from the oracle's")


def run(options):
    broker = Broker(f"end-to-end-{os.getpid()}")
    engines = []
    producer = None
    try:
        config = write_config(options.folder, broker.address)
        ports = free_ports(4)
        engines = [Engine(options.takt, config, os.path.join(options.folder, name), pair)
                   for name, pair in (("a", ports[:2]), ("b", ports[2:]))]
        producer = produce(options, broker.address, options.folder)
        for engine in engines:
            engine.start()
        scraper = Scraper(engines, options.seed)
        scraper.start()
        crash_all(options, broker, engines[0], producer)
        finish(options, broker, config, engines, scraper)
        for engine in engines:
            code = engine.stop()
            if code != 0:
                raise Failed(f"an engine ended with code {code} after SIGTERM")
    finally:
        if producer is not None and producer.poll() is None:
            producer.kill()
        for engine in engines:
            if engine.process is not None and engine.process.poll() is None:
                engine.process.kill()
        broker.clean()


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--takt", required=True, type=os.path.abspath)
    parser.add_argument("--oracle", required=True, type=os.path.abspath)
    parser.add_argument("--folder", type=os.path.abspath, default=os.path.join(ROOT, "build/end_to_end"))
    parser.add_argument("--events", type=int, default=300000)
    parser.add_argument("--rate", type=float, default=10000)
    parser.add_argument("--kills", type=int, default=5)
    parser.add_argument("--scrapes", type=int, default=6, help="how many of the scrapes are compared")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--at", default="2025-10-31T12:00:00Z")
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    try:
        run(options)
    except Failed as failure:
        print(f"FAILED: {failure}")
        return 1
    print("passed")
    return 0


if __name__ == "__main__":
    sys.exit(main())
