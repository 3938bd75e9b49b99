#!/usr/bin/env python3
"""The image: its root is made as the Dockerfile makes it, and Takt runs in it as nobody in particular, with a root that
cannot be written.

Run by ctest; by hand: tests/deploy/tools run tests/deploy/image_test.py --takt build/release/takt [unittest's options]
"""

import gzip
import hashlib
import os
import re
import shutil
import stat
import subprocess
import sys
import tempfile
import unittest

sys.dont_write_bytecode = True  # the source tree stays as it is
import under_test  # noqa: E402

sys.dont_write_bytecode = True  # the source tree stays as it is

ROOT = os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__))))
DOCKER = os.path.join(ROOT, "deploy", "docker")
USER = 65532
COMPRESSED_MAX = 20_000_000
# Mounts the folder $1 read-only in a namespace of its own, with a /proc, and becomes the program in it.
INSIDE = """set -e
root="$1" user="$2"
shift 2
mount --bind "$root" "$root"
mount -t proc proc "$root/proc"
mount -o remount,bind,ro "$root"
exec chroot $user "$root" "$@"
"""


def run(command, **options):
    return subprocess.run(command, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
                          text=True, check=False, **options)


def make_root(folder):
    done = run([os.path.join(DOCKER, "image_root"), under_test.takt, folder])
    if done.returncode != 0:
        raise AssertionError(done.stderr)


def packed(folder):
    return subprocess.run(["tar", "-C", folder, "--sort=name", "--owner=0", "--group=0", "--numeric-owner", "-cf",
                           "-", "."], check=True, stdout=subprocess.PIPE).stdout


def inside(root, *command):
    if os.getuid() == 0:
        enter, user = ["unshare", "--mount", "--pid", "--fork"], f"--userspec={USER}:{USER}"
    else:
        enter, user = ["unshare", "--user", "--map-root-user", "--mount", "--pid", "--fork"], ""
    return run([*enter, "sh", "-c", INSIDE, "inside", root, user, *command], timeout=100)


class Image(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.folder = tempfile.mkdtemp()
        cls.root = os.path.join(cls.folder, "root")
        make_root(cls.root)

    @classmethod
    def tearDownClass(cls):
        shutil.rmtree(cls.folder)

    def files(self):
        for folder, _, names in os.walk(self.root):
            for name in names:
                yield os.path.join(folder, name)

    def test_the_demo_runs_in_it_as_nobody_with_a_root_that_cannot_be_written(self):
        done = inside(self.root, "/usr/bin/takt", "--help")
        if "Operation not permitted" in done.stderr:
            self.skipTest(f"SKIPPED: no namespaces here: {done.stderr.strip()}")
        self.assertEqual(done.returncode, 0, done.stderr)
        done = inside(self.root, "/usr/bin/takt", "demo", "--for", "5s")
        self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        self.assertRegex(done.stdout, r"(?m)^north-1 +\d")
        self.assertRegex(done.stdout, r"\d+ records: \d+ changes applied")

    def test_it_cannot_be_written(self):
        done = inside(self.root, "/usr/bin/takt", "events", "--count", "5", "--output", "/var/lib/takt/events.jsonl")
        if "Operation not permitted" in done.stderr:
            self.skipTest(f"SKIPPED: no namespaces here: {done.stderr.strip()}")
        self.assertNotEqual(done.returncode, 0)
        self.assertIn("/var/lib/takt/events.jsonl", done.stderr)

    def test_it_holds_exactly_the_objects_that_the_program_loads(self):
        wanted = set(re.findall(r"/[^ ]+", run(["ldd", under_test.takt]).stdout))
        found = {os.path.basename(each) for each in self.files() if ".so" in os.path.basename(each)}
        self.assertEqual(found, {os.path.basename(each) for each in wanted})

    def test_it_holds_no_shell_and_one_program(self):
        programs = [each for each in self.files() if "/bin/" in each]
        self.assertEqual([os.path.basename(each) for each in programs], ["takt"])

    def test_what_the_program_asks_for_at_run_time_is_there(self):
        for path in ("usr/share/zoneinfo/Europe/Paris", "etc/ssl/certs/ca-certificates.crt", "etc/nsswitch.conf",
                     "usr/share/takt/catalogue/winning.yaml", "usr/share/takt/demo/takt.yaml"):
            self.assertTrue(os.path.getsize(os.path.join(self.root, path)), path)

    def test_nothing_gains_rights_and_nothing_but_tmp_is_writable_by_all(self):
        for each in self.files():
            mode = os.lstat(each).st_mode
            if not stat.S_ISLNK(mode):
                self.assertFalse(mode & (stat.S_ISUID | stat.S_ISGID | stat.S_IWGRP | stat.S_IWOTH), each)

    def test_equal_inputs_give_equal_bytes_and_few(self):
        again = os.path.join(self.folder, "again")
        make_root(again)
        first = packed(self.root)
        self.assertEqual(hashlib.sha256(first).hexdigest(), hashlib.sha256(packed(again)).hexdigest())
        size = len(gzip.compress(first, 6))
        print(f"the image: {len(first) / 1e6:.1f} MB, {size / 1e6:.1f} MB compressed", file=sys.stderr)
        self.assertLess(size, COMPRESSED_MAX)


class Dockerfile(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        with open(os.path.join(DOCKER, "Dockerfile"), encoding="utf-8") as file:
            cls.text = file.read()

    def test_lint(self):
        hadolint = os.path.join(os.path.dirname(sys.executable), "hadolint")
        done = run([hadolint, os.path.join(DOCKER, "Dockerfile")])
        self.assertEqual((done.returncode, done.stdout), (0, ""))

    def test_what_ships_is_bare_and_not_root(self):
        stages = re.split(r"(?m)^FROM ", self.text)
        self.assertEqual(stages[-1].split()[0], "scratch")
        self.assertIn(f"\nUSER {USER}:{USER}\n", stages[-1])
        self.assertIn('ENTRYPOINT ["/usr/bin/takt"]', stages[-1])
        self.assertNotIn("\nRUN ", stages[-1])

    def test_the_context_holds_what_the_build_needs(self):
        with open(os.path.join(DOCKER, "Dockerfile.dockerignore"), encoding="utf-8") as file:
            lines = [line for line in file.read().splitlines() if line and not line.startswith("#")]
        self.assertEqual(lines[0], "*")
        kept = {line[1:] for line in lines[1:] if line.startswith("!")}
        for each in kept:
            self.assertTrue(os.path.exists(os.path.join(ROOT, each)), each)
        with open(os.path.join(ROOT, "CMakeLists.txt"), encoding="utf-8") as file:
            folders = {each.split("/")[0] for each in re.findall(r"add_subdirectory\((\S+)\)", file.read())}
        self.assertEqual({each for each in folders if each not in kept and f"{each}/CMakeLists.txt" not in kept}, set())


if __name__ == "__main__":
    under_test.main()
