"""`takt map`: sample records, the changes they become, and what of them is not used."""

import json
import subprocess

from program import ROOT, Folder, deal, main, takt

MAPPING = """
format: json
rules:
  - name: opportunity
    match: {kind: opportunity}
    object: deal
    id: id
    event_id: event
    time: {from: at, unit: iso}
    op: {from: op, map: {created: record, gone: delete}, default: patch}
    fields:
      stage: {from: stage, map: {Prospect: new, Signed: won}}
      amount: money.amount
      owner: rep
"""


class Map(Folder):
    def setUp(self):
        super().setUp()
        self.write("mapping.yaml", MAPPING)
        self.mapped = self.config("crm: {file: in.jsonl, follow: true, mapping: mapping.yaml}")
        self.plain = self.config(name="plain.yaml")

    def map(self, config, sample, *words, stdin=None):
        if sample is not None:
            words = ("--sample", self.write("sample", sample), *words)
        return takt("map", config, *words, stdin=stdin or subprocess.DEVNULL)

    def told(self, config, sample, *words):
        done = self.map(config, sample, "--json", *words)
        self.assertIn(done.returncode, (0, 1), done.stderr)
        return done.returncode, json.loads(done.stdout)

    def test_the_data_file_of_a_source_need_not_be_there(self):
        config = self.config("crm: {file: elsewhere.jsonl}", name="elsewhere.yaml")
        code, told = self.told(config, deal(1, "2026-01-10T09:30:00Z", stage="won"))
        self.assertEqual((code, told[0]["changes"][0]["id"]), (0, "D1"))

    def test_a_record_becomes_changes_and_the_rest_is_named(self):
        record = {"kind": "opportunity", "id": "D1", "event": "e1", "at": "2026-01-10T09:30:00Z", "op": "created",
                  "stage": "Signed", "money": {"amount": "12.50", "tax": "1"}, "rep": "r001",
                  "tags": ["a", "b"], "note": "x"}
        code, told = self.told(self.mapped, json.dumps(record, indent=2))
        self.assertEqual(code, 0)
        change = told[0]["changes"][0]
        self.assertEqual((change["object"], change["id"], change["op"], change["time"]),
                         ("deal", "D1", "record", "2026-01-10T09:30:00Z"))
        self.assertEqual(change["fields"], {"stage": "won", "amount": "12.50", "owner": "r001"})
        self.assertEqual(told[0]["not_used"], ["money.tax", "tags.0", "tags.1", "note"])
        self.assertIsNone(told[0]["dead_letter"])
        text = self.map(self.mapped, json.dumps(record)).stdout
        self.assertIn("deal D1  2026-01-10T09:30:00Z  record  stage=won amount=12.50 owner=r001", text)
        self.assertIn("not used: money.tax, tags.0, tags.1, note", text)

    def test_what_is_wrong_is_the_dead_letters_reason(self):
        good = {"kind": "opportunity", "id": "D1", "at": "2026-01-10T09:30:00Z", "stage": "Signed"}
        cases = {
            "no JSON": ('{"kind": ', "malformed"),
            "no rule": (json.dumps({**good, "kind": "task"}), "unmapped"),
            "a stage in no dictionary": (json.dumps({**good, "stage": "Lead"}), "unknown_stage"),
            "no time": (json.dumps({**good, "at": "soon"}), "bad_time"),
            "no id": (json.dumps({**good, "id": ""}), "missing_id"),
            "no number": (json.dumps({**good, "money": {"amount": "NaN"}}), "bad_number"),
            "bytes": (b"\xff\x00{", "invalid_utf8"),
        }
        for name, (sample, reason) in cases.items():
            with self.subTest(name):
                code, told = self.told(self.mapped, sample)
                self.assertEqual((code, told[0]["dead_letter"]["reason"]), (1, reason))
                self.assertEqual(told[0]["changes"], [])
                self.assertIn(f"dead letter: {reason}", self.map(self.mapped, sample).stdout)
        _, told = self.told(self.mapped, cases["a stage in no dictionary"][0])
        self.assertEqual(told[0]["in_no_dictionary"], ["stage: Lead"])

    def test_canonical_records_from_standard_input(self):
        lines = (deal(1, "2026-01-10T09:30:00Z", stage="new", colour="red") + "\n\n" +
                 deal(2, "2026-01-11T09:30:00Z", stage="nowhere") + "\n")
        with open(self.write("lines", lines), "rb") as stdin:
            done = self.map(self.plain, None, "--source", "crm", stdin=stdin)
        self.assertEqual(done.returncode, 1, done.stderr)
        self.assertIn("record at line 1\n  deal D1", done.stdout)
        self.assertIn("no field of the definition: deal.colour", done.stdout)
        self.assertIn("record at line 3\n  dead letter: unknown_stage", done.stdout)

    def test_rows_of_an_export(self):
        config = self.config(f"crm: {{file: in.csv, follow: true, mapping: {ROOT}/config/mappings/crm-export.yaml}}", name="export.yaml")
        rows = ("opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value,region\n"
                "D1,r001,GTX,A1,won,2026-01-02,2026-02-03,100,west\n")
        _, told = self.told(config, rows)
        self.assertEqual(told[0]["line"], 2)
        self.assertEqual(told[0]["not_used"], ["region"])

    def test_a_wrong_command_is_told_so(self):
        two = self.config("crm: {file: a.jsonl, follow: true}, past: {file: b.jsonl, follow: true}", name="two.yaml")
        cases = {
            "no such source": ([self.plain, "--source", "crmm"], 'did you mean "crm"'),
            "two sources": ([two], "--source crm or --source past"),
            "no such file": ([self.plain, "--sample", self.path("none")], "cannot read"),
            "nothing in it": ([self.plain, "--sample", self.write("empty", "\n\n")], "no record"),
            "a header of no form": ([self.plain, "--sample", self.write("one", "{}"), "--header", "x"], "NAME=VALUE"),
            "a time of no form": ([self.plain, "--sample", self.write("one", "{}"), "--record-time", "x"], "no time"),
        }
        for name, (words, text) in cases.items():
            with self.subTest(name):
                done = takt("map", *words)
                self.assertEqual(done.returncode, 2, done.stdout)
                self.assertIn(text, done.stderr)


if __name__ == "__main__":
    main()
