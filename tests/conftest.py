"""What every test may use. No test touches ./data: until it asks for `settings`, a throw-away folder stands in."""

import atexit
import os
import shutil
import tempfile

_nowhere = tempfile.mkdtemp(prefix="rooster-tests-")
atexit.register(shutil.rmtree, _nowhere, ignore_errors=True)
for _name in [name for name in os.environ if name.startswith("ROOSTER_") and name != "ROOSTER_TEST_BROWSER"]:
    del os.environ[_name]
os.environ["ROOSTER_DATA_DIR"] = _nowhere

from hypothesis import settings as examples  # noqa: E402 - with the rest

from core.settings import create_secret_key, load_settings  # noqa: E402 - only now does the environment lead nowhere

# The suite tries the same examples each time; `pytest --hypothesis-profile explore` looks for new ones.
examples.register_profile("steady", derandomize=True)
examples.register_profile("explore", derandomize=False, print_blob=True)
examples.load_profile("steady")

create_secret_key(load_settings())

pytest_plugins = [
    "tests.fixtures_postgres",
    "tests.fixtures_database",
    "tests.fixtures_smtp",
    "tests.fixtures_web",
    "tests.fixtures_worker",
    "tests.fixtures_browser",
]
