"""What a wrong start gets: one clear line that names what and what to do, exit code 2, at once."""

import json
import os
import signal
import socket

from program import Folder, WRONG_SECONDS, free_port, main, takt, wait_for


class WrongStarts(Folder):
    def setUp(self):
        super().setUp()
        self.write("in.jsonl", "")

    def run_wrong(self, config, *options, listen=None, api=""):
        listen = listen or f"127.0.0.1:{free_port()}"
        words = ["run", config, "--listen", listen, "--listen-api", api]
        if "--journal" not in options:
            words += ["--journal", self.path("journal")]
        return takt(*words, *options, cwd=self.folder)

    def assert_wrong(self, done, *texts, lines=1):
        told = [line for line in done.stderr.splitlines() if not line.startswith("warning: ")]
        self.assertEqual(done.returncode, 2, done.stderr)
        self.assertLess(done.seconds, WRONG_SECONDS)
        self.assertEqual(len(told), lines, done.stderr)
        for text in texts:
            self.assertIn(text, told[0])

    def test_port_taken(self):
        with socket.socket() as taken:
            taken.bind(("127.0.0.1", 0))
            taken.listen()
            address = "127.0.0.1:%d" % taken.getsockname()[1]
            self.assert_wrong(self.run_wrong(self.config(), listen=address), address, "in use",
                              "choose another port", "engine.listen or --listen")
            self.assert_wrong(self.run_wrong(self.config(), api=address), address, "in use",
                              "choose another port", "engine.listen_api or --listen-api")

    def test_option_that_is_none_of_its_names(self):
        for option, names in (("--log-level", "debug|error|info|warn"), ("--log-format", "json|text")):
            done = self.run_wrong(self.config(), option, "loud")
            self.assert_wrong(done, f'{option}: "loud" is none of {names}', lines=2)

    def test_one_port_for_both_listeners(self):
        address = f"127.0.0.1:{free_port()}"
        self.assert_wrong(self.run_wrong(self.config(), listen=address, api=address), address, "in use")

    def test_address_that_is_none(self):
        for address in ("nonsense", "127.0.0.1:99999", "127.0.0.1", "no.such.host.invalid:1"):
            with self.subTest(address):
                self.assert_wrong(self.run_wrong(self.config(), listen=address), address)

    def test_config_missing(self):
        self.assert_wrong(self.run_wrong(self.path("nope.yaml")), "nope.yaml", "cannot be read", lines=2)

    def test_unknown_key(self):
        done = self.run_wrong(self.config(more="engine: {jurnal: x}\n"))
        self.assert_wrong(done, "takt.yaml:4:10", '"jurnal"', 'did you mean "journal"?', lines=2)

    def test_five_mistakes(self):
        path = self.write("five.yaml", "organisaton: x\nmoney: {report_inn: EUR}\nkpis: {won: {coun: deal}}\n"
                                       "engine: {workers: 900}\ncalendar: {time_zone: Europe/Pariss}\n")
        places = ["five.yaml:1:1:", "five.yaml:2:9:", "five.yaml:3:14:", "five.yaml:4:19:", "five.yaml:5:23:"]
        for done in (self.run_wrong(path), takt("check", path)):
            self.assert_wrong(done, lines=6)
            for place, line in zip(places, done.stderr.splitlines()):
                self.assertIn(place, line)
            self.assertIn("5 errors", done.stderr)

    def test_properties_of_librdkafka(self):
        path = self.write("kafka.yaml", "sources:\n  crm:\n    kafka:\n      topics: [a]\n      brokers: \"b:9092\"\n"
                                        "      sasl.pasword: canary\n      fetch.min.bytes: lots\n"
                                        "      auto.offset.reset: latest\n      client.id: me\n")
        said = (('kafka.yaml:6:7: sources.crm.kafka.sasl.pasword:', 'did you mean "sasl.password"?'),
                ("kafka.yaml:7:7: sources.crm.kafka.fetch.min.bytes:", "Invalid value"),
                ("kafka.yaml:8:7: sources.crm.kafka.auto.offset.reset:", "decided by Takt"))
        for done in (self.run_wrong(path), takt("check", path)):
            self.assert_wrong(done, lines=4)
            for texts, line in zip(said, done.stderr.splitlines()):
                for text in texts:
                    self.assertIn(text, line)
            self.assertNotIn("canary", done.stderr)

    def test_what_is_right_is_counted_in_words(self):
        path = self.write("one.yaml", "objects: {deal: {}}\nkpis: {deals: {count: deal, over: 7d}}\n")
        done = takt("check", path)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn("ok: 1 object, 0 dimensions, 1 KPI (1 exported), 0 sources, 1 row of cells", done.stdout)

    def test_input_file_missing(self):
        done = self.run_wrong(self.config("crm: {file: absent.jsonl}"))
        self.assert_wrong(done, "takt.yaml:2:23", "there is no file", "absent.jsonl", lines=2)

    def test_input_is_a_folder(self):
        os.mkdir(self.path("folder"))
        self.assert_wrong(self.run_wrong(self.config("crm: {file: folder}")), "folder", lines=2)

    def test_mapping_file(self):
        config = self.config("crm: {file: in.jsonl, mapping: map.yaml}")
        self.assert_wrong(self.run_wrong(config), "there is no file", "map.yaml", lines=2)
        for content, text in (("rules: [", "not valid YAML"), ("rulez: 3\nformat: csv\n", "map.yaml:1:1"),
                              ("", "map.yaml"), (b"\xff\x00\xfe", "map.yaml")):
            with self.subTest(content):
                self.write("map.yaml", content)
                for done in (self.run_wrong(config), takt("check", config, cwd=self.folder)):
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertLess(done.seconds, WRONG_SECONDS)
                    self.assertIn("map.yaml", done.stderr)
                    self.assertIn(text, done.stderr)

    def test_journal_is_a_file(self):
        self.write("taken", "")
        self.assert_wrong(self.run_wrong(self.config(), "--journal", self.path("taken")), self.path("taken"),
                          "not a folder", "engine.journal")

    def test_journal_cannot_be_made(self):
        self.assert_wrong(self.run_wrong(self.config(), "--journal", "/proc/no/journal"),
                          "/proc/no/journal", "engine.journal")

    def test_journal_not_writable(self):
        # Root may write everywhere but where nobody may.
        folder = "/proc/self" if os.geteuid() == 0 else self.path("closed")
        if folder == self.path("closed"):
            os.mkdir(folder, 0o500)
        self.assert_wrong(self.run_wrong(self.config(), "--journal", folder), folder, "engine.journal")

    def test_journal_in_use(self):
        self.engine(self.config()).start()
        self.assert_wrong(self.run_wrong(self.config()), "another engine is using it", self.path("journal"))

    def test_dead_letter_file_not_writable(self):
        self.write("plain", "")
        for name, text in (("none/dead.jsonl", "No such file"), ("plain/dead.jsonl", "Not a directory"),
                           (".", "Is a directory")):
            with self.subTest(name):
                config = self.write("takt.yaml", "use: [" + os.path.join(os.getcwd(), "config/demo/takt")
                                    + "]\nsources: {crm: {file: in.jsonl, follow: true}}\n"
                                    f"dead_letters: {{file: \"{name}\"}}\n")
                self.assert_wrong(self.run_wrong(config), "dead-letter file", text)

    def test_no_source(self):
        config = self.write("takt.yaml", "organisation: acme\n")
        self.assert_wrong(self.run_wrong(config), "no source", "sources:")

    def test_command_line(self):
        for words, text in ((["run"], "config"), (["runn"], "runn"), ([], "subcommand"),
                            (["run", "x.yaml", "--lissten", "y"], "--lissten"),
                            (["demo", "--for", "soon"], "30s"), (["demo", "--for", "1.2.3"], "30s"),
                            (["demo", "--for", "9" * 400], "30s"), (["demo", "--for", "-5s"], "30s"),
                            (["events", "--format", "xml"], "xml"), (["events", "--late", "2"], "--late"),
                            (["events", "--start", "yesterday"], "2026-01-31"),
                            (["events", "--fall-region", "mars"], "north")):
            with self.subTest(words):
                done = takt(*words, seconds=20)
                self.assertEqual(done.returncode, 2, done.stderr)
                self.assertLess(done.seconds, WRONG_SECONDS)
                self.assertIn(text, done.stderr + done.stdout)


