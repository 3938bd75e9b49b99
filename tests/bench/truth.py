"""What the KPIs of the pipeline benchmark must be, by a pass over the generator's CSV that shares no code with the
engine: per deal the latest stage and the latest amount by event time decide."""

OPEN = {"new", "qualified", "proposal", "contract"}

# After the last record, so that its day's and all longer windows hold every outcome.
AT = "2026-01-03T00:00:00Z"


def truth_of(lines):
    """{"at": moment, "series": {series: value}, "open": open deals} of the records."""
    columns = next(lines).rstrip("\r\n").split(",")
    id_at, op_at, time_at, stage_at, amount_at = map(columns.index, ("id", "op", "time", "stage", "amount"))
    created = set()
    stages = {}   # id -> (time, stage); times of one form compare as text
    amounts = {}  # id -> (time, cents)
    for line in lines:
        row = line.split(",")  # the load has no quoted values
        key, moment = row[id_at], row[time_at]
        if row[op_at] == "record":
            created.add(key)
        if row[stage_at] and (key not in stages or stages[key][0] <= moment):
            stages[key] = (moment, row[stage_at])
        if row[amount_at] and (key not in amounts or amounts[key][0] <= moment):
            amounts[key] = (moment, int(row[amount_at].replace(".", "")))
    count = {"open": 0, "won": 0, "lost": 0}
    cents = {"open": 0, "won": 0, "lost": 0}
    for key in created:
        stage = stages[key][1]
        kind = "open" if stage in OPEN else stage
        count[kind] += 1
        cents[kind] += amounts[key][1]
    window = '{window="90d"}'
    return {
        "at": AT,
        "open": count["open"],
        "series": {
            "sales_company_open_deals": count["open"],
            "sales_company_open_pipeline": cents["open"] / 100,
            f"sales_company_won{window}": count["won"],
            f"sales_company_closed{window}": count["won"] + count["lost"],
            f"sales_company_win_ratio{window}": count["won"] / (count["won"] + count["lost"]),
            f"sales_company_booked{window}": cents["won"] / 100,
        },
    }
