"""What is tried out before it is saved: the address of a database, a query."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from core.schemas.base import Id, Input, Line, Output
from core.schemas.content import Limit, ParameterValue, QueryParameter, Sql


class UrlTest(Input):
    """With the id of a data source of one's own, the mask in the URL means its stored password."""

    url: Line
    data_source_id: Id | None = None


class DraftPreview(Input):
    """A query that is not saved: its `parameters` are declared as in a saved one, `values` are what they are bound to.

    With the id of a saved query that one may edit it reads with the rights of that query's owner.
    """

    data_source_id: Id
    sql: Sql
    parameters: Annotated[list[QueryParameter], Field(max_length=50)] = Field(default_factory=list)
    values: dict[str, ParameterValue] = Field(default_factory=dict)
    limit: Limit = 100
    saved_query_id: Id | None = None


class MailPreviewResponse(Output):
    """One mail; the pictures stand inside the HTML."""

    subject: str
    html: str
    text: str
