"""The child process that runs people's templates: JSON in, JSON out, little time and little memory.

`python -m core.mail.render_child` reads `{"locale", "jobs": [{"template", "variables"}]}` from its input
and writes `{"results": [{"text"} or {"error"}]}`. The parent must take its death for "too long or too much".
"""

from __future__ import annotations

import json
import math
import resource
import sys
from typing import Any

from jinja2 import TemplateError

from core.mail.template_engine import render
from core.mail.template_values import decode

MEMORY_BYTES = 600 * 1024 * 1024
CPU_SECONDS = 2
TOO_MUCH = "The template takes too long or too much memory."


def limit_resources() -> None:
    """From here on: two seconds of processor time, 600 MB of addresses, no core file."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY_BYTES, MEMORY_BYTES))
    used = resource.getrusage(resource.RUSAGE_SELF)
    seconds = math.ceil(used.ru_utime + used.ru_stime) + CPU_SECONDS
    resource.setrlimit(resource.RLIMIT_CPU, (seconds, seconds + 1))


def run_job(job: dict[str, Any], locale: str) -> dict[str, str]:
    try:
        return {"text": render(job["template"], decode(job["variables"]), locale=locale)}
    except MemoryError:
        return {"error": TOO_MUCH}
    except TemplateError as error:
        return {"error": f"The template cannot be filled in: {sentence(error.message or type(error).__name__)}"}
    # A template can provoke any of Python's own errors: 1/0, "a" + 1, "x"|int(base=99), deep nesting.
    except (ArithmeticError, LookupError, TypeError, ValueError, AttributeError, RecursionError) as error:
        return {"error": f"The template cannot be filled in: {sentence(str(error) or type(error).__name__)}"}


def sentence(text: str) -> str:
    """At most 200 characters, with one full stop."""
    return f"{text[:200].rstrip('. ')}."


def main() -> int:
    request = json.load(sys.stdin)
    limit_resources()
    results = [run_job(job, request["locale"]) for job in request["jobs"]]
    json.dump({"results": results}, sys.stdout)
    return 0


if __name__ == "__main__":
    sys.exit(main())
