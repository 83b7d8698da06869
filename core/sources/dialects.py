"""The kinds of database that can be read, and what a connection URL of each may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType
from typing import Any, Final


@dataclass(frozen=True, slots=True)
class Dialect:
    """`name` is SQLAlchemy's. `drivers` begins with the one used when the URL names none.

    `package` is what pip installs. `connect` goes to the driver; `before` are statements run before the user's,
    in which `{ms}` stands for the time limit in milliseconds; `timed_out` are the driver's codes for reaching it,
    `hopeless` those for being refused at the door, which no second try changes.
    """

    name: str
    drivers: tuple[str, ...]
    package: str
    port: int = 0
    arguments: frozenset[str] = frozenset()
    is_file: bool = False
    connect: Mapping[str, Any] = field(default_factory=dict)
    before: tuple[str, ...] = ()
    timed_out: frozenset[int] = frozenset()
    hopeless: frozenset[int] = frozenset()

    @property
    def reads_only(self) -> bool:
        """Does the database itself refuse to write for us?"""
        return bool(self.before) or bool(self.connect.get("read_only"))


# Both are spoken to as `mysql://`, and each knows the other's time limit as a comment only.
_MYSQL_BEFORE: Final = (
    "SET SESSION TRANSACTION READ ONLY",
    "SET SESSION /*!50708 MAX_EXECUTION_TIME = {ms} */ /*M!100101 MAX_STATEMENT_TIME = {ms} / 1000 */",
    "START TRANSACTION",
)
_MYSQL_TIMED_OUT: Final = frozenset({3024, 1969})
# No such user or database, or a wrong password.
_MYSQL_HOPELESS: Final = frozenset({1044, 1045, 1049, 1698})
_MYSQL: Final = Dialect(
    "mysql",
    ("pymysql",),
    "PyMySQL",
    3306,
    frozenset({"charset"}),
    connect={"local_infile": False},
    before=_MYSQL_BEFORE,
    timed_out=_MYSQL_TIMED_OUT,
    hopeless=_MYSQL_HOPELESS,
)
_DUCKDB_CONFIG: Final = {"enable_external_access": "false", "lock_configuration": "true"}

_ALL: Final = (
    Dialect("sqlite", ("pysqlite",), "", is_file=True),
    Dialect(
        "postgresql",
        ("psycopg",),
        "psycopg",
        5432,
        frozenset({"sslmode", "sslrootcert", "application_name", "connect_timeout", "target_session_attrs"}),
    ),
    _MYSQL,
    replace(_MYSQL, name="mariadb"),
    Dialect(
        "mssql",
        ("pyodbc", "pymssql"),
        "pyodbc",
        1433,
        frozenset({"driver", "Encrypt", "TrustServerCertificate", "charset"}),
    ),
    Dialect(
        "oracle", ("oracledb",), "oracledb", 1521, frozenset({"service_name"}), before=("SET TRANSACTION READ ONLY",)
    ),
    Dialect(
        "duckdb",
        ("duckdb_engine",),
        "duckdb-engine",
        is_file=True,
        connect={"read_only": True, "config": _DUCKDB_CONFIG},
    ),
    Dialect("snowflake", ("snowflake",), "snowflake-sqlalchemy", 443, frozenset({"warehouse", "role"})),
    Dialect("bigquery", ("bigquery",), "sqlalchemy-bigquery", 443),
    Dialect("redshift", ("redshift_connector",), "sqlalchemy-redshift", 5439, frozenset({"sslmode"})),
    Dialect("clickhouse", ("clickhousedb", "http", "native"), "clickhouse-connect", 8123),
    Dialect("trino", ("trino", "rest"), "trino", 8080),
)
DIALECTS: Final[Mapping[str, Dialect]] = MappingProxyType({dialect.name: dialect for dialect in _ALL})
