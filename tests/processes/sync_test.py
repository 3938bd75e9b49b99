"""A disk that takes writes and then cannot make them safe: what was in doubt is cut off and read again."""

import os
import shutil
import subprocess

from program import Folder, main, takt, wait_for

AT = "/kpis?at=2026-03-01T00:00:00Z"

# Stands before the C library: fails while a file is there.
SHIM = r"""
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

int fdatasync(int fd) {
  static int (*real)(int);
  if (real == NULL) real = (int (*)(int))dlsym(RTLD_NEXT, "fdatasync");
  const char* flag = getenv("TAKT_TEST_FAIL_SYNC");
  if (flag != NULL && access(flag, F_OK) == 0) {
    errno = EIO;
    return -1;
  }
  return real(fd);
}
"""


class FailedSyncs(Folder):
    def setUp(self):
        super().setUp()
        compiler = shutil.which("cc") or shutil.which("gcc")
        self.assertIsNotNone(compiler, "a C compiler is missing")
        self.write("shim.c", "#define _GNU_SOURCE\n" + SHIM)
        subprocess.run([compiler, "-shared", "-fPIC", "-o", self.path("shim.so"), self.path("shim.c"), "-ldl"],
                       check=True)
        self.flag = self.path("fail")
        for name, value in (("LD_PRELOAD", self.path("shim.so")), ("TAKT_TEST_FAIL_SYNC", self.flag)):
            os.environ[name] = value
            self.addCleanup(os.environ.pop, name, None)
        records = takt("events", "--count", "4000", "--start", "2026-01-01T00:00:00Z", "--leads-per-day", "120",
                       binary=True).stdout.splitlines(keepends=True)
        self.pieces = [b"".join(records[:1500]), b"".join(records[1500:3000]), b"".join(records[3000:])]
        self.write("in.jsonl", self.pieces[0])

    def append(self, piece):
        with open(self.path("in.jsonl"), "ab") as out:
            out.write(self.pieces[piece])

    def await_page_of(self, engine, records):
        """Until the page is that of an engine that read so many pieces at one go."""
        self.write("whole.jsonl", b"".join(self.pieces[:records]))
        config = self.config("crm: {file: whole.jsonl, follow: true}", name="whole.yaml")
        other = self.engine(config, journal=f"whole-{len(os.listdir(self.folder))}").start()
        other.await_records(sum(piece.count(b"\n") for piece in self.pieces[:records]))
        wait_for("the same page", lambda: engine.get(AT)[1] == other.page(AT), 60)
        other.stop()

    def test_goes_on_by_itself_and_believes_nothing_that_was_in_doubt(self):
        engine = self.engine(self.config()).start()
        engine.await_records(1500)
        wait_for("the first piece to be safe", lambda: engine.total("takt_journal_syncs_total") >= 1
                 and engine.total("takt_journal_unsynced_age_seconds") == 0)
        safe = engine.total("takt_journal_bytes")
        self.write("fail", "")
        self.append(1)
        wait_for("the failure to be told", lambda: engine.total("takt_journal_failing") == 1)
        page = engine.page(AT)
        self.append(2)
        for path in ("/livez", "/readyz", "/kpis", "/metrics"):
            self.assertEqual(engine.get(path)[0], 200, path)
        self.assertEqual(engine.page(AT), page, "reading waits")
        os.remove(self.flag)
        wait_for("the journal to be well", lambda: engine.total("takt_journal_failing") == 0, 60)
        self.assertIn("is cut off", engine.log())
        self.await_page_of(engine, 3)
        self.assertGreater(engine.total("takt_journal_bytes"), safe)
        # What the journal holds now is whole: after a kill the page is the same.
        wait_for("all to be safe", lambda: engine.total("takt_journal_unsynced_age_seconds") == 0)
        engine.kill()
        engine.start()
        self.await_page_of(engine, 3)

    def test_kill_in_doubt_loses_nothing(self):
        engine = self.engine(self.config()).start()
        engine.await_records(1500)
        self.write("fail", "")
        self.append(1)
        wait_for("the failure to be told", lambda: engine.total("takt_journal_failing") == 1)
        engine.kill()
        os.remove(self.flag)
        self.append(2)
        engine.start()
        self.await_page_of(engine, 3)


if __name__ == "__main__":
    main()
