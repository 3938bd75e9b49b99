"""`takt init` on exports as CRMs write them: right columns, right numbers, or an error that helps."""

import os
import re

from program import Folder, WRONG_SECONDS, main, takt, wait_for


class Export:
    """An export and what it must say."""

    def __init__(self, name, content, *options, **expected):
        self.name = name
        self.content = content if isinstance(content, bytes) else content.encode()
        self.options = options
        self.expected = expected


def rows(*lines, end="\n"):
    return end.join(lines) + end


# Two won (10 and 20 days, 1,200.50 and 799.50), one lost, one open, unless said otherwise.
USUAL = dict(won=2, lost=1, win_ratio=66.7, booked="2,000", cycle=15.0, open=1)

EXPORTS = [
    Export("comma_iso", rows(
        "opportunity_id,sales_agent,product,account,deal_stage,engage_date,close_date,close_value",
        "A1,Ann,P1,X,Won,2026-01-01,2026-01-11,1200.50", "A2,Bob,P2,Y,Won,2026-01-01,2026-01-21,799.50",
        "A3,Bob,P1,,Lost,2026-01-05,2026-01-09,0", "A4,Ann,P2,Z,Engaging,2026-01-15,,"), **USUAL),
    Export("bom_crlf_us_dates_dollars_quotes", b"\xef\xbb\xbf" + rows(
        'Opportunity ID,Opportunity Name,Stage,Amount,Created Date,Close Date,Opportunity Owner,Account Name',
        '006A,"Acme, Inc. ""big""",Closed Won,"$1,200.50",1/1/2026,1/11/2026,"Doe, Ann",X',
        "006B,Small,Closed Won,$799.50,1/1/2026,1/21/2026,Bob,Y",
        "006C,Gone,Closed Lost,$0.00,1/5/2026,1/9/2026,Bob,Y",
        '006D,Hope,Proposal/Price Quote,"$12,000.00",1/15/2026,3/31/2027,Bob,X', end="\r\n").encode(),
        currency="USD", **USUAL),
    Export("semicolon_decimal_comma", rows(
        "Deal ID;Deal Name;Deal Stage;Betrag;Created;Closed;Owner",
        "1;A;Gewonnen;1.200,50 €;01.01.2026;11.01.2026;Ann", "2;B;Gewonnen;799,50 €;01.01.2026;21.01.2026;Bob",
        "3;C;Verloren;0,00 €;05.01.2026;09.01.2026;Bob", "4;D;Angebot;5.000,00 €;15.01.2026;;Ann"),
        currency="EUR", **USUAL),
    Export("tabs", rows(
        "id\tstatus\tvalue\tcreated\tclosed", "1\twon\t1200.50\t2026-01-01\t2026-01-11",
        "2\twon\t799.50\t2026-01-01\t2026-01-21", "3\tlost\t\t2026-01-05\t2026-01-09", "4\topen\t50\t2026-01-15\t"),
        **USUAL),
    Export("status_beside_stage", rows(
        "Deal - ID,Deal - Title,Deal - Stage,Deal - Status,Deal - Value,Deal - Currency,Deal - Owner,"
        "Deal - Deal created,Deal - Deal closed on",
        "1,A,Negotiations Started,Won,1200.50,GBP,Ann,2026-01-01 09:00:00,2026-01-11 09:00:00",
        "2,B,Proposal Made,Won,799.50,GBP,Bob,2026-01-01 10:00:00,2026-01-21 10:00:00",
        "3,C,Proposal Made,Lost,10,GBP,Bob,2026-01-05 10:00:00,2026-01-09 10:00:00",
        "4,D,Contact Made,Open,10,GBP,Bob,2026-01-15 10:00:00,"),
        currency="GBP", notes=["  currency Deal - Currency\n"], **USUAL),
    Export("codes_beside_amounts", rows(
        "id,stage,amount,created,closed", '1,won,"EUR 1,200.50",2026-01-01,2026-01-11', "2,won,799.50 EUR,2026-01-01,2026-01-21",
        "3,lost,EUR 0,2026-01-05,2026-01-09", "4,open,50,2026-01-15,"), currency="EUR", **USUAL),
    Export("currencies_taken_for_one", rows(
        "id,stage,amount,created,closed", '1,won,"$1,200.50",2026-01-01,2026-01-11', "2,won,799.50 EUR,2026-01-01,2026-01-21",
        "3,lost,EUR 0,2026-01-05,2026-01-09", "4,open,50,2026-01-15,"), "--currency", "USD", currency="USD",
        notes=["no column says which is which; all are taken for USD"], **USUAL),
    Export("internal_stage_names", rows(
        "Record ID,Deal Name,Deal Stage,Amount,Create Date,Close Date,Deal owner",
        "11,A,closedwon,1200.50,2026-01-01 08:00,2026-01-11 08:00,Ann",
        "12,B,closedwon,799.50,2026-01-01 08:00,2026-01-21 08:00,Bob",
        "13,C,closedlost,10,2026-01-05 08:00,2026-01-09 08:00,Bob",
        "14,D,appointmentscheduled,10,2026-01-15 08:00,2026-02-20 08:00,Bob"), **USUAL),
    Export("estimated_beside_actual", rows(
        "Opportunity Number,Topic,Status,Est. Revenue,Actual Revenue,Est. Close Date,Actual Close Date,Created On,Owner",
        "1,A,Won,9000,1200.50,12/31/2026,1/11/2026,1/1/2026,Ann", "2,B,Won,9000,799.50,12/31/2026,1/21/2026,1/1/2026,Bob",
        "3,C,Lost,9000,0,12/31/2026,1/9/2026,1/5/2026,Bob", "4,D,Open,9000,,12/31/2026,,1/15/2026,Bob"), **USUAL),
    Export("no_id_but_names", rows(
        "Opportunity Owner,Account Name,Opportunity Name,Stage,Amount,Expected Revenue,Probability (%),Close Date,"
        "Created Date,Lead Source",
        "Ann,X,First,Closed Won,1200.50,1200.50,100,2026-01-11,2026-01-01,Web",
        "Bob,X,Second,Closed Won,799.50,799.50,100,2026-01-21,2026-01-01,Web",
        "Bob,Y,Third,Closed Lost,10,0,0,2026-01-09,2026-01-05,Event",
        "Bob,Y,Fourth,Qualification,10,1,10,2026-05-09,2026-01-15,Event"), **USUAL),
    Export("two_digit_years_and_unknown_columns", rows(
        "id,stage,amount,start date,end date,xyzzy,Notes", '1,won,1200.50,1/1/26,1/11/26,,"two\nlines"',
        "2,won,799.50,1/1/26,1/21/26,7,", "3,lost,0,1/5/26,1/9/26,,", "4,new,,1/15/26,,,"), **USUAL),
    Export("padded_cells", rows(
        "id, stage ,amount,created,closed", "1, Won ,1200.50,2026-01-01, 2026-01-11", "2,Won,799.50,2026-01-01,2026-01-21",
        "3,Lost ,0,2026-01-05,2026-01-09", "4, Open,,2026-01-15, "), **USUAL),
    Export("hard_column_names", rows(
        "key,topic,item,stage,value,record_time,as_of", '1,a,b,won,1200.50,x,y', "2,a,b,won,799.50,x,y",
        "3,a,b,lost,0,x,y", "4,a,b,open,1,x,y"),
        "--column", "created=record_time", won=None, error="record_time"),
    Export("date_of_one_column_settles_the_other", rows(
        "id,stage,amount,created,closed", "1,won,1200.50,01/02/2026,11/02/2026", "2,won,799.50,01/02/2026,21/02/2026",
        "3,lost,0,05/02/2026,09/02/2026", "4,open,1,06/02/2026,"), **USUAL),
    Export("rows_without_dates", rows(
        "id,stage,amount,created,closed", "1,won,1200.50,2026-01-01,2026-01-11", "2,won,799.50,2026-01-01,2026-01-21",
        "3,lost,0,,", "4,open,1,,"), notes=["2 rows have no date"], **USUAL),
    Export("closed_before_begun", rows(
        "id,stage,amount,created,closed", "1,won,1200.50,2026-01-01,2026-01-16", "2,won,799.50,2026-01-20,2026-01-11",
        "3,lost,0,2026-01-05,2026-01-09", "4,open,1,2026-01-02,"), notes=["1 row was decided before it began"],
        **USUAL),
    Export("doubled_rows", rows(
        "id,stage,amount,created,closed", "1,won,1200.50,2026-01-01,2026-01-11", "1,won,1200.50,2026-01-01,2026-01-11",
        "2,won,799.50,2026-01-01,2026-01-21", "3,lost,0,2026-01-05,2026-01-09", "4,open,1,2026-01-02,"),
        notes=["1 row repeats an id"], **USUAL),
    Export("empty_stage_and_broken_rows", rows(
        "id,stage,amount,created,closed", "1,won,1200.50,2026-01-01,2026-01-11", "2,won,799.50,2026-01-01,2026-01-21",
        "3,lost,0,2026-01-05,2026-01-09", "4,open,1,2026-01-02,", "5,,7,2026-01-02,2026-01-03", "6,won", ",won,1,2026-01-02,2026-01-03"),
        notes=["1 row has no stage", "1 row has no id", "1 row has another number of cells", "3 dead letters"], **USUAL),
    Export("amounts_that_are_none", rows(
        "id,stage,amount,created,closed", '1,won,"1,200.50",2026-01-01,2026-01-11', "2,won,799.50,2026-01-01,2026-01-21",
        "3,lost,-,2026-01-05,2026-01-09", "4,open,n/a,2026-01-02,"), **USUAL),
    Export("groups_without_decimals", rows(
        "id;stage;amount;created;closed", "1;won;1.200;2026-01-01;2026-01-11", "2;won;800;2026-01-01;2026-01-21",
        "3;lost;0;2026-01-05;2026-01-09", "4;open;12.000;2026-01-02;"), **USUAL),
    Export("texts_that_are_not_utf8", rows(
        "id,stage,amount,created,closed,region", "1,won,1200.50,2026-01-01,2026-01-11,A", "2,won,799.50,2026-01-01,2026-01-21,B",
        "3,lost,0,2026-01-05,2026-01-09,A", "4,open,1,2026-01-02,,B").encode() + b"5,won,1,2026-01-02,2026-01-03,M\xfcnchen\n",
        notes=["invalid_utf8 1"], **USUAL),
    Export("labels_that_need_quotes", rows(
        "id,stage,amount,created,closed,Owner,Lead Source", '1,"Won: ""yes"" #1",1200.50,2026-01-01,2026-01-11,"O\'Hara, ""Ann""",{web}',
        '2,"Won: ""yes"" #1",799.50,2026-01-01,2026-01-21,back\\slash,[x]', '3,"Lost, sadly",0,2026-01-05,2026-01-09,"two\nlines",&a',
        "4,- open,1,2026-01-02,,~,*b"), **dict(USUAL, lost=0, win_ratio=100.0), notes=["1 dead letter"]),
    Export("german", rows(
        "Vorgangsnummer;Bezeichnung;Status;Auftragswert;Angelegt am;Abgeschlossen am;Verantwortlich;Kunde",
        "V-1;A;Gewonnen;1.200,50 €;1.1.2026;11.1.2026;Ann;K", "V-2;B;Gewonnen;799,50 €;1.1.2026;21.1.2026;Bob;K",
        "V-3;C;geschlossen - verloren;0,00 €;5.1.2026;9.1.2026;Bob;L", "V-4;D;Angebot;5.000,00 €;15.1.2026;;Ann;L",
        end="\r\n"), currency="EUR", notes=["  created  Angelegt am\n", "  owner    Verantwortlich\n"], **USUAL),
    Export("french", rows(
        "Identifiant;Nom;Statut;Montant;Date de création;Date de clôture;Responsable;Compte",
        "1;A;Gagné;1\u202f200,50 €;01/01/2026 09:00;11/01/2026 09:00;Ann;K",
        "2;B;Gagné;799,50 €;01/01/2026 09:00;21/01/2026 09:00;Bob;K",
        "3;C;Perdu;0,00 €;05/01/2026 09:00;09/01/2026 09:00;Bob;L", "4;D;Proposition;5,00 €;15/01/2026 09:00;;Ann;L"),
        **USUAL),
    Export("spanish", rows(
        "id_oportunidad,nombre,etapa,importe,fecha_creacion,fecha_cierre", "1,A,Ganada,1200.50,2026-01-01,2026-01-11",
        "2,B,Ganada,799.50,2026-01-01,2026-01-21", "3,C,Perdida,0,2026-01-05,2026-01-09", "4,D,Propuesta,1,2026-01-15,"),
        **USUAL),
    Export("swedish", rows(
        "Affärs-ID;Namn;Status;Belopp;Skapad;Stängd", "1;A;Vunnen;1 200,50;2026-01-01;2026-01-11",
        "2;B;Vunnen;799,50;2026-01-01;2026-01-21", "3;C;Förlorad;0;2026-01-05;2026-01-09", "4;D;Offert;1;2026-01-15;"),
        **USUAL),
    Export("names_of_an_api", rows(
        "Id,Name,StageName,Amount,CreatedDate,CloseDate,OwnerId,AccountId,IsWon,IsClosed,CurrencyIsoCode",
        "1,A,Closed Won,1200.50,2026-01-01T08:00:00.000+0000,2026-01-11T08:00:00.000+0000,u1,a1,true,true,USD",
        "2,B,Closed Won,799.50,2026-01-01T08:00:00.000+0000,2026-01-21T08:00:00.000+0000,u1,a1,true,true,USD",
        "3,C,Closed Lost,10,2026-01-05T08:00:00.000+0000,2026-01-09T08:00:00.000+0000,u1,a1,false,true,USD",
        "4,D,Qualification,1,2026-01-15T08:00:00.000+0000,2026-03-09T08:00:00.000+0000,u1,a1,false,false,USD"),
        currency="USD", **USUAL),
    Export("days_of_a_spreadsheet", rows(
        "ID;Phase;Betrag;Erstellt;Geschlossen", "1;Abschluss - gewonnen;1200.50;46023.25;46033.25",
        "2;Abschluss - gewonnen;799.50;46023;46043", "3;Abschluss - verloren;0;46027;46031", "4;Angebot;1;46037;"), **USUAL),
    Export("currency_in_the_name", rows(
        "id,stage,Amount (GBP),created,closed", "1,won,1200.50,2026-01-01,2026-01-11", "2,won,799.50,2026-01-01,2026-01-21",
        "3,lost,0,2026-01-05,2026-01-09", "4,open,1,2026-01-02,"), currency="GBP", **USUAL),
    Export("only_rows_tell_the_id", rows(
        "Account ID,Opportunity,Outcome,Value,Opened,Closed", "K,Acme 2026,Won - Renewal,\"£1,200.50\",01 Jan 2026,11 Jan 2026",
        "K,Bolt,Won - New,£799.50,01 Jan 2026,21 Jan 2026", "K,Cask,Lost - Price,£5.00,05 Jan 2026,09 Jan 2026",
        "L,Dent,Pending,£5.00,15 Jan 2026,"), currency="GBP", notes=["  id       Opportunity\n"], **USUAL),
    Export("flags_say_what_cannot_be_told", rows(
        "nr,Zustand,created,closed,wert", "1,Fertig,2026-01-01,2026-01-11,1200.50", "2,Fertig,2026-01-01,2026-01-21,799.50",
        "3,Aus,2026-01-05,2026-01-09,0", "4,Neu,2026-01-02,,1"),
        "--column", "id=nr", "--column", "stage=Zustand", "--column", "amount=wert", "--won", "Fertig", "--lost", "Aus", **USUAL),
]

