"""Parameters of queries: declared and used alike, with values that fit their types."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from typing import Any

from sqlalchemy.orm import Session

from core import clock
from core.errors import InvalidInput
from core.periods import BoundValue, check_value, macro_dates, period_of, resolve_value
from core.schemas.accounts import Actor
from core.schemas.content import ParameterValue, QueryParameter
from core.schemas.schedule import ScheduleConfig
from core.services import workspace
from core.sources import placeholders
from core.text import did_you_mean, join_words


def check_parameters(sql: str, parameters: Sequence[QueryParameter]) -> list[QueryParameter]:
    """The parameters with their defaults as their type; raises InvalidInput when SQL and list disagree."""
    used, declared = placeholders.find(sql), [parameter.name for parameter in parameters]
    for name in used:
        if name not in declared:
            hint = did_you_mean(name, declared)
            raise InvalidInput(f"The SQL uses :{name}, but there is no such parameter.{hint}", field="parameters")
    for name in declared:
        if name not in used:
            hint = did_you_mean(name, used)
            raise InvalidInput(f"The parameter '{name}' is not used: the SQL has no :{name}.{hint}", field="parameters")
    return [
        parameter.model_copy(update={"default": _fitting(parameter, parameter.default)}) for parameter in parameters
    ]


def check_values(
    values: Mapping[str, ParameterValue], parameters: Iterable[QueryParameter]
) -> dict[str, ParameterValue]:
    """Values for parameters, as their type; raises InvalidInput for an unknown name or a value that does not fit."""
    known = {parameter.name: parameter for parameter in parameters}
    for name in values:
        if name not in known:
            listed = join_words(known) or "none"
            hint = did_you_mean(name, known)
            raise InvalidInput(f"There is no parameter '{name}'.{hint} Known: {listed}.", field="parameters")
    return {name: _fitting(known[name], value) for name, value in values.items()}


def _fitting(parameter: QueryParameter, value: ParameterValue) -> ParameterValue:
    try:
        return check_value(value, parameter.type)
    except InvalidInput as error:
        raise InvalidInput(f"Parameter '{parameter.name}': {error.message}", field="parameters") from None


def stored(parameters: Iterable[Any]) -> list[QueryParameter]:
    """What a row's JSON says."""
    return [QueryParameter.model_validate(entry) for entry in parameters]


def dates_of_now(session: Session, *, actor: Actor) -> dict[str, date]:
    """The date names as of this moment in the actor's zone, as a daily run would have them."""
    return dates_at(session, zone=actor.timezone, moment=clock.now())


def dates_at(session: Session, *, zone: str, moment: datetime) -> dict[str, date]:
    shared = workspace.find_workspace(session)
    daily = ScheduleConfig(type="daily", time="00:00", timezone=zone)
    period = period_of(daily, moment, locale=shared.locale)
    return macro_dates(moment, zone, period, shared.week_start)


def bound(
    values: Mapping[str, ParameterValue], parameters: Sequence[QueryParameter], dates: Mapping[str, date]
) -> dict[str, BoundValue]:
    """Each parameter's value or else its default, with date names resolved."""
    checked = check_values(values, parameters)
    return {
        parameter.name: resolve_value(checked.get(parameter.name, parameter.default), parameter.type, dates)
        for parameter in parameters
    }