class Checks(Folder):
    """`takt check` on what is no configuration: exit code 2 at once, never a crash."""

    CONTENTS = {
        "empty": b"", "blank": b"\n\n  \n", "comment": b"# nothing\n", "scalar": b"hello", "list": b"- a\n- b\n",
        "binary": bytes(range(256)) * 400, "null_byte": b"organisation: a\0b\n",
        "not_utf8": b'organisation: "\xff\xfe"\n', "large": b"# " + b"x" * 10_000_000 + b"\norganisation: a\n",
        "many_keys": b"kpis:\n" + b"".join(b"  k%d: {count: deal}\n" % i for i in range(20000)),
        "deep_list": b"kpis: " + b"[" * 100_000, "deep_map": b"kpis: " + b"{a: " * 100_000,
        "deep_block": b"\n".join(b" " * i + b"a:" for i in range(2000)),
        "doubled_key": b"organisation: a\norganisation: b\n",
        "doubled_inner_key": b"money: {report_in: EUR, report_in: USD}\n",
        "alias_bomb": b"a: &a [x,x]\nb: &b [*a,*a]\nc: [*b,*b]\n", "alias_of_itself": b"kpis: &k {a: *k}\n",
        "merge_key": b"<<: {organisation: a}\n", "tab": b"kpis:\n\twon: 3\n",
        "two_documents": b"organisation: a\n---\norganisation: b\n", "long_key": b"x" * 1_000_000 + b": 1\n",
        "deep_formula": b'kpis: {x: {formula: "' + b"(" * 50_000 + b'"}}\n',
        "long_formula": b'kpis: {x: {formula: "' + b"-" * 100_000 + b'1"}}\n',
        "unclosed": b"organisation: [a\n", "unknown_use": b"use: [nowhere]\n",
        "label_not_utf8": b'dimensions: {team: {values: ["\xc3("]}}\n',
    }

    def test_odd_contents(self):
        for name, content in self.CONTENTS.items():
            with self.subTest(name):
                self.check(self.write(f"{name}.yaml", content))

    def test_odd_files(self):
        os.mkfifo(self.path("pipe"))
        for path in (self.folder, self.path("absent.yaml"), "/dev/zero", self.path("pipe")):
            with self.subTest(path):
                self.check(path)

    def check(self, path):
        done = takt("check", path, seconds=20, binary=True)
        self.assertEqual(done.returncode, 2, done.stdout + done.stderr)
        self.assertLess(done.seconds, WRONG_SECONDS)
        self.assertIn(os.path.basename(path).encode(), done.stderr)
        self.assertLess(len(done.stderr), 1_000_000)


