"""`script/gallery [FOLDER]`: make every document and state, draw them, and put them on one page to look at."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from gallery.scenes import SCENES


def main(arguments: list[str] | None = None) -> int:
    options = _parse(arguments)
    unknown = sorted(set(options.only) - set(SCENES))
    if unknown:
        sys.stderr.write(f"There is no scene {', '.join(unknown)}. Known: {', '.join(SCENES)}.\n")
        return 1
    # Imported late: from here on the settings are read, and they must be those of the throw-away folder.
    from gallery.make import make

    return make(options.folder, options.only or list(SCENES), scheme=options.scheme)


def _parse(arguments: list[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="script/gallery",
        description="Write every document and state of the sample reports and draw them. Open index.html to look.",
    )
    parser.add_argument("folder", nargs="?", type=Path, default=Path("gallery-pictures"), help="where it all goes")
    parser.add_argument("--only", nargs="+", default=[], metavar="SCENE", help=f"some of: {', '.join(SCENES)}")
    parser.add_argument("--scheme", choices=("light", "dark"), help="one of the two colour schemes only")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    raise SystemExit(main())
