"""Rules that every dashboard of deploy/grafana keeps. Each rule takes a dashboard as Grafana's JSON has it and
yields what is wrong, in words; `check` runs them all and leaves out what the .lint file excludes."""

import re

SCREEN_STATS_MAX = 8
SCREEN_ROWS_MAX = 28      # of 30 pixels and a gap of 8: what 1080 pixels show in kiosk mode
SCREEN_VALUE_PIXELS = 60
COLUMNS = 24
UNITS = {"none", "percentunit", "s", "bytes", "cps"}
PEOPLE = re.compile(r"\b(sales_)?(owner|rep|person|people|user)\b")
COUNTER = re.compile(r"\b[a-z_]+_total\b")
SELECTOR = re.compile(r'(?<!")\b((?:sales|takt)_[a-z0-9_]+)(\{[^}]*\})?')


def panels(dashboard):
    return [panel for panel in dashboard["panels"] if panel["type"] != "row"]


def queries(panel):
    return [target["expr"] for target in panel.get("targets", [])]


def variables(dashboard):
    return {each["name"]: each for each in dashboard["templating"]["list"]}


def is_screen(dashboard):
    return dashboard["uid"].startswith("takt-screen")


def selected(expression):
    """[(name, {matchers})] of the series; labels that are grouped by are none."""
    return SELECTOR.findall(re.sub(r"\b(by|without|on) *\([^)]*\)", "", expression))


def bare(expression):
    """Without texts, label lists and what is in brackets: what is left are names and operators."""
    text = re.sub(r'"[^"]*"', "", expression)
    return re.sub(r"\b(by|without|on) *\([^)]*\)", "", text)


def uid_rule(dashboard):
    if not re.fullmatch(r"[a-z][a-z0-9-]{2,39}", str(dashboard.get("uid", ""))):
        yield f"uid {dashboard.get('uid')!r} is not fixed and readable"
    if dashboard.get("id") is not None:
        yield "a numeric id belongs to one Grafana"


def head_rule(dashboard):
    if dashboard.get("editable") is not False:
        yield "can be edited in the browser"
    for name in ("title", "description", "timezone", "refresh"):
        if not str(dashboard.get(name) or "").strip():
            yield f"has no {name}"
    if "takt" not in dashboard.get("tags", []):
        yield "has no tag takt"
    if not isinstance(dashboard.get("schemaVersion"), int):
        yield "has no schemaVersion"


def datasource_rule(dashboard):
    source = variables(dashboard).get("datasource", {})
    if (source.get("type"), source.get("query"), source.get("label")) != ("datasource", "prometheus", "Data Source"):
        yield "has no variable datasource with label Data Source"
    wanted = {"type": "prometheus", "uid": "${datasource}"}
    for panel in panels(dashboard):
        for owner in [panel, *panel.get("targets", [])]:
            if owner.get("datasource") != wanted:
                yield f"{panel['title']}: does not use $datasource"
    for each in dashboard["annotations"]["list"] + [v for v in variables(dashboard).values() if v["type"] == "query"]:
        if each.get("datasource") != wanted:
            yield f"{each['name']}: does not use $datasource"


def template_job_rule(dashboard):
    job = variables(dashboard).get("job", {})
    if job.get("type") != "query" or not job.get("label"):
        yield "has no variable job"


def template_instance_rule(dashboard):
    instance = variables(dashboard).get("instance", {})
    if instance.get("type") != "query" or not instance.get("multi"):
        yield "has no variable instance"


def template_refresh_rule(dashboard):
    for name, each in variables(dashboard).items():
        if each["type"] == "query" and each.get("refresh") != 2:
            yield f"variable {name}: is not read anew when the time range changes"
        if each["type"] == "custom" and not each.get("options"):
            yield f"variable {name}: has nothing to choose"


def panel_title_rule(dashboard):
    for panel in panels(dashboard):
        if not panel.get("title", "").strip():
            yield f"panel {panel['id']}: has no title"
        if len(panel.get("description", "").strip()) < 10:
            yield f"{panel.get('title')}: has no description"


