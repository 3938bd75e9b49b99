#!/usr/bin/env python3
"""Everything on one machine: a real Kafka, made-up sales traffic, two engines behind one name, Prometheus with the shipped
rules, Alertmanager with the shipped routes, and somebody who is paged. Ctrl-C ends all of it.

By ./dev stack; ./dev stack --help tells its options.
"""

import argparse
import datetime
import os
import re
import shutil
import signal
import subprocess
import sys
import time

import monitoring
from monitoring import Alertmanager, Program, Prometheus, Receiver, Service, page_text
from processes import ROOT, Broker, Engine, Failed, free_ports, wait_for

TOPIC = "sales"
FALL_DAYS = 21
CONFIG = """# Made by ./dev stack.
use: [{demo}]
sources:
  crm: {{kafka: {{brokers: "{brokers}", topics: [{topic}]}}, silent_after: 4d}}
dead_letters: {{topic: {topic}.dead}}
"""


class Ended(Exception):
    """Somebody pressed Ctrl-C, or the time was up."""


def say(text):
    print(f"== {text}", file=sys.stderr, flush=True)


def length_of_time(text):
    found = re.fullmatch(r"(\d+)(s|m|h)", text)
    if not found:
        raise argparse.ArgumentTypeError(f"{text}: write it like 60s, 10m or 1h")
    return int(found.group(1)) * {"s": 1, "m": 60, "h": 3600}[found.group(2)]


class Stack:
    """Starts part by part and ends them in the opposite order, whatever happened."""

    def __init__(self, options):
        self.options = options
        self.parts = []  # what has a stop(), in the order of the start
        self.engines = []
        self.addresses = []

    def add(self, part):
        self.parts.append(part)
        return part

    def stop(self):
        for part in reversed(self.parts):
            try:
                part.stop()
            except Failed as failure:
                say(str(failure))

    def start(self):
        options = self.options
        ports = options.ports
        say("starting Kafka")
        broker = self.add(StackBroker(f"stack-{os.getpid()}"))
        broker.open()
        config = os.path.join(options.folder, "takt.yaml")
        with open(config, "w", encoding="utf-8") as out:
            out.write(CONFIG.format(demo=os.path.join(ROOT, "config/demo/takt"), brokers=broker.address, topic=TOPIC))
        self.check(config)
        say(f"writing {options.days} days of sales to the topic {TOPIC}"
            + (f"; in {options.fall} fewer deals are won since {FALL_DAYS} days ago" if options.fall else ""))
        self.generator = self.add(Program(options.folder, "events", self.events(broker.address)))
        say("starting two engines")
        for name, http, api in (("a", ports["engine a"], ports["api a"]), ("b", ports["engine b"], ports["api b"])):
            engine = self.add(Engine(options.takt, config, os.path.join(options.folder, name), (http, api)))
            self.engines.append(engine)
            engine.start()
        self.service = self.add(Service(ports["service"], [ports["engine a"], ports["engine b"]]))
        self.service.start()
        wait_for("the first KPIs", 120, self.kpis)
        say("starting the page receiver, Alertmanager and Prometheus")
        self.receiver = self.add(Receiver(ports["receiver"], self.show))
        self.add(Alertmanager(os.path.join(options.folder, "alertmanager"), ports["alertmanager"],
                              self.quick(monitoring.alertmanager_config(ports["receiver"]))))
        files = monitoring.prometheus_config(ports["service"], [ports["engine a"], ports["engine b"]],
                                             ports["alertmanager"], 5)
        files["sales_rules.yaml"] = monitoring.sales_rules(options.takt, config, ports["api a"], "--for", "30s")
        self.prometheus = self.add(Prometheus(os.path.join(options.folder, "prometheus"), ports["prometheus"], files))
        say(f"ready after {time.monotonic() - options.began:.0f} s")
        self.tell_addresses(broker.address)

    @staticmethod
    def quick(config):
        """Nobody who tries it wants to wait for five minutes until a page is sent."""
        return re.sub(r"\b(group_wait|group_interval): \S+", r"\1: 10s", config)

    def check(self, config):
        done = subprocess.run([self.options.takt, "check", config], stdin=subprocess.DEVNULL, check=False,
                              stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True)
        if done.returncode != 0:
            raise Failed(f"takt check: {done.stdout}")

    def events(self, brokers):
        options = self.options
        command = [options.takt, "events", "--brokers", brokers, "--topic", TOPIC, "--partitions", "4",
                   "--days", str(options.days), "--live", "--late", "0.05", "--duplicates", "0.02", "--garbage",
                   "0.002", "--seed", str(options.seed), "--leads-per-day", str(options.leads_per_day)]
        if options.fall:
            began = datetime.datetime.now(datetime.timezone.utc) - datetime.timedelta(days=FALL_DAYS)
            command += ["--fall-region", options.fall, "--fall-factor", "0.3", "--fall-at",
                        began.strftime("%Y-%m-%dT%H:%M:%SZ")]
        return command

    def kpis(self):
        for engine in self.engines:
            answer = engine.kpis()
            if answer and answer.get("now"):
                return answer
        return None

    def show(self, path, payload):
        print(f"\n{page_text(path, payload)}", flush=True)

    def tell_addresses(self, brokers):
        ports = self.options.ports
        for what, address in [
                ("KPIs, either engine", f"http://127.0.0.1:{ports['service']}/kpis"),
                ("health, engine a", f"http://127.0.0.1:{ports['engine a']}/metrics"),
                ("health, engine b", f"http://127.0.0.1:{ports['engine b']}/metrics"),
                ("API and board, engine a", f"http://127.0.0.1:{ports['api a']}/"),
                ("API and board, engine b", f"http://127.0.0.1:{ports['api b']}/"),
                ("Prometheus", f"http://127.0.0.1:{ports['prometheus']}/"),
                ("Alertmanager", f"http://127.0.0.1:{ports['alertmanager']}/"),
                ("Kafka, topic sales", brokers),
                ("logs and journals", self.options.folder)]:
            print(f"{what:<26}{address}", flush=True)
        print("\nPages are printed here. Ctrl-C ends all.", flush=True)

    def watch(self):
        """Says now and then how it goes; ends with the time that was asked for, the start not counted: a busy machine takes
        a minute for it, and whoever asked for one would see nothing."""
        end = None if self.options.seconds is None else time.monotonic() + self.options.seconds
        said = 0.0
        while end is None or time.monotonic() < end:
            time.sleep(0.5)
            for engine in self.engines:
                if engine.process.poll() is not None:
                    raise Failed(f"engine in {engine.folder} ended with code {engine.process.returncode}; see its log.txt")
            if time.monotonic() - said > 30:
                said = time.monotonic()
                self.tell_state()

    def tell_state(self):
        answer = self.kpis()
        ratio = next((kpi["value"] for kpi in answer["kpis"] if kpi["series"] == "sales_company_win_ratio"), None)
        read = sum(each["next_offset"] for each in answer["read"])
        firing = sorted(f"{name} {group}".strip() for (name, group), state in self.prometheus.alerts().items()
                        if state == "firing")
        say(f"{read} records read, win ratio {'-' if ratio is None else format(ratio, '.1%')}, "
            f"firing: {', '.join(firing) or 'none'}")


