#!/usr/bin/env python3
"""takt demo --board: a board with nothing configured.

Run by ctest; by hand: tests/board/demo_test.py --takt build/dev/takt [--artefacts FOLDER] [unittest options]
"""

import os
import socket
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the source tree stays as it is
import scene  # noqa: E402
from scene import DESK, devtools, program  # noqa: E402


class Demo(unittest.TestCase):
    """takt demo --board: a board with nothing configured."""

    def test_the_demo_has_a_board(self):
        with tempfile.TemporaryDirectory(prefix="takt-board-") as folder:
            address = f"127.0.0.1:{program.free_port()}"
            with open(os.path.join(folder, "demo.log"), "wb") as log:
                demo = subprocess.Popen([program.TAKT, "demo", "--board", address], cwd=folder,
                                        stdin=subprocess.DEVNULL, stdout=log, stderr=log)
            try:
                with devtools.Browser(folder, scene.FASTER) as browser:
                    program.wait_for("the demo", lambda: self.answers(address))
                    page = browser.open(f"http://{address}/", *DESK)
                    page.wait("curves", "document.querySelectorAll('.tile .curve').length > 20", 60)
                    page.wait("fast motion", "document.getElementById('state-text').textContent === 'live, in fast motion'", 60)
                    self.assertEqual(page.problems, [])
                    page.close()
            finally:
                demo.terminate()
                self.assertEqual(demo.wait(timeout=20), 0)

    @staticmethod
    def answers(address):
        with socket.socket() as probe:
            return probe.connect_ex((address.split(":")[0], int(address.split(":")[1]))) == 0


if __name__ == "__main__":
    scene.main()
