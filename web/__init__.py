"""The Starlette side of the web process: the login wall, sessions, files, previews and the REST API."""
