"""What a text says about the data: the report's own words, over all rows, and still numbers."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from core.document.gather import SectionGatherer
from core.document.model import ReportDocument, Section, SectionHead
from core.document.presentation import columns_of
from core.errors import TemplateError
from core.mail.template_figures import Earlier, document_values, expected_values, is_changed
from core.mail.templates import asked_of, check_template, render_body, render_subject, sample_variables
from tests.mail.reports import make_document, make_head, make_section

TABLE = pa.table(
    {
        "airline": pa.array(["United", "Delta", None]),
        "day": pa.array([date(2013, 6, 24), date(2013, 6, 23), None]),
        "departures": pa.array([1189, 978, 1], pa.int64()),
        "on_time": pa.array([0.8625, 0.5, None]),
        "fare_eur": pa.array([Decimal("10.05"), Decimal("0.10"), None], pa.decimal128(20, 2)),
    }
)


def gathered(templates: list[str], table: pa.Table = TABLE, *, rows: int = 2, **previous: Any) -> Section:
    head = SectionHead("q1", "Airlines", columns_of(table.schema, sample=table.to_batches()[0]))
    gatherer = SectionGatherer(head, asked=asked_of(templates).totals)
    for batch in table.to_batches(max_chunksize=rows):
        gatherer.add(batch)
    return gatherer.finish(previous_kpis=previous or None)


def said(template: str, earlier: Earlier | None = None, *, locale: str = "en_GB", **previous: Any) -> str:
    section = gathered([template], **previous)
    document = ReportDocument(make_head(locale=locale), (section,))
    return render_body(template, sample_variables(data=document_values(document, earlier)), locale=locale)


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ('{{ sum("departures") }}', "2,168"),
        ('{{ sum("departures") * 2 }}', "4336.0"),
        ('{{ avg("on_time") }} {{ avg("on_time")|percent(2) }}', "68.1% 68.13%"),
        ('{{ first.on_time }} {{ first.on_time|number(3) }}', "86.3% 0.863"),
        ('{{ min("day") }} {{ max("day")|date("d.M.yyyy") }}', "23 Jun 2013 24.6.2013"),
        ('{{ max("airline") }} {{ first.airline|upper }}', "United UNITED"),
        ('{{ sum("fare_eur") }} {{ sum("fare_eur")|currency("EUR") }}', "\u20ac10.15 \u20ac10.15"),
        ('{% if sum("departures") > 2000 %}many{% endif %}', "many"),
        ('{{ sum("airline") }} {{ sum("airline")|default("no sum") }}', "\u2014 no sum"),
        ("{{ rows }} {{ columns }} {{ is_empty }} {{ first.day < today }}", "3 5 False False"),
        ("{{ kpi.rows.value }} {{ kpi.departures.value }}", "3 2,168"),
        ("{{ kpi.departures.delta|default('first run') }}", "first run"),
        ("{{ 3900|duration }} {{ 0.042|delta }} {{ (-0.042)|delta }}", "1 h 05 min \u25b2 4.2% \u25bc 4.2%"),
    ],
)  # fmt: skip
def test_figures_print_as_the_report_shows_them_and_reckon_as_numbers(template: str, text: str) -> None:
    assert said(template) == text


def test_changes_are_counted_from_the_run_before() -> None:
    template = "{{ kpi.departures.previous }} {{ kpi.departures.delta }} {{ kpi.departures.delta_pct|delta }}"
    assert said(template, **{"sum:departures": 2000}) == "2,000 +168 \u25b2 8.4%"
    assert said("{{ rows_delta }} {{ rows_delta|delta }}", Earlier(rows=5)) == "\u22122 \u25bc 2"
    assert said("{{ rows_delta }}{{ rows_delta|delta }}") == "\u2014"
    document = make_document()
    values = sample_variables(data=document_values(document))
    text = render_body("{{ kpi.on_time.delta }}, {{ kpi.average_delay.delta }}, {{ kpi.avg_delay.delta_pct }}", values)
    assert text == "+5.2 pts, \u22124.2 min, \u221222.2%"


def test_numbers_and_dates_follow_the_language() -> None:
    template = '{{ sum("departures") }} {{ first.on_time }} {{ first.day }} {{ sum("fare_eur")|currency }}'
    assert said(template, locale="de_DE") == "2.168 86,3\u00a0% 24 Juni 2013 10,15\u00a0\u20ac"


def test_a_total_goes_over_all_rows_and_keeps_no_more_than_a_few() -> None:
    rows = 200_000
    table = pa.table({"n": pa.array(range(rows), pa.int64())})
    section = gathered(['{{ sum("n") }} {{ max("n") }}'], table, rows=8192)
    assert section.totals == {("sum", "n"): rows * (rows - 1) // 2, ("max", "n"): rows - 1}
    assert section.preview is not None
    assert section.preview.num_rows == 10


def test_nothing_is_gathered_that_no_text_asks_for() -> None:
    assert gathered(["{{ rows }}"]).totals == {}
    assert gathered(['{{ sum("gone") }}']).totals == {}
    asked = asked_of(['{{ sum("a") + avg("b") }}', None, "{{ table(25) }}{{ table(999) }}", "{{ broken"])
    assert asked.totals == {("sum", "a"), ("avg", "b")}
    assert asked.rows == 50


def test_the_same_rows_are_no_change_however_the_words_were_stored() -> None:
    words = TABLE.set_column(0, "airline", TABLE["airline"].dictionary_encode())
    other = TABLE.set_column(0, "airline", pa.array(["United", "Delta", "X"]))
    first = gathered([], words)
    earlier = Earlier(fingerprints={"q1": first.fingerprint})
    assert not is_changed(ReportDocument(make_head(), (gathered([], words),)), earlier)
    assert is_changed(ReportDocument(make_head(), (gathered([], other),)), earlier)
    assert is_changed(ReportDocument(make_head(), (gathered([], TABLE.slice(0, 2)),)), earlier)
    assert is_changed(ReportDocument(make_head(), (first,)), Earlier())


def test_of_a_dashboard_the_first_part_with_the_name_counts_and_a_failed_one_does_not() -> None:
    failed = make_section(error="It failed.", preview=None, kpis=(), row_count=0)
    document = make_document(failed, make_section())
    values = sample_variables(data=document_values(document))
    assert render_subject("{{ first.airline }} {{ rows }}", values) == "United Air Lines 6680"


def test_an_empty_result_has_its_columns_without_values() -> None:
    section = make_section(preview=None, row_count=0, kpis=())
    values = sample_variables(data=document_values(make_document(section)))
    assert render_body("{{ first.airline }} {{ first.airline|default('nobody') }} {{ is_empty }}", values) == (
        "\u2014 nobody True"
    )


@pytest.mark.parametrize(
    ("template", "refusal"),
    [
        ("{{ period.lable }}", "There is no variable `period.lable`. Did you mean `period.label`?"),
        ("{{ first.departurs }}", "There is no variable `first.departurs`. Did you mean `first.departures`?"),
        ('{{ first["departurs"] }}', "Did you mean `first.departures`?"),
        ('{{ sum("departurs") }}', "There is no column `departurs`. Did you mean `departures`?"),
        ("{{ sum(departures) }}", "There is no variable `departures`."),
        ("{{ sum(rows) }}", 'Write the name of the column in quotes, as in sum("departures").'),
        ("{{ kpi.departures.valeu }}", "Did you mean `kpi.departures.value`?"),
        ("{{ kpi.departure.value }}", "Did you mean `kpi.departures`?"),
        ("{{ params.regoin }}", "Did you mean `params.region`?"),
        ('{{ last("mnday") }}', "There is no weekday `mnday`. Did you mean `monday`?"),
        ("{{ table(0) }}", "table(0) shows 1 to 50 rows."),
        ("{{ rows|nubmer }}", "There is no filter `nubmer`. Did you mean `number`?"),
    ],
)
def test_once_a_report_has_run_its_columns_and_figures_are_known(template: str, refusal: str) -> None:
    earlier = Earlier(
        rows=3, columns=("airline", "departures"), kpis=({"label": "Departures", "key": "sum:departures", "value": 5},)
    )
    values = sample_variables({"region": "north"}, data=expected_values(earlier))
    with pytest.raises(TemplateError) as caught:
        check_template(template, kind="body", variables=values)
    assert refusal in caught.value.message


def test_before_the_first_run_any_column_may_be_named_and_used() -> None:
    template = (
        '{{ first.a|date("d MMM") }} {{ first.b|upper }} {{ sum("c")|number(1) }} {{ kpi.d.delta|delta }}'
        "{% if first.e > 5 %}{{ first.f + 1 }}{% endif %}{{ kpi.g.value * 2 }}"
    )
    check_template(template, kind="body")
