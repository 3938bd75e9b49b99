"""Reads as much of rule files, promtool tests and PromQL as the tests of deploy/ need.

Not a YAML parser: it relies on how the files of deploy/ are laid out (a rule begins with "- alert:"
or "- record:", its keys are one level deeper); that they are valid, promtool says. What is not
understood fails a test.
"""

import re

# An aggregation may have its grouping between its name and what it is of.
_WORDS = {"and", "or", "unless", "bool", "offset", "inf", "nan",
          "sum", "max", "min", "count", "avg"}
_GROUPING = re.compile(r"\b(?:without|by|on|ignoring|group_left|group_right)\s*\([^)]*\)")
_STRING = re.compile(r'"(?:[^"\\]|\\.)*"')
_SELECTOR = re.compile(r"([a-zA-Z_:][a-zA-Z0-9_:]*)\{([^}]*)\}")
_IDENTIFIER = re.compile(r"[a-zA-Z_:][a-zA-Z0-9_:]*")
_MATCHER = re.compile(r'([a-zA-Z_][a-zA-Z0-9_]*)\s*(=~|!~|!=|=)\s*"([^"]*)"')
_QUERY = re.compile(r'query \\"((?:[^"\\]|\\[^"])*)\\"')


class Rule:
    """One alert or recording rule: kind, name, and the text of each of its keys."""

    def __init__(self, kind, name, text):
        self.kind = kind
        self.name = name
        self.text = text

    def key(self, name):
        """The value of a key, block scalars included; None where the rule has no such key."""
        found = re.search(rf"^( +){name}: *(.*(?:\n(?:\1 +.*)?)*)", self.text, re.MULTILINE)
        return re.sub(r"^(?:\|[0-9]?|>-)\n", "", found.group(2)).strip() if found else None

    def expressions(self):
        """Its own, and those that its annotations ask."""
        asked = [query.replace('\\"', '"') for query in _QUERY.findall(self.text)]
        return [self.key("expr")] + asked


def read_rules(text):
    parts = re.split(r"^ +- (alert|record): (.+)$", without_comments(text), flags=re.MULTILINE)
    return [Rule(*parts[i:i + 3]) for i in range(1, len(parts), 3)]


def without_comments(text):
    return re.sub(r"^ *#.*\n", "", text, flags=re.MULTILINE)


def metrics_in(expression):
    """Names of all series in a PromQL expression."""
    bare = _STRING.sub(" ", _GROUPING.sub(" ", expression))
    bare = re.sub(r"\{[^}]*\}|\[[^\]]*\]", "", bare)
    bare = re.sub(r"(?<![a-zA-Z_:0-9])[0-9][0-9.a-z]*", " ", bare)
    return {found.group() for found in _IDENTIFIER.finditer(bare)
            if not _is_call(found) and found.group().lower() not in _WORDS}


def _is_call(found):
    return found.string[found.end():].lstrip().startswith("(")


def selectors_in(expression):
    """(name, [(label, operator, value)]) of all series selected with matchers."""
    return [(name, _MATCHER.findall(matchers)) for name, matchers in _SELECTOR.findall(expression)]


def read_checks(text):
    """Of a promtool test file: [(test's name, alert, eval_time in minutes, fires)], in order."""
    checks = []
    for test in re.split(r"^  - name: ", without_comments(text), flags=re.MULTILINE)[1:]:
        title = test.splitlines()[0].strip('"')
        for part in test.split("- eval_time: ")[1:]:
            alert = re.search(r"alertname: (\S+)", part)
            minutes = re.match(r"([0-9]+)m", part)
            if alert and minutes:
                fires = "exp_alerts: []" not in part
                checks.append((title, alert.group(1), int(minutes.group(1)), fires))
    return checks


def read_page(text):
    """Of a page of metrics: {name: [labels of each series]}."""
    series = {}
    for line in text.splitlines():
        found = re.match(r"([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? ", line)
        if found and not line.startswith("#"):
            labels = dict(re.findall(r'([a-zA-Z_]+)="((?:[^"\\]|\\.)*)"', found.group(2) or ""))
            series.setdefault(found.group(1), []).append(labels)
    return series


def alternatives(pattern):
    """Expands a|b and a(b|c)d to the words that it matches."""
    group = re.search(r"\(([^()]*)\)", pattern)
    if group:
        before = re.split(r"\|", pattern[:group.start()])
        after = re.split(r"\|", pattern[group.end():])
        words = [before[-1] + middle + after[0] for middle in group.group(1).split("|")]
        rest = [alternatives(each) for each in before[:-1] + after[1:] if each]
        return words + [word for each in rest for word in each]
    return pattern.split("|")
