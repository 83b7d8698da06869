"""The REST API, mounted at /api: the same services as the pages, and an OpenAPI document of it."""

from web.api.application import create_api

__all__ = ["create_api"]
