"""Small helpers that names and files rely on."""

from __future__ import annotations

import os
import subprocess
import sys

import pytest

from core import host, text


@pytest.mark.parametrize(
    ("name", "safe"),
    [
        ("../../etc/passwd", "_.._etc_passwd"),
        ("a\\b:c*d?.xlsx", "a_b_c_d_.xlsx"),
        ("CON.txt", "_CON.txt"),
        ("  report.  ", "report"),
        ("evil\u202excod.exe", "evilxcod.exe"),
        ("tab\there\n.csv", "tabhere.csv"),
        ("", "report"),
        ("...", "report"),
        ("Bericht f\u00fcr M\u00fcnchen.pdf", "Bericht f\u00fcr M\u00fcnchen.pdf"),
    ],
)
def test_a_file_name_is_safe_everywhere(name, safe):
    assert text.safe_file_name(name) == safe


@pytest.mark.parametrize("letter", ["a", "\u00e4", "\u6f22", "\U0001f414"])
def test_a_long_name_keeps_its_ending_within_80_characters(letter):
    name = text.safe_file_name(letter * 1_000_000 + ".xlsx")
    assert name.endswith(f"{letter}.xlsx")
    assert len(name) <= 80
    assert len(name.encode()) <= 230


@pytest.mark.parametrize(
    ("words", "slug"),
    [("Daily Sales!", "daily-sales"), ("\u00dcbersicht 2", "ubersicht-2"), ("\u65e5\u672c", "report")],
)
def test_a_slug_is_ascii(words, slug):
    assert text.slug(words) == slug


def test_words_sizes_and_hints_read_well():
    assert text.join_words(["a", "b", "c"]) == "a, b and c"
    assert text.did_you_mean("exel", ["excel", "csv"]) == " Did you mean 'excel'?"
    assert [text.human_size(size) for size in (999, 1500, 1_400_000)] == ["999 bytes", "2 KB", "1.4 MB"]
    assert text.one_line("a\r\nBcc: b\u2028c") in ("a Bcc: b\u2028c", "a Bcc: b c")
    assert text.plural(1, "row") == "1 row"
    assert text.plural(1200, "row") == "1,200 rows"


def test_a_living_process_is_not_gone_and_a_dead_one_is():
    assert not host.is_gone(host.identity())
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    name = host.identity(child.pid)
    assert not host.is_gone(name)
    child.communicate()
    assert host.is_gone(name)


def test_a_pid_that_was_given_again_is_another_process():
    name, boot, pid, _started = host.identity().split("|")
    assert host.is_gone(f"{name}|{boot}|{pid}|1.00")


def test_another_hosts_process_is_never_called_gone():
    assert not host.is_gone("elsewhere|1|1|1.00")


def test_a_process_before_the_reboot_is_gone():
    assert host.is_gone(f"{host.identity().split('|')[0]}|1|{os.getpid()}|1.00")
