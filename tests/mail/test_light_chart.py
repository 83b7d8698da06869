"""A mail without dark charts in a mail program in the dark: the light chart is there, on its own white."""

from __future__ import annotations

from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser

from core.document.tokens import DARK, LIGHT
from core.mail.message import draw_charts
from core.services.mail_preview import html_of
from tests.mail.reports import make_document, report_mail

pytestmark = pytest.mark.browser


def rgb(colour: str) -> tuple[int, ...]:
    return tuple(int(colour[at : at + 2], 16) for at in (1, 3, 5))


@pytest.mark.parametrize(("with_dark", "background"), [(False, LIGHT.card), (True, DARK.card)])
def test_the_one_chart_that_is_seen_in_the_dark_has_its_own_background(
    browser: Browser, with_dark: bool, background: str
) -> None:
    document = make_document()
    html = html_of(report_mail(document, charts=draw_charts(document, with_dark=with_dark)))
    page = browser.new_page(color_scheme="dark", viewport={"width": 680, "height": 900})
    page.set_content(html)
    seen = [image for image in page.locator("img").all() if image.is_visible()]
    assert len(seen) == 1
    drawn = Image.open(BytesIO(seen[0].screenshot())).convert("RGB")
    # Inside of the rounded corner, and between the bars.
    assert drawn.getpixel((drawn.width // 2, 4)) == rgb(background)
    assert drawn.getpixel((12, 12)) == rgb(background)
    page.close()
