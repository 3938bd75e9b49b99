#!/usr/bin/env python3
"""./dev stack: everything answers at the addresses that it prints, the page comes, and whenever it ends it ends whole.

Run by ctest; by hand: tests/end_to_end/stack_test.py --takt build/dev/takt
"""

import argparse
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
import unittest
import urllib.request

sys.dont_write_bytecode = True  # the source tree stays as it is
from processes import ROOT, Failed, wait_for  # noqa: E402

takt_program = None


def is_open(address):
    try:
        with socket.create_connection(address, 2):
            return True
    except OSError:
        return False


class Stack:
    """./dev stack as a process, and what it has printed so far."""

    def __init__(self, folder, *options):
        self.output = os.path.join(folder, "output.txt")
        with open(self.output, "wb") as out:
            self.process = subprocess.Popen(
                [sys.executable, "-B", os.path.join(ROOT, "tests/end_to_end/stack.py"), "--takt", takt_program,
                 "--folder", os.path.join(folder, "stack"), "--days", "60", *options],
                stdin=subprocess.DEVNULL, stdout=out, stderr=out)
        self.broker = os.path.join(ROOT, "build", "kafka", f"stack-{self.process.pid}")

    def text(self):
        with open(self.output, encoding="utf-8") as file:
            return file.read()

    def end(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGINT)
        return self.process.wait(timeout=60)

    def children(self):
        """Of all processes those that this one started, or whose folder is of it."""
        found = []
        for each in os.listdir("/proc"):
            try:
                with open(f"/proc/{each}/cmdline", encoding="utf-8") as file:
                    line = file.read().replace("\0", " ")
            except OSError:
                continue
            if self.broker in line or os.path.dirname(self.output) in line:
                if each != str(self.process.pid):
                    found.append(line)
        return found


class StackTest(unittest.TestCase):
    def setUp(self):
        self.folder = tempfile.mkdtemp()
        self.addCleanup(shutil.rmtree, self.folder, ignore_errors=True)

    def start(self, *options):
        stack = Stack(self.folder, *options)
        self.addCleanup(stack.end)
        return stack

    def await_text(self, stack, pattern, seconds=120):
        def found():
            if stack.process.poll() not in (None, 0):
                raise Failed(stack.text())
            return re.search(pattern, stack.text())
        return wait_for(pattern, seconds, found)

    def assert_gone(self, stack):
        self.assertEqual(stack.children(), [])
        self.assertFalse(os.path.exists(stack.broker), "the broker's data is still there")

    def test_everything_answers_and_ends_by_itself(self):
        stack = self.start("--for", "20s")
        self.await_text(stack, "Ctrl-C ends all")
        ready = time.monotonic()
        addresses = re.findall(r"http://[\d.:]+/\S*", stack.text())
        self.assertGreaterEqual(len(addresses), 7)
        for address in addresses:
            self.answers(address)
        self.assertEqual(stack.process.wait(timeout=90), 0, stack.text())
        self.assertGreater(time.monotonic() - ready, 15, "the time began before everything was up")
        for address in addresses:
            host, port = re.match(r"http://([\d.]+):(\d+)", address).groups()
            self.assertFalse(is_open((host, int(port))), f"{address} is still open")
        self.assert_gone(stack)

    def answers(self, address):
        try:
            with urllib.request.urlopen(address, timeout=10) as answer:
                self.assertEqual(answer.status, 200, address)
        except urllib.error.HTTPError as error:
            self.fail(f"{address}: {error}")

    def test_interrupted_at_the_start_it_leaves_nothing(self):
        stack = self.start()
        self.await_text(stack, "starting Kafka")
        wait_for("the broker's process", 60, lambda: os.path.exists(os.path.join(stack.broker, "pid")))
        self.assertEqual(stack.end(), 0, stack.text())
        self.assert_gone(stack)


def main():
    global takt_program
    parser = argparse.ArgumentParser()
    parser.add_argument("--takt", required=True)
    options, rest = parser.parse_known_args()
    takt_program = os.path.abspath(options.takt)
    unittest.main(argv=[sys.argv[0], *rest])


if __name__ == "__main__":
    main()