ERRORS = [
    Export("no_stage", rows("id,name", "1,a", "2,b"), error="say --column stage=COLUMN. The columns are: id, name"),
    Export("no_id", rows("stage,created", "won,2026-01-01", "lost,2026-01-01"), error="--column id=COLUMN"),
    Export("ambiguous_dates", rows("id,stage,created", "1,won,01/02/2026", "2,lost,03/04/2026"),
           error="--date-format %m/%d/%Y or --date-format %d/%m/%Y"),
    Export("no_dates", rows("id,stage", "1,won", "2,lost"), error="--column created=COLUMN"),
    Export("empty", b"", error="no row of data"),
    Export("header_only", rows("id,stage,created"), error="no row of data"),
    Export("doubled_column", rows("id,stage,stage", "1,won,won"), error="twice"),
    Export("unknown_column", rows("id,stage,created", "1,won,2026-01-01"), "--column", "stage=Stagee",
           error='no column "Stagee"; the columns are: id, stage, created'),
    Export("unknown_role", rows("id,stage,created", "1,won,2026-01-01"), "--column", "colour=stage", error="the roles are"),
    Export("unknown_stage", rows("id,stage,created", "1,won,2026-01-01"), "--won", "Wonn", error='no stage "Wonn"; the values are: won'),
    Export("binary", bytes(range(256)) * 100, error="export.csv"),
    Export("latin_1", rows("Nummer;Status;Zuständig;Angelegt", "1;gewonnen;Ann;01.01.2026").encode("latin-1"),
           error="iconv -f WINDOWS-1252 -t UTF-8"),
    Export("utf_16", rows("id,stage,created", "1,won,2026-01-01").encode("utf-16"), error="iconv -f UTF-16 -t UTF-8"),
    Export("bad_currency", rows("id,stage,created", "1,won,2026-01-01"), "--currency", "EURO", error="EURO"),
    Export("currencies_by_sign", rows("id,stage,amount,created", '1,won,"$1,200",2026-01-01', "2,won,€900,2026-01-02",
                                      "3,lost,€1,2026-01-03"),
           error='column "amount" has amounts in EUR, USD, and no column says which is which'),
    Export("currencies_by_code", rows("id,stage,amount,created", '1,won,"$1,200",2026-01-01', "2,won,EUR 900,2026-01-02",
                                      "3,lost,12 CHF,2026-01-03"),
           error='column "amount" has amounts in CHF, EUR, USD, and no column says which is which'),
    Export("bad_zone", rows("id,stage,created", "1,won,2026-01-01"), "--time-zone", "Mars/Base", error="Mars/Base"),
]