class Logs(Folder):
    def test_every_event_is_one_json_object(self):
        self.write("in.jsonl", "")
        config = self.config(f'crm: {{kafka: {{brokers: "127.0.0.1:{free_port()}", topics: [sales]}}}}')
        engine = self.engine(config).start(options=("--log-format", "json", "--log-level", "debug"))
        wait_for("a warning", lambda: '"level":"warn"' in engine.log())
        engine.stop()
        for line in engine.log().splitlines():
            event = json.loads(line)
            self.assertLessEqual({"time", "level", "message"}, set(event), line)
            self.assertLessEqual(set(event), {"time", "level", "message", "repeated"}, line)
            self.assertIn(event["level"], ("debug", "info", "warn", "error"))

    def test_levels_below_are_left_out(self):
        self.write("in.jsonl", "")
        engine = self.engine(self.config()).start(options=("--log-level", "error"))
        engine.stop()
        self.assertEqual(engine.log(), "")


class Endings(Folder):
    def test_sigterm_and_sigint_end_with_code_0(self):
        self.write("in.jsonl", "")
        for number in (signal.SIGTERM, signal.SIGINT):
            with self.subTest(number):
                engine = self.engine(self.config()).start()
                engine.signal(number)
                self.assertEqual(engine.process.wait(timeout=10), 0, engine.log())


if __name__ == "__main__":
    main()
