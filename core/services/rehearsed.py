"""Importing it makes this process ready for runs: it rehearses one, and what is there then stays.

For the preload of a warm server and for interpreters that wait; nothing else may import it, since it asks the database.
"""

from __future__ import annotations

import gc
import logging

from core.services.rehearsal import rehearse

try:
    rehearse()
except Exception:  # whatever it is: a run can do without, and says in its own history what is wrong
    logging.getLogger("rooster.worker").exception("The rehearsal failed; each run now prepares itself")
# What is there now stays: the children's collector need not walk over it, nor copy its pages by counting references.
gc.collect()
gc.freeze()