def panel_unit_rule(dashboard):
    for panel in panels(dashboard):
        unit = panel["fieldConfig"]["defaults"].get("unit", "")
        if unit not in UNITS and not re.fullmatch(r"currency:?[A-Z]{3}", unit):
            yield f"{panel['title']}: unit {unit!r} is none that Grafana knows"


def panel_place_rule(dashboard):
    taken = set()
    ids = [panel["id"] for panel in dashboard["panels"]]
    if len(ids) != len(set(ids)):
        yield "two panels have one id"
    for panel in dashboard["panels"]:
        place = panel["gridPos"]
        cells = {(x, y) for x in range(place["x"], place["x"] + place["w"]) for y in range(place["y"], place["y"] + place["h"])}
        if cells & taken:
            yield f"{panel['title']}: lies over another panel"
        if place["x"] + place["w"] > COLUMNS:
            yield f"{panel['title']}: reaches beyond the right edge"
        taken |= cells


def panel_undefined_rule(dashboard):
    dash = {"type": "special", "options": {"match": "null+nan", "result": {"index": 0, "text": "–"}}}
    for panel in panels(dashboard):
        defaults = panel["fieldConfig"]["defaults"]
        if dash not in defaults.get("mappings", []) or defaults.get("noValue") != "–":
            yield f"{panel['title']}: an undefined value is not shown as –"
        calcs = panel.get("options", {}).get("reduceOptions", {}).get("calcs", ["last"])
        if panel["type"] == "stat" and calcs != ["last"]:
            yield f"{panel['title']}: {calcs} shows an older value in place of an undefined one"


def panel_override_rule(dashboard):
    for panel in panels(dashboard):
        refs = [target["refId"] for target in panel["targets"]]
        names = [target["legendFormat"] for target in panel["targets"]]
        if len(refs) != len(set(refs)) or not refs:
            yield f"{panel['title']}: queries have no names of their own"
        for each in panel["fieldConfig"].get("overrides", []):
            known = refs if each["matcher"]["id"] == "byFrameRefID" else names
            if each["matcher"]["options"] not in known:
                yield f"{panel['title']}: an override is for {each['matcher']['options']!r}, which is not there"


def rate_beside_n_rule(dashboard):
    """A share is never seen without the number of outcomes that it is of."""
    for panel in panels(dashboard):
        targets = panel["targets"]
        units = {each["matcher"]["options"]: prop["value"] for each in panel["fieldConfig"].get("overrides", [])
                 for prop in each["properties"] if prop["id"] == "unit"}
        default = panel["fieldConfig"]["defaults"].get("unit")
        shares = [t for t in targets if "_lower{" in t["expr"] or re.search(r"sales_[a-z]+_[a-z0-9_]*(ratio|conversion)[a-z0-9_]*\{", t["expr"])]
        rated = [t for t in shares if (units.get(t["refId"]) or units.get(t["legendFormat"]) or default) == "percentunit"]
        counts = [t for t in targets if re.fullmatch(r"n|.*: n", t["legendFormat"])]
        if rated and not counts:
            yield f"{panel['title']}: a share without n"


def target_job_rule(dashboard):
    for panel in panels(dashboard):
        for expression in queries(panel):
            for name, matchers in selected(expression):
                if 'job=~"$job"' not in matchers:
                    yield f"{panel['title']}: {name} is not selected by $job"


def target_instance_rule(dashboard):
    for panel in panels(dashboard):
        for expression in queries(panel):
            if 'instance=~"$instance"' not in expression:
                yield f"{panel['title']}: is not selected by $instance"


def target_replicas_rule(dashboard):
    """Replicas say the same: whatever is added up is first taken once."""
    for panel in panels(dashboard):
        for expression in queries(panel):
            names = [name for name, _ in selected(expression) if name.startswith("sales_")]
            for name in names:
                if not re.search(rf"max without \(instance, pod\) \({name}\{{", expression):
                    yield f"{panel['title']}: {name} counts twice when scraped twice"


