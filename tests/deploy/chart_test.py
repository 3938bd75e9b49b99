#!/usr/bin/env python3
"""The Helm chart: manifests that strict schemas and a policy accept, made by the chart that is checked in, with the rules
and dashboards that stand beside it, and configurations that Takt accepts.

Run by ctest; by hand: tests/deploy/tools run tests/deploy/chart_test.py --takt build/dev/takt [unittest's options]
"""

import copy
import glob
import json
import os
import re
import subprocess
import sys
import tempfile
import unittest

import jsonschema
import yaml

sys.dont_write_bytecode = True  # the source tree stays as it is
import manifests  # noqa: E402
import policy  # noqa: E402
import under_test  # noqa: E402
from manifests import ROOT, TOOLS, documents, of_kind  # noqa: E402

CHART = os.path.join(ROOT, "deploy", "helm", "takt")
VALUES = sorted(glob.glob(os.path.join(ROOT, "deploy", "helm", "values", "*.yaml")))
HELM = os.path.join(TOOLS, "bin", "helm")
RUNBOOKS = "https://git.example.com/takt/blob/main/"


def read(*path):
    with open(os.path.join(ROOT, *path), encoding="utf-8") as file:
        return file.read()


def rendered():
    """{name of the values: objects} of what is checked in."""
    return {os.path.basename(each)[:-len(".yaml")]:
            documents(read("deploy", "helm", "rendered", os.path.basename(each))) for each in VALUES}


