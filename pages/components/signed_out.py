"""A tab whose session ended elsewhere: it goes to the login page, and shows no more of what it showed."""

from __future__ import annotations

from typing import Final

import streamlit as st

# When its socket closes, the client asks whether the server is there; 401 says that nobody is signed in any more. A
# reload then meets the login wall, which leads to the login page and back. Constant text: no data ever gets in here.
_WATCH: Final = """<script>
if (!window.roosterWatch) {
  window.roosterWatch = new PerformanceObserver((list) => {
    const isRefused = (entry) => entry.responseStatus === 401 && /\\/_stcore\\/(health|host-config)$/.test(entry.name);
    if (list.getEntries().some(isRefused)) window.location.reload();
  });
  window.roosterWatch.observe({ type: "resource" });
}
</script>"""


def leave_when_signed_out() -> None:
    """Without this the framework's own dialog would say "Connection failed" over the page, with no way on."""
    st.sidebar.html(_WATCH, unsafe_allow_javascript=True)
