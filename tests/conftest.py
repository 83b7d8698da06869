"""What every test may use."""

pytest_plugins = ["tests.fixtures_postgres", "tests.fixtures_database", "tests.fixtures_smtp", "tests.fixtures_web"]
