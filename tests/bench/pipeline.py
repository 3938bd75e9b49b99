#!/usr/bin/env python3
"""The whole engine on a real Kafka, next to a bare librdkafka consumer of the same topic, in turns.

A topic is filled once with a million open deals and a million changes of them. Then, pair by pair, the bare consumer
drops every record, and an engine with an empty journal reads them all until it has proved that nothing more can come;
once on all cores and once with all threads on one. On several cores the bare consumer costs now one thing and now
nearly twice that, as its two threads meet or miss each other's caches; on one it is steady, and at its cheapest.
The last engine starts again on its journal. A figure counts only if the KPIs are those of a separate pass over the
same records (truth.py).

By ./dev bench; by hand: tests/bench/pipeline.sh build/release --pairs 1 --deals 100000 --count 200000
"""

import argparse
import contextlib
import json
import os
import shutil
import statistics
import subprocess
import sys
import time

from truth import truth_of

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
sys.path.insert(0, os.path.join(ROOT, "tests/end_to_end"))
from processes import Broker, Engine, Failed, free_ports, wait_for  # noqa: E402

TOPIC = "load"
PARTITIONS = 4
START = "2026-01-01T00:00:00Z"
TICK_SECONDS = 1 / os.sysconf("SC_CLK_TCK")

RATIO_MAX = 4
DEAL_BYTES_MAX = 300
CHANGE_BYTES_MAX = 60
RESTORE_SECONDS_MAX = 10
PAGE_MILLIS_MAX = 50


def cpu_seconds(pid):
    """User and system time of all threads, living and ended."""
    with open(f"/proc/{pid}/stat", encoding="ascii") as stat:
        fields = stat.read().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) * TICK_SECONDS


def peak_bytes(pid):
    with open(f"/proc/{pid}/status", encoding="ascii") as status:
        line = next(line for line in status if line.startswith("VmHWM:"))
    return int(line.split()[1]) * 1024


@contextlib.contextmanager
def on_cores(cores):
    """What is started within runs on these cores alone."""
    before = os.sched_getaffinity(0)
    os.sched_setaffinity(0, cores)
    try:
        yield
    finally:
        os.sched_setaffinity(0, before)


def total(values, name):
    return sum(v for s, v in values.items() if s == name or s.startswith(name + "{"))


def run(*command):
    done = subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                          cwd=ROOT, check=False)
    if done.returncode != 0:
        raise Failed(f"{' '.join(command)}: {done.stderr[-2000:]}")
    return done.stdout


