"""What a template sees of a value: a figure that prints as the report shows it and still is a number.

Imported by the tiny child process, so nothing heavy may be imported here. `encode` and `decode` are the two ends of
the way to it; whatever people wrote can never be taken for one of the marks of that way.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any, Final, Literal

_KPI_PARTS: Final = ("value", "previous", "delta", "delta_pct")


class Figure(float):
    """A number with the words the report shows it in. `exact` keeps the digits that a float would lose."""

    __slots__ = ("exact", "text")
    exact: str
    text: str

    def __new__(cls, exact: str, text: str) -> Figure:
        figure = super().__new__(cls, float(exact))
        figure.exact, figure.text = exact, text
        return figure

    def __str__(self) -> str:
        return self.text

    def __reduce__(self) -> tuple[Any, ...]:
        return (Figure, (self.exact, self.text))


class Day(date):
    """A day that prints as the report shows it."""

    text: str

    def __str__(self) -> str:
        return self.text


class Moment(datetime):
    """An instant that prints as the report shows it."""

    text: str

    def __str__(self) -> str:
        return self.text


class Anything(Figure):
    """Stands for a value that is not known before the first run: it fits wherever it is used."""

    __slots__ = ()

    def __new__(cls) -> Anything:
        anything = super().__new__(cls, "1", "\u2026")
        assert isinstance(anything, Anything)
        return anything

    def __add__(self, other: Any) -> Anything:
        return self

    __radd__ = __sub__ = __rsub__ = __mul__ = __rmul__ = __truediv__ = __rtruediv__ = __add__

    def _is_less(self, _other: Any) -> bool:
        return False

    __lt__ = __le__ = __gt__ = __ge__ = _is_less


@dataclass(frozen=True, slots=True)
class Open:
    """A group whose names are not known yet: each name in it is there."""

    kind: Literal["column", "kpi"]


class Group:
    """Names after a dot: `report.name`. Reading is all it can do."""

    __slots__ = ("_values",)

    def __init__(self, values: Mapping[str, Any]) -> None:
        self._values = dict(values)

    def __getattr__(self, name: str) -> Any:
        try:
            return self._values[name]
        except KeyError:
            raise AttributeError(name) from None

    def __getitem__(self, name: str) -> Any:
        return self._values[name]

    def __iter__(self) -> Iterator[str]:
        return iter(self._values)

    def __str__(self) -> str:
        return ", ".join(f"{name}: {value}" for name, value in self._values.items())


class OpenGroup(Group):
    """A group that has whatever is asked for."""

    __slots__ = ("_kind",)

    def __init__(self, kind: str) -> None:
        super().__init__({})
        self._kind = kind

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return self[name]

    def __getitem__(self, name: str) -> Any:
        return Anything() if self._kind == "column" else Group({part: Anything() for part in _KPI_PARTS})


def day(value: date, text: str) -> Day:
    made = Day(value.year, value.month, value.day)
    made.text = text
    return made


def moment(value: datetime, text: str) -> Moment:
    made = Moment.fromisoformat(value.isoformat())
    made.text = text
    return made


def encode(value: Any) -> Any:
    """A value for the way through JSON; every object in the result has exactly one key, which names its kind."""
    if isinstance(value, Anything):
        return {"$anything": None}
    if isinstance(value, Figure):
        return {"$figure": [value.exact, value.text]}
    if isinstance(value, Moment | Day):
        return {"$moment" if isinstance(value, Moment) else "$day": [value.isoformat(), value.text]}
    if isinstance(value, date):
        return {"$date": value.isoformat()[:10]}
    if isinstance(value, Open):
        return {"$open": value.kind}
    if isinstance(value, Mapping):
        return {"$group": {str(key): encode(inner) for key, inner in value.items()}}
    if isinstance(value, list | tuple):
        return [encode(inner) for inner in value]
    return value if isinstance(value, str | int | float | None) else str(value)


def decode(value: Any) -> Any:
    """The counterpart of `encode`."""
    if isinstance(value, list):
        return [decode(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    kind, held = next(iter(value.items()))
    return _DECODERS[kind](held)


_DECODERS: Final[Mapping[str, Any]] = {
    "$anything": lambda _held: Anything(),
    "$figure": lambda held: Figure(*held),
    "$moment": lambda held: moment(datetime.fromisoformat(held[0]), held[1]),
    "$day": lambda held: day(date.fromisoformat(held[0]), held[1]),
    "$date": date.fromisoformat,
    "$open": Open,
    "$group": lambda held: {name: decode(inner) for name, inner in held.items()},
}
