"""The format words of a presentation: `number`, `percent`, `currency:EUR` and what they mean."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache

from babel.numbers import list_currencies

from core.document.model import Kind
from core.errors import InvalidInput
from core.text import did_you_mean


@dataclass(frozen=True, slots=True)
class ValueFormat:
    """What a format word asks for; None leaves it to the column."""

    kind: Kind
    decimals: int | None = None
    currency: str | None = None
    compact: bool = False


FORMATS: dict[str, ValueFormat] = {
    "number": ValueFormat("decimal"),
    "integer": ValueFormat("integer", decimals=0),
    "percent": ValueFormat("percent", decimals=1),
    "currency": ValueFormat("decimal", currency="EUR"),
    "compact": ValueFormat("decimal", compact=True),
    "duration": ValueFormat("duration"),
    "date": ValueFormat("date"),
    "datetime": ValueFormat("datetime"),
    "text": ValueFormat("text"),
    "id": ValueFormat("id"),
}


@lru_cache(maxsize=512)
def parse_format(text: str) -> ValueFormat:
    """The meaning of a format word: `percent`, `currency:EUR`, or `number:2` with its places.

    Raises InvalidInput with a suggestion.
    """
    word, _, detail = text.strip().partition(":")
    found = FORMATS.get(word.lower())
    if found is None:
        words = ", ".join("currency:EUR" if known == "currency" else known for known in FORMATS)
        raise InvalidInput(
            f"There is no format '{text}'.{did_you_mean(word.lower(), FORMATS)} Use one of {words}.", field="format"
        )
    if word.lower() == "currency":
        return ValueFormat(found.kind, currency=_currency(detail))
    if not detail:
        return found
    if word.lower() not in ("number", "percent") or not detail.isdigit() or int(detail) > 12:
        raise InvalidInput(f"'{text}' is not a format. Write number:2 or percent:1 to set the places.", field="format")
    return ValueFormat(found.kind, decimals=int(detail))


@lru_cache(maxsize=1)
def _currencies() -> frozenset[str]:
    return frozenset(list_currencies())


def is_currency(unit: str | None) -> bool:
    """Whether the unit is an ISO 4217 code such as EUR."""
    return unit is not None and len(unit) == 3 and unit in _currencies()


def _currency(code: str) -> str:
    if is_currency(code.upper()):
        return code.upper()
    raise InvalidInput(f"There is no currency '{code}'. Write its three letters, as in currency:EUR.", field="format")


def lower_first(label: str) -> str:
    """`Delay` becomes `delay`; `URL` stays."""
    return label if label[:2].isupper() else label[:1].lower() + label[1:]