def last_column(output, name):
    """The value over all time of a row of the first table, which is the company's."""
    table = output[output.index("\ncompany"):].split("\n\n")[0]
    for line in table.splitlines():
        cells = re.split(r"\s{2,}", line.strip())
        if cells[0] == name:
            return cells[-1]
    return None


class Exports(Folder):
    def init(self, export):
        path = self.write("export.csv", export.content)
        folder = self.path(export.name)
        return folder, takt("init", path, "--folder", folder, "--yes", *export.options)

    def test_right_numbers(self):
        for export in EXPORTS:
            if "error" in export.expected:
                continue
            with self.subTest(export.name):
                self.check(export)

    def check(self, export):
        folder, done = self.init(export)
        self.assertEqual(done.returncode, 0, done.stderr + done.stdout)
        self.assertEqual(done.stderr, "")
        expected = export.expected
        currency = expected.get("currency", "EUR")
        out = done.stdout
        found = dict(won=int(last_column(out, "won")), lost=int(last_column(out, "lost")),
                     win_ratio=float(last_column(out, "win_ratio").split()[0]), booked=last_column(out, f"booked {currency}"),
                     cycle=float(last_column(out, "cycle mean").split()[0]), open=int(last_column(out, "open_deals")))
        self.assertEqual(found, {key: expected[key] for key in found}, out)
        for note in expected.get("notes", []):
            self.assertIn(note, out)
        check = takt("check", os.path.join(folder, "takt.yaml"))
        self.assertEqual(check.returncode, 0, check.stderr)

    def test_errors_help(self):
        for export in ERRORS + [export for export in EXPORTS if "error" in export.expected]:
            with self.subTest(export.name):
                _, done = self.init(export)
                self.assertEqual(done.returncode, 2, done.stderr + done.stdout)
                self.assertLess(done.seconds, WRONG_SECONDS)
                self.assertIn(export.expected["error"], done.stderr)

    def test_a_column_that_is_named_well_and_cannot_be_read_is_told(self):
        export = Export("notes", rows("id,stage,Umsatz,created,Closed", "1,won,ten francs,2026-01-01,eventually",
                                      "2,lost,twenty,2026-01-02,soon"))
        _, done = self.init(export)
        self.assertEqual(done.returncode, 0, done.stderr)
        self.assertIn('"Umsatz" is named like the column amount, but cannot be read as that: "ten francs"', done.stdout)
        self.assertIn('"Closed" is named like the column closed, but cannot be read as that: "eventually"', done.stdout)

    def test_files_are_not_replaced_without_force(self):
        export = EXPORTS[0]
        self.assertEqual(self.init(export)[1].returncode, 0)
        folder, again = self.init(export)
        self.assertEqual(again.returncode, 2)
        self.assertIn("--force", again.stderr)
        self.assertEqual(takt("init", self.path("export.csv"), "--folder", folder, "--yes", "--force").returncode, 0)

    def test_made_configuration_runs(self):
        folder, done = self.init(EXPORTS[0])
        self.assertEqual(done.returncode, 0, done.stderr)
        engine = self.engine(os.path.join(folder, "takt.yaml")).start()
        wait_for("the win ratio", lambda: b'company_win_ratio{window="all"} 0.6666'
                 in engine.page("/kpis?at=2026-01-31T00:00:00Z"))

    def test_file_that_is_not_there(self):
        done = takt("init", self.path("nope.csv"), "--yes")
        self.assertEqual(done.returncode, 2)
        self.assertIn("nope.csv", done.stderr)


if __name__ == "__main__":
    main()