def target_rate_interval_rule(dashboard):
    for panel in panels(dashboard):
        for expression in queries(panel):
            for function, interval in re.findall(r"\b(rate|irate|increase|delta)\([^\[]*\[([^\]]*)\]", expression):
                if interval != "$__rate_interval":
                    yield f"{panel['title']}: {function} over {interval}, not $__rate_interval"


def target_counter_agg_rule(dashboard):
    for panel in panels(dashboard):
        for expression in queries(panel):
            for counter in COUNTER.findall(bare(expression)):
                if not re.search(rf"\b(rate|increase)\({counter}\{{", expression):
                    yield f"{panel['title']}: {counter} is a counter and has no rate"


def people_rule(dashboard):
    for panel in panels(dashboard):
        for text in queries(panel) + [panel["title"]]:
            if PEOPLE.search(text):
                yield f"{panel['title']}: names people"
    for name in variables(dashboard):
        if PEOPLE.search(name):
            yield f"variable {name}: names people"


def screen_rule(dashboard):
    if not is_screen(dashboard):
        return
    shown = panels(dashboard)
    if len(shown) > SCREEN_STATS_MAX:
        yield f"{len(shown)} values are more than are read in passing"
    if dashboard.get("style") != "dark":
        yield "is not dark"
    if dashboard.get("refresh") not in ("30s", "1m"):
        yield f"refresh {dashboard.get('refresh')!r} is not 30 to 60 s"
    for name, each in variables(dashboard).items():
        if each.get("hide") != 2:
            yield f"variable {name}: a wall has nobody to operate it"
    if max(panel["gridPos"]["y"] + panel["gridPos"]["h"] for panel in shown) > SCREEN_ROWS_MAX:
        yield "has to be scrolled"
    for panel in shown:
        if panel["type"] != "stat":
            yield f"{panel['title']}: a {panel['type']} is not read from 5 m"
        elif panel["options"].get("text", {}).get("valueSize", 0) < SCREEN_VALUE_PIXELS:
            yield f"{panel['title']}: letters are too small for 5 m"
    as_of = [panel for panel in shown if any("takt_data_as_of_timestamp_seconds" in each for each in queries(panel))]
    red = [step for panel in as_of for step in panel["fieldConfig"]["defaults"]["thresholds"]["steps"] if step["color"] == "red"]
    if not red or as_of[0]["options"].get("colorMode") != "background":
        yield "has no \"data as of\" that turns red"


RULES = {name[:-len("_rule")].replace("_", "-") + "-rule": rule for name, rule in list(globals().items()) if name.endswith("_rule")}


def read_exclusions(text):
    """{(rule, dashboard's title): panels, or None for all} of a .lint file; an exclusion without a reason is an error."""
    excluded, rule, reason = {}, None, False
    for line in text.splitlines():
        if found := re.fullmatch(r"  ([a-z-]+-rule):", line):
            if rule and not reason:
                raise ValueError(f"{rule} is excluded without a reason")
            rule, reason = found.group(1), False
        elif line.strip().startswith("reason: "):
            reason = len(line.strip()) > len("reason: ") + 10
        elif found := re.fullmatch(r' +- dashboard: "(.*)"', line):
            key = (rule, found.group(1))
            excluded.setdefault(key, None)
        elif found := re.fullmatch(r" +panel: (.*)", line):
            excluded[key] = (excluded[key] or []) + [found.group(1)]
    if rule and not reason:
        raise ValueError(f"{rule} is excluded without a reason")
    unknown = {rule for rule, _ in excluded} - set(RULES)
    if unknown:
        raise ValueError(f"there are no rules {sorted(unknown)}")
    return excluded


def check(dashboard, exclusions=None):
    """[(rule, what is wrong)]"""
    found = []
    for name, rule in RULES.items():
        key = (name, dashboard.get("title"))
        if exclusions and key in exclusions and exclusions[key] is None:
            continue
        skipped = (exclusions or {}).get(key) or []
        found += [(name, text) for text in rule(dashboard) if text.split(":")[0] not in skipped]
    return found