class StackBroker(Broker):
    """Known before it is started, so that it is cleaned up even if its start is interrupted."""

    def __init__(self, name):  # pylint: disable=super-init-not-called
        self.name = name
        self.address = None

    def open(self):
        self.address = self._dev("start").strip().splitlines()[-1]

    def stop(self):
        self.clean()


def choose_ports(options):
    """Ports that people know where they are free, any others elsewhere."""
    wanted = {"service": 9460, "engine a": 9464, "api a": 9465, "engine b": 9474, "api b": 9475,
              "prometheus": 9090, "alertmanager": 9093, "receiver": 9099}
    options.ports = {}
    for (name, port), other in zip(wanted.items(), free_ports(len(wanted))):
        options.ports[name] = port if monitoring.is_free(port) else other


def end(*_):
    raise Ended


def main():
    parser = argparse.ArgumentParser(prog="./dev stack", description=__doc__.split("\n\n", maxsplit=1)[0])
    parser.add_argument("--takt", required=True, type=os.path.abspath, help=argparse.SUPPRESS)
    parser.add_argument("--folder", type=os.path.abspath, default=os.path.join(ROOT, "build", "stack"),
                        help="for logs, journals and configurations; emptied at the start")
    parser.add_argument("--for", dest="seconds", type=length_of_time, default=None,
                        help="end by itself so long after everything is up: 60s, 10m")
    parser.add_argument("--days", type=int, default=120, help="of sales before now (default 120)")
    parser.add_argument("--leads-per-day", type=float, default=240, help="new leads on a working day (default 240)")
    parser.add_argument("--fall", default="north", choices=["north", "south", "east", "west", ""],
                        help='the region in which fewer deals are won (default north); "" for none')
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    options.began = time.monotonic()
    shutil.rmtree(options.folder, ignore_errors=True)
    os.makedirs(options.folder)
    choose_ports(options)
    signal.signal(signal.SIGINT, end)
    signal.signal(signal.SIGTERM, end)
    stack = Stack(options)
    code = 0
    try:
        stack.start()
        stack.watch()
    except Ended:
        pass
    except Failed as failure:
        say(str(failure))
        code = 1
    finally:
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        signal.signal(signal.SIGTERM, signal.SIG_IGN)
        say("ending")
        stack.stop()
    return code


if __name__ == "__main__":
    sys.dont_write_bytecode = True
    sys.exit(main())
