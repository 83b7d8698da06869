"""With whom an object is shared."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field, RootModel, model_validator

from core.schemas.base import Email, Input, Output

# `use` is for data sources: asking them, without seeing their secret.
ShareLevel = Literal["read", "edit", "use"]


class ShareInput(Input):
    """A person, by the address they sign in with."""

    email: Email
    level: ShareLevel


class ShareResponse(Output):
    email: str
    name: str
    level: ShareLevel


class ShareList(RootModel[Annotated[list[ShareInput], Field(max_length=200)]]):
    """All shares of an object; each person once."""

    @model_validator(mode="after")
    def _each_once(self) -> ShareList:
        folded = [share.email.casefold() for share in self.root]
        twice = next((share.email for share in self.root if folded.count(share.email.casefold()) > 1), None)
        if twice:
            raise ValueError(f"{twice} stands twice; keep one")
        return self
