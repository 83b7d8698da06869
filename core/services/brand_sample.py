"""A small mail in the look of the workspace, while somebody still chooses it."""

from __future__ import annotations

import base64
from datetime import date, time
from decimal import Decimal
from typing import Final

from babel.dates import format_date

from core.document.locales import currency_text, date_text, find_locale, number_text, percent_text, time_text
from core.document.model import Brand
from core.mail.render import LOGO_CID, render_notice

_DAY: Final = date(2026, 6, 24)
_AT: Final = time(7, 0)


def brand_sample(*, name: str, locale: str, brand: Brand) -> str:
    """The page of the mail, its logo inside."""
    moment = f"{date_text(_DAY, locale)}, {time_text(_AT, locale)}"
    rendered = render_notice(
        title="Departures by airline",
        subtitle=format_date(_DAY, format="EEEE d MMMM y", locale=find_locale(locale)),
        paragraphs=[_figures(locale)],
        reason="This is how names, numbers and buttons look in every mail and file.",
        workspace=name,
        sent_at=moment,
        url="#",
        url_label="Open the full report",
        brand=brand,
        locale=locale,
    )
    inside = base64.b64encode(brand.logo or b"").decode()
    return rendered.html.replace(f"cid:{LOGO_CID}", f"data:image/png;base64,{inside}")


def _figures(locale: str) -> str:
    parts = (
        number_text(Decimal("6680.5"), locale, decimals=1),
        percent_text(Decimal("0.8625"), locale, decimals=1),
        currency_text(Decimal("1234.5"), locale, currency="EUR", decimals=None),
    )
    return " \u00b7 ".join(parts)