class Bench:
    """One topic, one configuration, and engines one after the other."""

    def __init__(self, options, address):
        self.options = options
        self.address = address
        self.config = os.path.join(options.folder, "takt.yaml")
        with open(self.config, "w", encoding="utf-8") as out:
            out.write(f"use: [{os.path.join(ROOT, 'tests/bench/takt')}]\nsources:\n  load: {{kafka: {{brokers: "
                      f'"{address}", topics: [{TOPIC}]}}, format: protobuf}}\n')
        self.load = ["--deals", str(options.deals), "--count", str(options.count), "--seed", str(options.seed),
                     "--start", START]
        self.program = os.path.join(options.build, "takt")

    def fill(self):
        run(self.program, "events", *self.load, "--format", "protobuf", "--brokers", self.address, "--topic", TOPIC,
            "--partitions", str(PARTITIONS))

    def truth(self):
        path = os.path.join(self.options.folder, "load.csv")
        run(self.program, "events", *self.load, "--format", "csv", "--output", path)
        with open(path, encoding="utf-8") as lines:
            truth = truth_of(lines)
        os.remove(path)
        return truth

    def bare(self):
        return json.loads(run(os.path.join(self.options.build, "tests/bench/takt_bare_consumer"), self.address, TOPIC))

    def start(self, folder):
        engine = Engine(self.program, self.config, os.path.join(self.options.folder, folder),
                        free_ports(2))
        engine.start()
        return engine

    def read(self, folder):
        """An engine from nothing to the end of the topic; (what it cost, itself)."""
        engine = self.start(folder)
        try:
            pid = engine.process.pid
            wait_for("the engine to listen", 30, lambda: engine.get("/livez"), 0.005)
            cpu = cpu_seconds(pid)
            wall = time.monotonic()
            wait_for("the engine to read all", 300, lambda: self.has_read_all(engine.metrics()), 0.1)
            cost = {"cpu": cpu_seconds(pid) - cpu, "wall": time.monotonic() - wall, "peak": peak_bytes(pid)}
            wait_for("the engine to be idle", 60, lambda: self.is_idle(engine.metrics()))
            cost["values"] = engine.metrics()
            return cost, engine
        except BaseException:
            engine.kill()
            raise

    def has_read_all(self, values):
        return values is not None and (
            total(values, "takt_changes_applied_total") + total(values, "takt_changes_duplicate_total") >=
            self.options.count)

    def is_idle(self, values):
        return (total(values, "takt_partition_idle") == PARTITIONS and
                total(values, "takt_partition_lag_records") == 0 and values.get("takt_ready") == 1)

    def restore(self, folder):
        """The same engine again, on its journal; what it cost."""
        engine = self.start(folder)
        try:
            pid = engine.process.pid
            values = wait_for("the restore", 120, lambda: self.restored(engine.metrics()), 0.02)
            cost = {"cpu": cpu_seconds(pid), "wall": time.monotonic() - engine.started,
                    "replay": values["takt_restore_duration_seconds"], "peak": peak_bytes(pid)}
            wait_for("the engine to be idle", 60, lambda: self.is_idle(engine.metrics()))
            cost["engine"] = engine
            return cost
        except BaseException:
            engine.kill()
            raise

    def restored(self, values):
        return values if values is not None and values.get("takt_ready") == 1 else None


def check(engine, truth, values, options):
    """Raises Failed when the engine's numbers are not right; returns how many were compared."""
    changes = (total(values, "takt_changes_applied_total") + total(values, "takt_changes_duplicate_total") +
               total(values, "takt_changes_refused_total"))
    if changes != options.count or total(values, "takt_records_admitted_total") > options.count:
        raise Failed(f"{changes:.0f} changes of {options.count} records")
    page = engine.get(f"/kpis?at={truth['at']}")
    series = dict(line.rsplit(" ", 1) for line in page.decode().splitlines() if line and line[0] != "#")
    for name, expected in truth["series"].items():
        if name not in series or float(series[name]) != expected:
            raise Failed(f"{name} is {series.get(name)}, not {expected}")
    return len(truth["series"])


def page_benchmark(options):
    """CPU milliseconds by name, for 100,000 series."""
    program = os.path.join(options.build, "tests/bench/takt_page_benchmark")
    report = json.loads(run(program, "--benchmark_format=json", "--benchmark_min_time=0.5"))
    to_millis = {"ns": 1e-6, "us": 1e-3, "ms": 1, "s": 1e3}
    found = {}
    for each in report["benchmarks"]:
        name = each["name"].split("/")[-1]
        found[name] = each["cpu_time"] * to_millis[each["time_unit"]]
        if "series" in each:
            found["series"] = each["series"]
    return found


def measure_pair(bench, truth, folder):
    """Both sides of one pair, the engine's with how many values of it were right."""
    count = bench.options.count
    bare = bench.bare()
    if bare["records"] != count:
        raise Failed(f"the bare consumer read {bare['records']} of {count} records")
    cost, engine = bench.read(folder)
    try:
        cost["compared"] = check(engine, truth, cost["values"], bench.options)
    finally:
        code = engine.stop()
    if code != 0:
        raise Failed(f"the engine ended with code {code}")
    cost["nanos"] = cost["cpu"] * 1e9 / count
    cost["bare_nanos"] = bare["core_ns_per_record"]
    print(f"{folder}: bare {cost['bare_nanos']:.0f} ns, engine {cost['nanos']:.0f} ns of core time a record "
          f"({cost['wall']:.1f} s)", flush=True)
    return cost


