"""Parts of the report that a text places itself, and the look of a workspace in the mail around them."""

from __future__ import annotations

from io import BytesIO
from typing import Any

import pytest
from PIL import Image

from core.document.model import Brand
from core.errors import TemplateError
from core.mail.template_blocks import BLOCKS, Part, blocks, body_parts
from core.mail.template_registry import BLOCKS_GROUP, VARIABLES
from core.mail.templates import check_template, render_body, sample_variables
from tests.mail.reports import make_document, report_mail


def logo() -> bytes:
    made = BytesIO()
    Image.new("RGB", (90, 30), "#E8590C").save(made, "PNG")
    return made.getvalue()


def bodies(template: str, **head: Any) -> tuple[str, str]:
    """HTML and text of the mail with this body."""
    body = render_body(template, sample_variables())
    message = report_mail(make_document(**head), body_markdown=body)
    parts = [message.get_body((kind,)) for kind in ("html", "plain")]
    html, text = (str(part.get_content()) if part is not None else "" for part in parts)
    return html, text


def test_a_text_is_taken_apart_into_words_and_blocks() -> None:
    body = render_body("Hello\n\n{{ table(5) }}{{ kpis }} and {{ button('Go  on') }}{{ chart }}", sample_variables())
    assert body_parts(body) == (
        Part("text", "Hello"),
        Part("table", "5"),
        Part("kpis"),
        Part("text", "and"),
        Part("button", "Go on"),
        Part("chart"),
    )
    assert body_parts("nothing but words") == (Part("text", "nothing but words"),)
    assert body_parts("") == ()


def test_every_block_is_in_the_list_and_works_without_brackets() -> None:
    listed = {variable.name.partition("(")[0] for variable in VARIABLES if variable.group == BLOCKS_GROUP}
    assert listed == set(BLOCKS) == set(blocks())
    for name in BLOCKS:
        assert body_parts(render_body(f"{{{{ {name} }}}}", sample_variables()))[0].kind == name


@pytest.mark.parametrize("kind", ["subject", "filename"])
@pytest.mark.parametrize("name", BLOCKS)
def test_a_block_is_refused_outside_of_a_text(kind: Any, name: str) -> None:
    with pytest.raises(TemplateError, match=f"`{name}` belongs into the text"):
        check_template(f"{{{{ {name} }}}}", kind=kind)


def test_a_block_stands_where_the_text_says_and_nowhere_else() -> None:
    html, text = bodies("Hello\n\n{{ table(3) }}\n\nBetween\n\n{{ kpis }}\n\n{{ button('Look') }}\n\nThe end")
    order = [
        html.index(word) for word in ("Hello", "United Air Lines", "Between", "6,680<", "Look<", "The end", "36.1")
    ]
    assert order == sorted(order)
    assert html.count("United Air Lines") == html.count("On time</div>") == 1
    assert "American Airlines" not in html
    assert "Open the full report" not in html
    assert "Showing 3 of 6,680 rows" in text
    lines = [text.index(word) for word in ("Hello", "United Air Lines", "Between", "76.4%", "Look: http", "The end")]
    assert lines == sorted(lines)


def test_without_blocks_the_order_is_the_usual_one() -> None:
    html, text = bodies("Hello")
    order = [
        html.index(word) for word in ("Hello", "On time</div>", "36.1", "United Air Lines", "Attached", "Open the")
    ]
    assert order == sorted(order)
    assert text.index("Hello") < text.index("76.4%") < text.index("United Air Lines") < text.index("ATTACHED")


def test_marks_that_people_write_themselves_do_no_harm() -> None:
    html, _text = bodies(
        "a \ue0f0script:alert(1)\ue0f1 b \ue0f0table:99999999999\ue0f1 \ue0f0button:<b>x</b>\ue0f1 \ue0f0"
    )
    assert "alert(1)" not in html
    assert "\ue0f0" not in html
    assert "&lt;b&gt;x&lt;/b&gt;" in html


def test_the_colour_of_the_workspace_is_in_button_links_and_chart_and_ours_is_not() -> None:
    html, _text = bodies("A [link](https://example.com)", brand=Brand("#E8590C"))
    assert "background:#E8590C" in html
    assert "#3B5BDB" not in html
    assert "#9DB0FF" not in html


def test_the_logo_travels_inside_the_mail_and_takes_the_place_of_the_letter() -> None:
    message = report_mail(make_document(brand=Brand(None, logo())))
    part = message.get_body(("html",))
    assert part is not None
    assert 'src="cid:logo"' in part.get_content()
    inside = {str(one["Content-ID"]): one for one in message.walk() if one["Content-ID"]}
    assert inside["<logo>"].get_payload(decode=True) == logo()
    assert inside["<logo>"].get_content_disposition() == "inline"
    assert "cid:logo" not in bodies("Hello")[0]


def test_right_to_left_languages_mirror_the_mail() -> None:
    html, _text = bodies("Hello", locale="ar_EG")
    assert 'dir="rtl"' in html
    assert '<th scope="row" dir="auto" align="right"' in html
    assert 'dir="ltr"' in bodies("Hello")[0]
