"""The small print of a mail: where its figures come from, as of when, and what is not in it."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from core.document.model import ReportDocument, Section
from core.document.sentences import as_of_sentence, hidden_sentence, parameters_sentence
from core.document.values import took_text
from core.text import join_words, plural, shortened

# A foot is no place for a list of a thousand values; the files name them all.
_LONGEST: Final = 300


def fact_lines(document: ReportDocument) -> tuple[str, ...]:
    """The run, the time of the data, then the parameters and the hidden columns of each section, if any."""
    lines = [_run(document), as_of_sentence(document.head)]
    lines += _of_sections((section, parameters_sentence(section.head.parameters)) for section in document.sections)
    lines += _of_sections((section, hidden_sentence(section.head)) for section in document.sections)
    return tuple(shortened(line, most=_LONGEST) for line in lines)


def _of_sections(said: Iterable[tuple[Section, str]]) -> list[str]:
    """One line when all say the same; else each names its section, a sentence of several only once."""
    titles: dict[str, list[str]] = {}
    listed = list(said)
    for section, sentence in listed:
        titles.setdefault(sentence, []).append(section.head.title)
    if len(titles) == 1:
        return [sentence for sentence in titles if sentence]
    return [
        f"{join_words(names)}: {sentence[:1].lower()}{sentence[1:]}" for sentence, names in titles.items() if sentence
    ]


def _run(document: ReportDocument) -> str:
    sources = list(dict.fromkeys(section.head.source for section in document.sections if section.head.source))
    took = took_text(sum(section.elapsed_ms for section in document.sections))
    facts = f"{plural(document.row_count, 'row')} in {took}"
    if sources:
        facts += f" from {join_words(sources)}"
    return f"Run {document.head.execution_id[:8]}  \u00b7  {facts}"
