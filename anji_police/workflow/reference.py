"""Loads the rules of every app and the working-day calendar; never touches what an administrator entered."""

import csv
from collections import defaultdict
from datetime import date

from django.conf import settings

from anji_police.workflow import rules, services
from anji_police.workflow.models import CalendarYear, Rule

# The State Council's notices on the holidays of each year.
NOTICES = {
    2020: "国办发明电〔2019〕16号、〔2020〕1号",
    2021: "国办发明电〔2020〕27号",
    2022: "国办发明电〔2021〕11号",
    2023: "国办发明电〔2022〕16号",
    2024: "国办发明电〔2023〕7号",
    2025: "国办发明电〔2024〕12号",
    2026: "国办发明电〔2025〕7号",
}


def load(stdout) -> None:
    known = set(Rule.objects.values_list("code", flat=True))
    fresh = [
        Rule(
            code=s.code,
            label=s.label,
            value=s.value,
            unit=s.unit,
            article=s.article,
            valid=(s.valid_from, s.valid_to),
        )
        for s in rules.specs()
        if s.code not in known
    ]
    Rule.objects.bulk_create(fresh)
    years: dict[int, dict] = defaultdict(dict)
    with (settings.DATA_DIR / "calendar.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            day = date.fromisoformat(row["day"])
            years[day.year][day] = (row["is_working"] == "1", row["name"])
    entered = set(CalendarYear.objects.values_list("year", flat=True))
    for year, days in years.items():
        if year not in entered:
            services.enter_calendar_year(year=year, days=days, source=NOTICES[year], actor=None)
    stdout.write(f"{len(fresh)} rules and {len(set(years) - entered)} calendar years were entered.")