def helm(*arguments):
    done = subprocess.run([HELM, *arguments], stdin=subprocess.DEVNULL, stdout=subprocess.PIPE,
                          stderr=subprocess.PIPE, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


def template(values, *arguments):
    return helm("template", "acme", CHART, "--namespace", "sales", "--kube-version", "1.31.0",
                "--values", values, *arguments)


class Valid(unittest.TestCase):
    """Strict schemas know every field."""

    @classmethod
    def setUpClass(cls):
        cls.custom = manifests.custom_schemas()

    def test_manifests_are_valid(self):
        checked, unknown = 0, set()
        for name, objects in rendered().items():
            for each in objects:
                with self.subTest(values=name, kind=each["kind"], name=each["metadata"]["name"]):
                    found = manifests.problems(each, self.custom)
                    if found is None:
                        unknown.add(each["kind"])
                    else:
                        self.assertEqual(found, [])
                        checked += 1
        print(f"{checked} objects are valid", file=sys.stderr)
        self.assertGreater(checked, 20)
        if unknown:
            self.skipTest(f"SKIPPED: no schema could be fetched for {sorted(unknown)}")

    def test_a_misspelt_field_is_found(self):
        objects = rendered()["operators"]
        for kind, path in [("StatefulSet", "spec.template.spec.containers.0.livenessProbes"),
                           ("PodMonitor", "spec.podMetricsEndpoints.0.intervall"),
                           ("ScrapeConfig", "spec.staticConfig"), ("PrometheusRule", "spec.groups.0.rule"),
                           ("KafkaTopic", "spec.partition"), ("KafkaUser", "spec.authorisation"),
                           ("NetworkPolicy", "spec.ingresses")]:
            with self.subTest(kind=kind):
                spoilt = copy.deepcopy(of_kind(objects, kind)[0])
                place = spoilt
                for key in path.split(".")[:-1]:
                    place = place[int(key) if key.isdigit() else key]
                place[path.rsplit(".", 1)[-1]] = 1
                found = manifests.problems(spoilt, self.custom)
                self.assertNotEqual(found, [])


class Kept(unittest.TestCase):
    """The policy holds for every set of values, and each of its rules can fail."""

    def test_policy(self):
        for name, objects in rendered().items():
            with self.subTest(values=name):
                self.assertEqual(policy.broken(objects), [])

    # What is done to the StatefulSet's pod, and a word of what the policy then says.
    SPOILT = {
        "root": (lambda pod: pod["securityContext"].update(runAsNonRoot=False), "as root"),
        "user 0": (lambda pod: pod["securityContext"].update(runAsUser=0), "as root"),
        "no seccomp": (lambda pod: pod["securityContext"].pop("seccompProfile"), "seccomp"),
        "host network": (lambda pod: pod.update(hostNetwork=True), "hostNetwork"),
        "host path": (lambda pod: pod["volumes"].append({"name": "x", "hostPath": {"path": "/"}}), "host"),
        "escalation": (lambda pod: pod["containers"][0]["securityContext"].pop("allowPrivilegeEscalation"), "gain"),
        "capabilities": (lambda pod: pod["containers"][0]["securityContext"].update(capabilities={}), "capabilities"),
        "root is written": (lambda pod: pod["containers"][0]["securityContext"].pop("readOnlyRootFilesystem"), "write"),
        "token": (lambda pod: pod.pop("automountServiceAccountToken"), "token"),
        "default account": (lambda pod: pod.pop("serviceAccountName"), "default account"),
        "no limits": (lambda pod: pod["containers"][0]["resources"].pop("limits"), "limits of memory"),
        "no probe": (lambda pod: pod["containers"][0].pop("livenessProbe"), "livenessProbe"),
        "latest": (lambda pod: pod["containers"][0].update(image="takt:latest"), "may change"),
        "no tag": (lambda pod: pod["containers"][0].update(image="r.example.com:5000/takt"), "may change"),
        "environment": (lambda pod: pod["containers"][0].update(env=[{"name": "A", "value": "B"}]), "environment"),
        "port renamed": (lambda pod: pod["containers"][0]["ports"][0].update(name="web"), "port"),
        "mount gone": (lambda pod: pod["containers"][0]["volumeMounts"].pop(), "only"),
    }

    def test_every_rule_can_fail(self):
        for name, (spoil, word) in self.SPOILT.items():
            with self.subTest(case=name):
                objects = copy.deepcopy(rendered()["minimal"])
                spoil(of_kind(objects, "StatefulSet")[0]["spec"]["template"]["spec"])
                self.assertTrue(any(word in text for text in policy.broken(objects)), policy.broken(objects))

    def test_labels_and_secrets_can_fail_too(self):
        objects = copy.deepcopy(rendered()["minimal"])
        of_kind(objects, "Service")[0]["spec"]["selector"]["app.kubernetes.io/name"] = "other"
        self.assertTrue(any("does not select" in text for text in policy.broken(objects)))
        objects = copy.deepcopy(rendered()["minimal"])
        of_kind(objects, "ConfigMap")[0]["data"]["takt.yaml"] += "sasl.password: hunter2\n"
        self.assertTrue(any("in clear" in text for text in policy.broken(objects)))


class Fits(unittest.TestCase):
    """The chart carries what stands beside it, and starts Takt with what Takt takes."""

    def test_rules_are_those_of_the_folder(self):
        found = of_kind(rendered()["operators"], "PrometheusRule")
        groups = [group for each in found for group in each["spec"]["groups"]]
        text = read("deploy", "prometheus", "data_alerts.yaml")
        expected = yaml.safe_load(text.replace("runbook_url: deploy/", f"runbook_url: {RUNBOOKS}deploy/"))["groups"]
        self.assertGreater(len(expected), 4)
        self.assertEqual(groups[:len(expected)], expected, "run tests/deploy/tools render")
        (sales,) = groups[len(expected):]
        self.assertEqual([rule["annotations"]["runbook_url"] for rule in sales["rules"]],
                         [f"{RUNBOOKS}deploy/runbooks/SalesWinRateDropped.md"])

    def test_kpis_are_scraped_once_by_one_name(self):
        for name, objects in rendered().items():
            services = {each["metadata"]["name"] for each in of_kind(objects, "Service")}
            self.assertEqual(of_kind(objects, "ServiceMonitor"), [])
            for each in of_kind(objects, "PodMonitor"):
                self.assertEqual([end["path"] for end in each["spec"]["podMetricsEndpoints"]], ["/metrics"])
            for each in of_kind(objects, "ScrapeConfig"):
                with self.subTest(values=name):
                    self.assertEqual(each["spec"]["metricsPath"], "/kpis")
                    (group,) = each["spec"]["staticConfigs"]
                    (target,) = group["targets"]
                    service = re.fullmatch(r"(.+)\.sales\.svc:9464", target).group(1)
                    self.assertIn(service, services)

    def test_probes_and_scrapes_speak_what_the_listeners_speak(self):
        for name, tls in (("minimal", False), ("operators", True)):
            objects = rendered()[name]
            container = of_kind(objects, "StatefulSet")[0]["spec"]["template"]["spec"]["containers"][0]
            spoken = {container[probe]["httpGet"]["scheme"] for probe in ("startupProbe", "livenessProbe",
                                                                          "readinessProbe")}
            spoken |= {each["spec"]["scheme"] for each in of_kind(objects, "ScrapeConfig")}
            spoken |= {end["scheme"].upper() for each in of_kind(objects, "PodMonitor")
                       for end in each["spec"]["podMetricsEndpoints"]}
            with self.subTest(values=name):
                self.assertEqual(spoken, {"HTTPS" if tls else "HTTP"})
                self.assertEqual("--web-config=/run/secrets/takt/web/web.yml" in container["args"], tls)

    def test_jobs_have_the_names_that_the_rules_go_by(self):
        objects = rendered()["operators"]
        (pods,) = of_kind(objects, "PodMonitor")
        (kpis,) = of_kind(objects, "ScrapeConfig")
        jobs = [rule["replacement"] for rule in
                pods["spec"]["podMetricsEndpoints"][0]["relabelings"] + kpis["spec"]["relabelings"]
                if rule["targetLabel"] == "job"]
        self.assertEqual(jobs, ["takt", "takt-kpis"])
        self.assertIn('up{job="takt"}', read("deploy", "prometheus", "data_alerts.yaml"))

    def test_topics_and_rights_are_those_of_the_configuration(self):
        objects = rendered()["operators"]
        config = self.config_of(objects)
        wanted = yaml.safe_load(config["takt.yaml"])
        topics = set(wanted["sources"]["crm"]["kafka"]["topics"])
        dead = wanted["dead_letters"]["topic"]
        self.assertEqual({each["spec"]["topicName"] for each in of_kind(objects, "KafkaTopic")}, topics | {dead})
        self.assertTrue(all(each.startswith(wanted["organisation"] + ".") for each in topics | {dead}))
        rights = {acl["resource"]["name"]: acl["operations"]
                  for acl in of_kind(objects, "KafkaUser")[0]["spec"]["authorization"]["acls"]}
        self.assertEqual(rights, {**{each: ["Describe", "Read"] for each in topics}, dead: ["Describe", "Write"]})

    @staticmethod
    def config_of(objects):
        return next(each["data"] for each in of_kind(objects, "ConfigMap") if "takt.yaml" in each["data"])

    def test_takt_accepts_the_configurations_and_the_arguments(self):
        for name in ("minimal", "operators"):
            with self.subTest(values=name), tempfile.TemporaryDirectory() as folder:
                objects = rendered()[name]
                pod = of_kind(objects, "StatefulSet")[0]["spec"]["template"]["spec"]
                for path, files in self.mounted(objects, pod).items():
                    os.makedirs(folder + path)
                    for file, text in files.items():
                        with open(os.path.join(folder + path, file), "w", encoding="utf-8") as out:
                            out.write(re.sub(r"(?<=[ :])/(run|var)/", rf"{folder}/\1/", text))
                configs = [folder + each for each in pod["containers"][0]["args"] if each.startswith("/")]
                self.assertEqual(len(configs), 2)
                done = subprocess.run([under_test.takt, "check", *configs], check=False, text=True,
                                      stdout=subprocess.PIPE, stderr=subprocess.STDOUT)
                self.assertEqual(done.returncode, 0, done.stdout)
                help_text = subprocess.run([under_test.takt, "run", "--help"], check=True, text=True,
                                           stdout=subprocess.PIPE).stdout
                for each in pod["containers"][0]["args"]:
                    if each.startswith("--"):
                        self.assertIn(each.split("=")[0] + " ", help_text)

    @staticmethod
    def mounted(objects, pod):
        """{folder: {file: text}} of what the pod sees; of a secret, a file for each key that the tests name."""
        maps = {each["metadata"]["name"]: each["data"] for each in of_kind(objects, "ConfigMap")}
        volumes = {each["name"]: each for each in pod["volumes"]}
        found = {}
        for mount in pod["containers"][0]["volumeMounts"]:
            volume = volumes.get(mount["name"], {})
            if "configMap" in volume:
                found[mount["mountPath"]] = maps[volume["configMap"]["name"]]
            elif "secret" in volume:
                found[mount["mountPath"]] = {"password": "not one\n", "ca.crt": "not one\n"}
        return found

    def test_the_engine_pauses_before_its_memory_ends(self):
        for name, objects in rendered().items():
            with self.subTest(values=name):
                engine = next(each["data"]["engine.yaml"] for each in of_kind(objects, "ConfigMap")
                              if "engine.yaml" in each["data"])
                container = of_kind(objects, "StatefulSet")[0]["spec"]["template"]["spec"]["containers"][0]
                bound = self.bytes_of(yaml.safe_load(engine)["engine"]["memory_max"])
                self.assertLess(bound, 0.85 * self.bytes_of(container["resources"]["limits"]["memory"]))

    @staticmethod
    def bytes_of(text):
        number, unit = re.fullmatch(r"(\d+)(Mi|Gi)B?", text).groups()
        return int(number) << {"Mi": 20, "Gi": 30}[unit]


class Documented(unittest.TestCase):
    """Values, their schema and their table agree."""

    @staticmethod
    def paths(values, schema, before=""):
        """Names of all values, down to where the schema leaves names to the operator."""
        for name, value in values.items():
            inner = schema.get("properties", {}).get(name, {})
            if isinstance(value, dict) and value and inner.get("properties") and name != "engine":
                yield from Documented.paths(value, inner, f"{before}{name}.")
            else:
                yield f"{before}{name}"

    def test_values_have_schema_and_table(self):
        values = manifests.load("deploy", "helm", "takt", "values.yaml")
        schema = json.loads(read("deploy", "helm", "takt", "values.schema.json"))
        jsonschema.Draft7Validator.check_schema(schema)
        filled = copy.deepcopy(values)
        self.assertEqual([each.message for each in jsonschema.Draft7Validator(schema).iter_errors(filled)], [])
        known = set(self.paths(values, schema))
        self.assertGreater(len(known), 30)
        table = set(re.findall(r"^\| `([a-zA-Z.]+)` \|", read("deploy", "helm", "takt", "README.md"), re.MULTILINE))
        self.assertEqual(table, known)


@unittest.skipUnless(os.path.exists(HELM), "SKIPPED: no Helm; ./dev lint deploy builds it and compares")
class Rendered(unittest.TestCase):
    """By Helm: what is checked in is what the chart makes; wrong values are refused."""

    def test_checked_in_is_what_the_chart_makes(self):
        for values in VALUES:
            with self.subTest(values=values):
                code, made, errors = template(values)
                self.assertEqual(code, 0, errors)
                self.assertEqual(made, read("deploy", "helm", "rendered", os.path.basename(values)),
                                 "run tests/deploy/tools render")

    def test_dashboards_are_those_of_the_folder(self):
        code, made, errors = template(VALUES[0], "--set", "dashboards.enabled=true")
        self.assertEqual(code, 0, errors)
        found = {}
        for each in of_kind(documents(made), "ConfigMap"):
            self.assertEqual(manifests.problems(each, {}), [])
            if "grafana_dashboard" in each["metadata"]["labels"]:
                found.update({name: json.loads(text) for name, text in each["data"].items()})
        expected = {os.path.basename(each): json.loads(read(each))
                    for each in glob.glob(os.path.join(ROOT, "deploy", "grafana", "*.json"))}
        self.assertEqual(found, expected)

    def test_the_chart_is_lint_free(self):
        for values in VALUES:
            code, out, errors = helm("lint", "--strict", "--kube-version", "1.31.0", CHART, "--values", values)
            self.assertEqual(code, 0, out + errors)

    def test_an_older_kubernetes_gets_what_it_knows(self):
        code, made, errors = helm("template", "acme", CHART, "--kube-version", "1.25.0", "--values", VALUES[0])
        self.assertEqual(code, 0, errors)
        for each in documents(made):
            manifests.kubernetes_validate.validate(each, "1.25", strict=True)

    def test_wrong_values_are_refused(self):
        for wrong, word in [("image.tag=latest", "/image/tag"), ("replicas=0", "/replicas"),
                            ("replica=2", "replica"), ("engine.journal=/x", "/engine/journal"),
                            ("image.digest=abc", "/image/digest"), ("resources.limits.memory=lots", "memory"),
                            ("strimzi.user.authentication=plain", "authentication"), ("spread=maybe", "/spread"),
                            ("monitoring.runbookBase=here", "runbookBase"), ("strimzi.enabled=true", "strimzi.cluster"),
                            ("config.files=null", "takt.yaml")]:
            with self.subTest(wrong=wrong):
                code, _, errors = template(VALUES[0], "--set", wrong)
                self.assertNotEqual(code, 0)
                self.assertIn(word, errors)


if __name__ == "__main__":
    under_test.main()
