"""The line above a notice: the name of the workspace and the moment, both on one line of a phone."""

from __future__ import annotations

from core.mail.notices import build_stop_notice
from tests.mail.html_tree import Tree
from tests.mail.mails import SENDER
from tests.mail.test_header_list import NOW


def test_the_zone_of_a_moment_stands_below_the_title_alone():
    message = build_stop_notice(
        sender=SENDER,
        recipient="sam@example.com",
        address="dana@example.com",
        report_name="Departures",
        report_id="r",
        consequences=[],
        workspace="Northwind",
        moment_text="24 Jun 2013, 07:00 (Europe/Berlin)",
        message_id="<s@example.com>",
        date=NOW,
        base_url="https://r.example.com",
    )
    tree = Tree(message.get_body(("html",)).get_content())
    assert [cell.text for cell in tree.find("td", class_="mu when")] == ["24 Jun 2013, 07:00"]
    assert any(element.text == "24 Jun 2013, 07:00 (Europe/Berlin)" for element in tree.find("div"))
