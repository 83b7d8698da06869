"""People's own templates: helpful when wrong, harmless when evil."""

from __future__ import annotations

from datetime import date

import pytest

from core.errors import TemplateError
from core.mail.template_failure import failure_samples
from core.mail.template_registry import FAILURE_GROUP
from core.mail.template_variables import open_values
from core.mail.templates import (
    DEFAULT_BODY,
    DEFAULT_FILE_NAME,
    DEFAULT_SUBJECT,
    VARIABLES,
    Job,
    check_template,
    render_body,
    render_file_name,
    render_many,
    render_subject,
    sample_variables,
    template_variables,
)
from tests.mail.reports import make_head


def test_the_defaults_give_a_subject_a_sentence_and_a_file_name():
    values = sample_variables()
    assert render_subject(DEFAULT_SUBJECT, values) == "Departures by airline \u00b7 17\u201323 Jun 2013"
    assert render_body(DEFAULT_BODY, values) == "Hello, here is Departures by airline for 17\u201323 Jun 2013."
    assert render_file_name(DEFAULT_FILE_NAME, values) == "departures-by-airline_2013-06-24"


def test_every_variable_of_the_picker_has_a_value():
    usual = [variable for variable in VARIABLES if variable.name != "params.NAME" and variable.group != FAILURE_GROUP]
    failure = [variable for variable in VARIABLES if variable.group == FAILURE_GROUP]
    values = sample_variables()
    jobs = [Job(f"{{{{ {variable.name} }}}}", values) for variable in usual]
    jobs += [Job(f"{{{{ {variable.name} }}}}", failure_samples(values), "failure_body") for variable in failure]
    texts = render_many(jobs)
    names = [variable.name for variable in (*usual, *failure)]
    empty = [name for name, text in zip(names, texts, strict=True) if not text]
    assert empty == ["report.description"]


@pytest.mark.parametrize(
    ("template", "text"),
    [
        ("{{ date }}", "2013-06-24"),
        ("{{ time }} {{ timezone }}", "07:00 America/New_York"),
        ("{{ timestamp }} {{ month_to_date_start }}", "1372071600 2013-06-01"),
        ("{{ week_start }} {{ quarter_end }} {{ last_year_start }}", "2013-06-24 2013-06-30 2012-01-01"),
        ("{{ compare.label }} {{ run.number }} {{ run.attempt }}", "10\u201316 Jun 2013 12 1"),
        ("{{ run.duration }} {{ run.started_at }} {{ run.started_at|date('HH:mm') }}", "0 s 24 Jun 2013, 07:00 07:00"),
        ("{{ days_ago(7) }} {{ last('monday') }}", "2013-06-17 2013-06-17"),
        ("{{ date | date }}", "24 Jun 2013"),
        ("{{ date | date('d MMMM yyyy') }}", "24 June 2013"),
        ("{{ date | strftime('%d.%m.%Y') }}", "24.06.2013"),
        ("{{ rows | number }} {{ 0.8625 | percent }} {{ 1234.5 | currency('EUR') }}", "6,680 86.3% \u20ac1,234.50"),
        ("{{ 1200000 | compact }} {{ report.name | slug }}", "1.2M departures-by-airline"),
        ("{{ params.region | default('all') | upper }}", "NORTH"),
        ("{% if is_empty %}none{% else %}some{% endif %}", "some"),
        ("{% for name in params %}{{ name }} {% endfor %}", "region items "),
        ("{{ params.items }}", "12"),
        ("{{ report.tags }}", "operations, weekly"),
        ("{% if 'weekly' in report.tags %}{{ report.tags | join(' + ') }}{% endif %}", "operations + weekly"),
    ],
)
def test_it_fills_in(template, text):
    assert render_body(template, sample_variables({"region": "north", "items": 12})) == text


def test_days_and_months_have_their_names_in_the_language_of_the_workspace():
    values = template_variables(
        make_head(locale="de_DE"), recipient="", sender="", params={}, dates={}, data=open_values()
    )
    assert render_body("{{ weekday }}, {{ month_name }}", values, locale="de_DE") == "Montag, Juni"


def test_dates_count_from_the_scheduled_time_in_the_reports_zone():
    values = template_variables(
        make_head(timezone="Pacific/Auckland"),
        data=open_values(),
        recipient="kim.lee@example.com",
        sender="Reports",
        params={"since": date(2013, 1, 2)},
        dates={"last_week_start": date(2013, 6, 17)},
    )
    text = render_body("{{ datetime }} {{ params.since }} {{ last_week_start }} {{ recipient.first_name }}", values)
    assert text == "2013-06-24 23:00 2013-01-02 2013-06-17 Kim"