def measure(bench, options):
    truth = bench.truth()
    bench.fill()
    spread, alone = [], []
    for pair in range(1, options.pairs + 1):
        folder = f"on-one-core-{pair}"
        with on_cores({max(os.sched_getaffinity(0))}):
            alone.append(measure_pair(bench, truth, folder))
        shutil.rmtree(os.path.join(options.folder, folder))
        folder = f"on-all-cores-{pair}"
        spread.append(measure_pair(bench, truth, folder))
        if pair < options.pairs:
            shutil.rmtree(os.path.join(options.folder, folder))
    compared = sum(cost["compared"] for cost in spread + alone)
    restored = bench.restore(folder)
    engine = restored.pop("engine")
    try:
        compared += check(engine, truth, engine.metrics(), options)
    finally:
        engine.stop()
    return spread, alone, restored, {"compared": compared, "open": truth["open"]}


def line(name, value, bar="", passed=None):
    verdict = "" if passed is None else ("pass" if passed else "FAIL")
    print(f"{name:<44} {value:>16}   {bar:<10} {verdict}".rstrip())
    return passed is not False


def report_ratio(costs, where):
    line(f"bare consumer {where}, core time a record", f"{statistics.median(one['bare_nanos'] for one in costs):.0f} ns")
    line(f"engine {where}, core time a record", f"{statistics.median(one['nanos'] for one in costs):.0f} ns")
    ratio = statistics.median(one["nanos"] / one["bare_nanos"] for one in costs)
    return line(f"engine / bare consumer {where}", f"{ratio:.2f}", f"<= {RATIO_MAX}", ratio <= RATIO_MAX)


def report(read, alone, restored, facts, page, options):
    values = read[-1]["values"]
    deal_bytes = values["takt_ledger_bytes"] / facts["open"]
    changes = values["takt_journal_appended_changes_total"]
    change_bytes = values["takt_journal_appended_bytes_total"] / changes
    rate = options.count / statistics.median(each["wall"] for each in read)
    print()
    print(f"{options.deals} deals, {options.count} records, {options.pairs} pairs, medians; "
          f"{facts['compared']} KPI values equal to a separate pass")
    good = report_ratio(read, "on all cores")
    good &= report_ratio(alone, "on one core")
    line("engine, records a second", f"{rate:.0f}")
    line("peak memory", f"{read[-1]['peak'] / 1e6:.0f} MB")
    line("peak memory after a restore", f"{restored['peak'] / 1e6:.0f} MB")
    good &= line(f"ledger bytes an open deal ({facts['open']})", f"{deal_bytes:.0f}", f"<= {DEAL_BYTES_MAX}",
                 deal_bytes <= DEAL_BYTES_MAX)
    line("cells", f"{values['takt_cells_bytes'] / 1e6:.1f} MB")
    good &= line(f"journal bytes a change ({changes:.0f})", f"{change_bytes:.1f}", f"<= {CHANGE_BYTES_MAX}",
                 change_bytes <= CHANGE_BYTES_MAX)
    good &= line("restore, start to ready", f"{restored['wall']:.2f} s", f"<= {RESTORE_SECONDS_MAX} s",
                 restored["wall"] <= RESTORE_SECONDS_MAX)
    line("restore, replay alone", f"{restored['replay']:.2f} s")
    line("restore, core time", f"{restored['cpu']:.2f} s")
    good &= line(f"rendering {page['series']:.0f} series, core time", f"{page['RenderPage']:.1f} ms",
                 f"<= {PAGE_MILLIS_MAX} ms", page["RenderPage"] <= PAGE_MILLIS_MAX)
    line("evaluating them, core time", f"{page['Evaluate']:.1f} ms")
    return good


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--build", required=True, type=os.path.abspath)
    parser.add_argument("--folder", type=os.path.abspath, default=os.path.join(ROOT, "build/bench"))
    parser.add_argument("--pairs", type=int, default=5)
    parser.add_argument("--deals", type=int, default=1000000)
    parser.add_argument("--count", type=int, default=2000000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    broker = None
    try:
        page = page_benchmark(options)
        broker = Broker(f"bench-{os.getpid()}")
        good = report(*measure(Bench(options, broker.address), options), page, options)
    except Failed as failure:
        print(f"FAILED: {failure}")
        return 1
    finally:
        if broker is not None:
            broker.clean()
    shutil.rmtree(options.folder)
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
