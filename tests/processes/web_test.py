"""TLS, client certificates, passwords and hostile clients, against the real program."""

import base64
import http.client
import os
import shutil
import socket
import ssl
import subprocess
import threading
import time
import warnings

from program import ROOT, Folder, free_port, main, takt, wait_for

with warnings.catch_warnings():
    warnings.simplefilter("ignore", DeprecationWarning)
    import crypt

HONEST_SECONDS = 1.0


def bcrypt(password):
    return crypt.crypt(password, "$2b$04$abcdefghijklmnopqrstuu")


def basic(user, password):
    return {"Authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


class Web(Folder):
    """An engine with a web configuration, and certificates made for it."""

    def setUp(self):
        super().setUp()
        self.write("in.jsonl", "")
        self.authority("ca")

    def openssl(self, *words):
        subprocess.run(["openssl", *words], check=True, cwd=self.folder, stdout=subprocess.DEVNULL,
                       stderr=subprocess.DEVNULL)

    def authority(self, name):
        self.openssl("req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes",
                     "-keyout", f"{name}.key", "-out", f"{name}.pem", "-days", "30", "-subj", f"/CN={name}")

    def certificate(self, name, issuer="ca", days="30", purpose="serverAuth", into=None):
        """NAME.pem and NAME.key, or under the name `into`, swapped in at once."""
        self.write(f"{name}.ext", f"subjectAltName=IP:127.0.0.1\nextendedKeyUsage={purpose}\n")
        self.openssl("req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-keyout",
                     f"{name}.key", "-out", f"{name}.csr", "-subj", f"/CN={name}")
        self.openssl("x509", "-req", "-in", f"{name}.csr", "-CA", f"{issuer}.pem", "-CAkey", f"{issuer}.key",
                     "-CAcreateserial", "-out", f"{name}.pem", "-days", days, "-extfile", f"{name}.ext")
        if into:
            for end in (".key", ".pem"):
                os.replace(self.path(name + end), self.path(into + end))

    def web_engine(self, web):
        self.web = self.write("web.yml", web)
        return self.engine(self.config(more="engine: {web_config: web.yml}\n"))

    def ask(self, engine, path, api=False, client=None, headers=None, tls=True, versions=None):
        """Status, headers and body; the peer's certificate as .serial."""
        port = engine.ports[1 if api else 0]
        if tls:
            context = ssl.create_default_context(cafile=self.path("ca.pem"))
            if client:
                context.load_cert_chain(self.path(f"{client}.pem"), self.path(f"{client}.key"))
            if versions:
                context.minimum_version, context.maximum_version = versions
            connection = http.client.HTTPSConnection("127.0.0.1", port, timeout=20, context=context)
        else:
            connection = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
        try:
            connection.connect()
            serial = connection.sock.getpeercert()["serialNumber"] if tls else None
            connection.request("GET", path, headers=headers or {})
            answer = connection.getresponse()
            return answer.status, dict(answer.getheaders()), answer.read(), serial
        finally:
            connection.close()

    def status(self, *arguments, **options):
        return self.ask(*arguments, **options)[0]

    def metric(self, engine, name, **options):
        page = self.ask(engine, "/metrics", **options)[2].decode()
        return sum(float(line.rsplit(" ", 1)[1]) for line in page.splitlines() if line.split("{")[0].split(" ")[0] == name)

    def await_serving(self, engine, **options):
        def ready():
            try:
                return self.status(engine, "/readyz", **options) == 200
            except OSError:
                return False
        wait_for("the engine to be ready", ready)


TLS = "tls_server_config: {cert_file: server.pem, key_file: server.key"


class Access(Web):
    def test_passwords_on_both_listeners_but_not_for_probes(self):
        engine = self.web_engine(f"basic_auth_users:\n  prometheus: {bcrypt('secret')}\n").start(await_ready=False)
        self.await_serving(engine, tls=False)
        for path in ("/livez", "/readyz", "/startupz"):
            self.assertEqual(self.status(engine, path, tls=False), 200)
        for path, api in (("/kpis", False), ("/metrics", False), ("/api/v1/kpis", True), ("/api/v1/status", True),
                          ("/nothing", False), ("/livez", True)):
            with self.subTest(path):
                status, headers, body, _ = self.ask(engine, path, api=api, tls=False)
                self.assertEqual(status, 401)
                self.assertIn("Basic realm", headers["WWW-Authenticate"])
                self.assertNotIn(b"takt_", body)
                wrong = self.status(engine, path, api=api, tls=False, headers=basic("prometheus", "guess"))
                stranger = self.status(engine, path, api=api, tls=False, headers=basic("nobody", "secret"))
                self.assertEqual((wrong, stranger), (401, 401))
                right = self.status(engine, path, api=api, tls=False, headers=basic("prometheus", "secret"))
                self.assertEqual(right, 200 if path not in ("/nothing", "/livez") else 404)
        self.assertEqual(self.metric(engine, "takt_http_requests_refused_total", tls=False,
                                     headers=basic("prometheus", "secret")), 18)
        self.assertNotIn("secret", engine.log())

    def test_tls_versions(self):
        self.certificate("server")
        engine = self.web_engine(TLS + "}\n").start(await_ready=False)
        self.await_serving(engine)
        for version in (ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3):
            self.assertEqual(self.status(engine, "/kpis", versions=(version, version)), 200)
            self.assertEqual(self.status(engine, "/api/v1/kpis", api=True, versions=(version, version)), 200)
        with self.assertRaises(OSError), warnings.catch_warnings():
            warnings.simplefilter("ignore")
            self.status(engine, "/kpis", versions=(ssl.TLSVersion.TLSv1_1, ssl.TLSVersion.TLSv1_1))
        with self.assertRaises((OSError, http.client.HTTPException)):
            self.status(engine, "/kpis", tls=False)

    def test_client_certificates(self):
        self.authority("other")
        self.certificate("server")
        self.certificate("client", purpose="clientAuth")
        self.certificate("stranger", issuer="other", purpose="clientAuth")
        self.certificate("old", days="-1", purpose="clientAuth")
        engine = self.web_engine(TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: ca.pem}\n")
        engine.start(await_ready=False)
        self.await_serving(engine)  # without a certificate
        for api, path in ((False, "/kpis"), (True, "/api/v1/kpis")):
            for client, status in ((None, 403), ("stranger", 403), ("old", 403), ("server", 403), ("client", 200)):
                with self.subTest(client=client, path=path):
                    self.assertEqual(self.status(engine, path, api=api, client=client), status)

    def test_headers(self):
        engine = self.web_engine("http_server_config: {headers: {X-Frame-Options: deny}}\n").start()
        self.assertEqual(self.ask(engine, "/kpis", tls=False)[1]["X-Frame-Options"], "deny")


class Replacing(Web):
    def test_certificate_that_is_swapped_is_picked_up(self):
        self.certificate("server")
        engine = self.web_engine(TLS + "}\n").start(await_ready=False)
        self.await_serving(engine)
        before = self.ask(engine, "/livez")[3]
        expiry = self.metric(engine, "takt_tls_certificate_expiry_timestamp_seconds")
        self.assertAlmostEqual(expiry, time.time() + 30 * 86400, delta=600)
        self.certificate("next", days="60", into="server")
        wait_for("the new certificate", lambda: self.ask(engine, "/livez")[3] != before)
        self.assertGreater(self.metric(engine, "takt_tls_certificate_expiry_timestamp_seconds"), expiry)
        self.assertEqual(self.metric(engine, "takt_web_config_last_reload_successful"), 1)
        self.assertIn("read the web configuration", engine.log())

    def test_expired_certificate_is_served_and_told(self):
        self.certificate("server", days="-1")
        engine = self.web_engine(TLS + "}\n").start(await_ready=False)
        wait_for("the log", lambda: "has expired" in engine.log())
        self.certificate("next", into="server")
        self.await_serving(engine)

    def test_broken_files_change_nothing_and_are_told(self):
        self.certificate("server")
        self.certificate("next")
        engine = self.web_engine(TLS + "}\n").start(await_ready=False)
        self.await_serving(engine)
        serial = self.ask(engine, "/livez")[3]
        with open(self.path("server.pem"), "rb") as kept:
            good = kept.read()
        cases = (("server.pem", b"no certificate", "server.pem"), ("web.yml", b"tls_server_konfig: {}\n", "web.yml:1:1"),
                 ("web.yml", b"basic_auth_users: {}\n", "restart"))
        for name, content, told in cases:
            with self.subTest(told):
                failures = self.metric(engine, "takt_web_config_reload_failures_total")
                self.write(name, content)
                wait_for("a failure", lambda: self.metric(engine, "takt_web_config_reload_failures_total") > failures)
                self.assertEqual(self.metric(engine, "takt_web_config_last_reload_successful"), 0)
                self.assertIn(told, engine.log())
                self.assertEqual(self.ask(engine, "/livez")[3], serial)
                self.write("server.pem", good)
                self.write("web.yml", TLS + "}\n")
                wait_for("success", lambda: self.metric(engine, "takt_web_config_last_reload_successful") == 1)

    def test_files_that_a_refused_configuration_names_are_looked_at(self):
        """What it names and is not there, or is broken, is picked up when it comes, without another change."""
        self.certificate("server")
        self.certificate("next")
        with open(self.path("next.pem"), "rb") as kept:
            good = kept.read()
        for name, broken in (("is not there", None), ("is broken", b"no certificate")):
            with self.subTest(name):
                engine = self.web_engine(TLS + "}\n").start(await_ready=False)
                self.await_serving(engine)
                serial = self.ask(engine, "/livez")[3]
                os.remove(self.path("next.pem"))
                if broken is not None:
                    self.write("next.pem", broken)
                self.write("web.yml", TLS.replace("server.", "next.") + "}\n")
                wait_for("a failure", lambda: self.metric(engine, "takt_web_config_last_reload_successful") == 0)
                self.assertEqual(self.ask(engine, "/livez")[3], serial)
                self.write("next.pem", good)
                wait_for("the new certificate", lambda: self.ask(engine, "/livez")[3] != serial)
                self.assertEqual(self.metric(engine, "takt_web_config_last_reload_successful"), 1)
                engine.stop()

    def test_users_are_replaced_by_sighup(self):
        engine = self.web_engine(f"basic_auth_users:\n  ann: {bcrypt('one')}\n").start()
        self.assertEqual(self.status(engine, "/kpis", tls=False, headers=basic("ann", "one")), 200)
        self.write("web.yml", f"basic_auth_users:\n  ann: {bcrypt('two')}\n")
        engine.signal(1)
        wait_for("the new password",
                 lambda: self.status(engine, "/kpis", tls=False, headers=basic("ann", "two")) == 200)
        self.assertEqual(self.status(engine, "/kpis", tls=False, headers=basic("ann", "one")), 401)


class Commands(Web):
    def test_commands_log_in(self):
        self.certificate("server")
        self.write("secret", "one\n")
        self.write("wrong", "two\n")
        engine = self.web_engine(TLS + f"}}\nbasic_auth_users:\n  ann: {bcrypt('one')}\n").start(await_ready=False)
        self.await_serving(engine)
        server = f"https://127.0.0.1:{engine.ports[1]}"
        trusted = ("--ca", self.path("ca.pem"))
        password = ("--password-file", self.path("secret"))
        for words in (("status", server), ("tap", "--for", "1s", "--server", server),
                      ("explain", "won", "--server", server)):
            with self.subTest(words[0]):
                done = takt(*words, *trusted, "--user", "ann", *password)
                self.assertEqual((done.returncode, done.stderr), (0, ""), done.stdout)
                for told, login in (("password", trusted),
                                    ("password", (*trusted, "--user", "ann", "--password-file", self.path("wrong"))),
                                    ("certificate", ("--user", "ann", *password))):
                    done = takt(*words, *login)
                    self.assertEqual(done.returncode, 1, done.stdout)
                    self.assertIn(told, done.stdout + done.stderr)


class Example(Web):
    def test_documented_example_is_taken_by_both(self):
        with open(os.path.join(ROOT, "deploy", "web.yml"), encoding="utf-8") as text:
            self.write("web.yml", text.read())
        self.certificate("server")
        self.certificate("client", purpose="clientAuth")
        self.openssl("x509", "-in", "ca.pem", "-out", "clients-ca.pem")
        if shutil.which("promtool"):
            done = subprocess.run(["promtool", "check", "web-config", self.path("web.yml")], capture_output=True,
                                  text=True, check=False)
            self.assertEqual(done.returncode, 0, done.stdout + done.stderr)
        engine = self.engine(self.config(more="engine: {web_config: web.yml}\n")).start(await_ready=False)
        self.await_serving(engine)
        self.assertEqual(self.status(engine, "/kpis", headers=basic("prometheus", "test")), 403)
        self.assertEqual(self.status(engine, "/kpis", client="client"), 401)
        self.assertEqual(self.status(engine, "/kpis", client="client", headers=basic("prometheus", "test")), 200)


class Refusals(Web):
    """What no engine starts with, and `takt check` does not take either."""

    def test_wrong_web_configurations(self):
        self.certificate("server")
        self.certificate("next")
        self.write("empty.pem", "")
        cases = {
            "tls_server_konfig: {}\n": "web.yml:1:1",
            "basic_auth_users: {bob: hunter2}\n": "web.yml:1:25",
            TLS + ", min_version: TLS10}\n": "TLS12 or TLS13",
            "tls_server_config: {cert_file: server.pem, key_file: next.key}\n": "do not belong together",
            "tls_server_config: {cert_file: empty.pem, key_file: server.key}\n": "empty.pem",
            TLS + ", client_auth_type: RequireAndVerifyClientCert, client_ca_file: empty.pem}\n": "holds no certificate",
        }
        config = self.config(more="engine: {web_config: web.yml}\n")
        for content, text in cases.items():
            with self.subTest(text):
                self.write("web.yml", content)
                run = takt("run", config, "--journal", self.path("journal"), "--listen", f"127.0.0.1:{free_port()}",
                           cwd=self.folder, seconds=20)
                check = takt("check", config, cwd=self.folder)
                option = takt("run", self.config(name="plain.yaml"), "--web-config", self.path("web.yml"),
                              cwd=self.folder, seconds=20)
                for done in (run, check, option):
                    self.assertEqual(done.returncode, 2, done.stderr)
                    self.assertIn(text, done.stderr)
                    self.assertNotIn("hunter2", done.stderr)
                self.assertFalse(os.path.exists(self.path("journal")))


class Hostile(Web):
    """Honest clients beside bad ones."""

    def assert_served(self, engine, tls, while_what):
        for path in ("/kpis", "/livez", "/readyz"):
            begin = time.monotonic()
            self.assertEqual(self.status(engine, path, tls=tls), 200, while_what)
            self.assertLess(time.monotonic() - begin, HONEST_SECONDS, (path, while_what))

    def flood(self, engine, count, act):
        held = []
        self.addCleanup(lambda: [each.close() for each in held])
        for number in range(count):
            each = socket.socket()
            each.settimeout(5)
            try:
                each.connect(("127.0.0.1", engine.ports[0]))
                act(each, number)
            except OSError:
                pass  # cut off while it was opening or sending
            held.append(each)
        return held

    @staticmethod
    def misbehave(client, number):
        """A quarter each: silent, half a head, half a handshake, never reads."""
        if number % 4 == 1:
            client.sendall(b"GET /kpis HTTP/1.1\r\nHost:")
        elif number % 4 == 2:
            client.sendall(b"\x16\x03\x01\x02\x00\x01")
        elif number % 4 == 3:
            client.sendall(b"GET /metrics HTTP/1.1\r\nHost: t\r\n\r\n" * 20)

    def test_two_hundred_bad_clients(self):
        self.certificate("server")
        for tls in (False, True):
            with self.subTest(tls=tls):
                engine = self.web_engine(TLS + "}\n" if tls else "").start(await_ready=False)
                self.await_serving(engine, tls=tls)
                self.flood(engine, 200, self.misbehave)
                for _ in range(5):
                    self.assert_served(engine, tls, "200 bad clients")
                engine.stop()

    def test_fourteen_hundred_idle_connections(self):
        engine = self.engine(self.config()).start()
        held = self.flood(engine, 1400, lambda client, number: None)
        self.assert_served(engine, False, "1400 idle connections")
        opened = engine.total("takt_http_connections_opened_total", "pages")
        self.assertGreater(opened, 1400)
        self.assertGreater(engine.total("takt_http_connections_evicted_total", "pages"), 800)
        self.assertLessEqual(engine.total("takt_http_connections", "pages"), 512)
        for each in held:
            each.close()
        wait_for("the connections to go", lambda: engine.total("takt_http_connections", "pages") < 10)

    def test_drips_of_a_byte_a_second_are_cut_off(self):
        engine = self.engine(self.config()).start()
        held = self.flood(engine, 100, lambda client, number: client.sendall(b"GET /kpis HTTP/1.1\r\nX: "))
        over = threading.Event()

        def drip():
            while not over.wait(1.0):
                for each in held:
                    try:
                        each.send(b"x")
                    except OSError:
                        pass

        dripping = threading.Thread(target=drip)
        dripping.start()
        try:
            self.assert_served(engine, False, "drips")
            wait_for("them to be cut off",
                     lambda: engine.total("takt_http_connections_overdue_total", "pages") >= 100, 40, 0.5)
        finally:
            over.set()
            dripping.join()

    def test_guessing_passwords_holds_nobody_up(self):
        hashed = crypt.crypt("secret", "$2b$10$abcdefghijklmnopqrstuu")
        engine = self.web_engine(f"basic_auth_users:\n  prometheus: {hashed}\n").start()
        self.assertEqual(self.status(engine, "/kpis", tls=False, headers=basic("prometheus", "secret")), 200)
        over = threading.Event()
        answers = []

        def guess(number):
            while not over.is_set():
                answers.append(self.status(engine, "/kpis", tls=False, headers=basic("prometheus", f"guess {number}")))

        guessing = [threading.Thread(target=guess, args=(number,)) for number in range(8)]
        for each in guessing:
            each.start()
        try:
            wait_for("guesses to be answered and put off", lambda: {401, 429} <= set(answers))
            for _ in range(5):
                for path, headers in (("/kpis", basic("prometheus", "secret")), ("/livez", {})):
                    begin = time.monotonic()
                    self.assertEqual(self.status(engine, path, tls=False, headers=headers), 200)
                    self.assertLess(time.monotonic() - begin, HONEST_SECONDS)
        finally:
            over.set()
            for each in guessing:
                each.join()
        self.assertEqual(set(answers), {401, 429})
        self.assertLess(answers.count(401), 60)

    def test_requests_that_are_none(self):
        engine = self.engine(self.config()).start()
        for request, status in (
                (b"POST /kpis HTTP/1.1\r\nHost: t\r\nContent-Length: 100000000\r\n\r\n", b"405"),
                (b"PUT /kpis HTTP/1.1\r\nHost: t\r\nTransfer-Encoding: chunked\r\n\r\n", b"405"),
                (b"GET /kpis HTTP/1.1\r\nHost: t\r\nX: " + b"x" * 1_000_000 + b"\r\n\r\n", b"431"),
                (b"GET /" + b"x" * 1_000_000 + b" HTTP/1.1\r\nHost: t\r\n\r\n", b"414"),
                (b"GET /../../etc/passwd HTTP/1.1\r\nHost: t\r\n\r\n", b"404"),
                (b"GET /%2e%2e/%2e%2e/etc/passwd HTTP/1.1\r\nHost: t\r\n\r\n", b"404"),
                (b"GET /kpis HTTP/1.1\r\nHost: t\r\nContent-Length: 3\r\nTransfer-Encoding: chunked\r\n\r\n", b"400"),
                (b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03" + bytes(100), b""),
                (b"\r\n" * 1000, b"")):
            with self.subTest(request[:60]):
                client = socket.create_connection(("127.0.0.1", engine.ports[0]), timeout=5)
                with client:
                    try:
                        client.sendall(request)
                        client.shutdown(socket.SHUT_WR)
                        answer = client.recv(4096)
                    except OSError:
                        answer = b""
                if status and answer:
                    self.assertEqual(answer.split(b" ")[1], status)
                self.assertEqual(self.status(engine, "/kpis", tls=False), 200)


if __name__ == "__main__":
    main()