@pytest.mark.parametrize(
    ("template", "said"),
    [
        ("{{ dat }}", "There is no variable `dat`. Did you mean `date`?"),
        ("{{ report.nmae }}", "There is no variable `report.nmae`. Did you mean `report.name`?"),
        ("{{ date | datee }}", "There is no filter `datee`. Did you mean `date`?"),
        ("{{ lipsum() }}", "There is no variable `lipsum`."),
        ("{{ date ", "The template has a mistake in line 1: "),
        ("{% include 'x' %}", "Templates may use variables, filters and conditions"),
        ("{{ 1 / 0 }}", "The template cannot be filled in: division by zero."),
        ("{{ report.name | number }}", "'Departures by airline' is not a number."),
        ("x" * 50_001, "The template is longer than 50 kB."),
    ],
)
def test_it_says_what_is_wrong(template, said):
    with pytest.raises(TemplateError) as caught:
        check_template(template, kind="body")
    assert said in caught.value.message


@pytest.mark.parametrize("kind", ["subject", "filename"])
def test_subjects_and_file_names_have_no_loops_and_are_not_empty(kind):
    with pytest.raises(TemplateError, match="loops in the body only"):
        check_template("{% for x in 'ab' %}{{ x }}{% endfor %}", kind=kind)
    with pytest.raises(TemplateError, match="is empty"):
        check_template("{{ '' }}", kind=kind)


def test_a_subject_stays_one_line():
    assert render_subject("a\r\nBcc: x\u2028{{ '\n' }}b", sample_variables()) == "a Bcc: x b"


@pytest.mark.parametrize(
    "template",
    [
        "{{ 'a' * 10**9 }}",
        "{{ 'a' * 10**7 }}",
        "{{ 10 ** (10 ** 10) }}",
        "{{ range(99999999) | list }}",
        "{% for a in 'x' * 99999 %}{% for b in 'x' * 99999 %}{{ a }}{% endfor %}{% endfor %}",
        "{{ lipsum(n=100000) }}",
        "{{ cycler.__init__.__globals__.os.popen('id').read() }}",
        "{{ ''.__class__.__mro__[1].__subclasses__() }}",
        "{{ report.__class__ }}{{ report._values }}",
        "{{ days_ago.func.__globals__ }}",
        "{{ sum.func.__globals__ }}{{ sum.func.__code__ }}",
        "{{ table.__init__.__globals__ }}{{ kpis._mark.__class__ }}",
        "{{ first.a.__new__.__globals__ }}{{ first._kind }}",
        "{{ run.duration.__reduce__() }}",
        "{{ button('x' * 10**9) }}",
        "{{ ('x' * 30000) | replace('x', 'y' * 30000) }}",
        "{{ " + "(" * 9000 + "1" + ")" * 9000 + " }}",
        "{{ '%1000000000d' % 1 }}",
        "{{ '{:>1000000000}'.format(1) }}",
        "{{ 'x' | wordwrap(0) }}{{ ('x ' * 100000) | title | length * 'y' * 99 }}",
    ],
    ids=lambda template: template[:40],
)
def test_attacks_end_soon_with_an_error(template):
    with pytest.raises(TemplateError):
        check_template(template, kind="body")


@pytest.mark.parametrize("kind", ["failure_subject", "failure_body"])
@pytest.mark.parametrize(
    ("template", "reason"),
    [
        ("{{ error.titel }}", r"no variable `error.titel`.*`error.title`"),
        ("{{ next_tray }}", r"no variable `next_tray`.*`next_try`"),
        ("{{ rows }}", r"no data: `rows`.*`error.detail`"),
        ("{{ kpi.sales.value }}", r"no data: `kpi`.*`error.detail`"),
        ("{{ sum('sales') }}", r"no data: `sum`.*`error.detail`"),
        ("{{ table(3) }}", r"no data: `table`.*`error.detail`"),
    ],
)
def test_a_failure_notice_names_only_what_a_failure_has(template, reason, kind):
    with pytest.raises(TemplateError, match=reason):
        check_template(template, kind=kind)


@pytest.mark.parametrize("kind", ["subject", "body", "filename"])
@pytest.mark.parametrize("name", ["error.title", "error.detail", "next_try", "failures_in_row"])
def test_what_a_failure_has_is_refused_elsewhere_with_a_suggestion(name, kind):
    with pytest.raises(TemplateError, match=r"works in the failure notice only.*`run.status`"):
        check_template(f"{{{{ {name} }}}}", kind=kind)


def test_the_ordinary_names_that_need_no_data_work_in_a_failure_notice():
    values = failure_samples(sample_variables())
    text = "{{ report.name }} {{ period.label }} {{ recipient.first_name }} {{ next_try | date('d MMM') }}"
    [said] = render_many([Job(text, values, "failure_body")])
    assert said == "Departures by airline 17\u201323 Jun 2013 Dana 24 Jun"
