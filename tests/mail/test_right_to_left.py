"""Arabic and Hebrew in a mail whose fixed words are English: each period keeps together."""

from __future__ import annotations

from datetime import date

import pytest

from core.document.model import Period
from core.mail.headers import clean_subject
from core.periods import period_label
from core.text import isolated
from tests.mail.reports import make_document, report_mail

START, END = date(2026, 11, 16), date(2026, 11, 22)
NOW = period_label(START, END, locale="ar_EG")
BEFORE = period_label(date(2026, 11, 9), date(2026, 11, 15), locale="ar_EG")


def texts(locale: str, now: str, before: str) -> list[str]:
    document = make_document(locale=locale, period=Period(START, END, now), compared_with=before)
    return [str(report_mail(document).get_body((kind,)).get_content()) for kind in ("html", "plain")]


def test_periods_do_not_mix_with_the_english_between_them() -> None:
    for text in texts("ar_EG", NOW, BEFORE):
        assert f"\u2068{NOW}\u2069" in text
        assert f"compared with \u2068{BEFORE}\u2069" in text


def test_other_languages_get_no_marks() -> None:
    for text in texts("de_DE", "16.\u201322. Nov. 2026", "9.\u201315. Nov. 2026"):
        assert not {"\u2068", "\u2069"} & set(text)


@pytest.mark.parametrize("text", ["", "17\u201323 Jun 2013", "2026\u5e7411\u670822\u65e5"])
def test_text_from_left_to_right_stays_as_it_is(text: str) -> None:
    assert isolated(text) == text


def test_a_subject_carries_no_marks() -> None:
    assert clean_subject(f"Shops \u00b7 {isolated(NOW)}") == f"Shops \u00b7 {NOW}"
