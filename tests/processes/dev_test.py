"""`./dev takt`: the program's own output and nothing else where nothing was to be built."""

import os
import subprocess

from program import ROOT, Folder, main

NOTHING = "ninja: Entering directory `build/release'\n[0/2 0.013s] Re-checking globbed directories...\nninja: no work to do.\n"
WORK = NOTHING.splitlines(True)[0] + "[1/2 5.413s] Building CXX object engine/app/CMakeFiles/takt_app.dir/ask.cc.o\n"


class DevTakt(Folder):
    def run_dev(self, said, code=0):
        """./dev takt with a ninja that says and returns this, and a takt that prints its words."""
        for name, text in (("bin/ninja", f"#!/bin/sh\ncat <<'END'\n{said}END\nexit {code}\n"),
                           ("build/release/takt", '#!/bin/sh\necho "takt $*"\n'), ("build/release/build.ninja", "")):
            os.makedirs(os.path.dirname(self.path(name)), exist_ok=True)
            self.write(name, text)
            os.chmod(self.path(name), 0o755)
        return subprocess.run([os.path.join(ROOT, "dev"), "takt", "check", "my.yaml"], check=False, text=True, timeout=60,
                              stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=self.folder,
                              env={**os.environ, "TAKT_BUILD": self.path("build"),
                                   "PATH": self.path("bin") + ":" + os.environ["PATH"]})

    def test_quiet_where_nothing_is_to_be_built(self):
        done = self.run_dev(NOTHING)
        self.assertEqual((done.returncode, done.stdout, done.stderr), (0, "takt check my.yaml\n", ""))

    def test_work_is_shown(self):
        done = self.run_dev(WORK)
        self.assertEqual((done.returncode, done.stdout), (0, "takt check my.yaml\n"))
        self.assertEqual(done.stderr, WORK.splitlines(True)[1])

    def test_a_build_that_fails_is_shown_and_nothing_runs(self):
        done = self.run_dev(WORK + "ask.cc:1: error: no\nninja: build stopped: subcommand failed.\n", code=1)
        self.assertEqual((done.returncode, done.stdout), (1, ""))
        self.assertIn("error: no", done.stderr)
        self.assertIn("build stopped", done.stderr)


if __name__ == "__main__":
    main()
