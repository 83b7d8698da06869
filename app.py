"""The web entry: Streamlit's page script and the ASGI application in one file.

`streamlit run app.py` and `uvicorn app:app` import it once as a module and run it as a script for each page. The
literal call of `st.App` is what the first of them looks for.
"""

import streamlit as st

if __name__ == "__main__":
    from pages.components.shell import main

    main()
elif __name__ != "__mp_main__":
    from streamlit.runtime.pages_manager import PagesManager

    from web.parts import parts

    # Until a session has called st.navigation, Streamlit would run the files in pages/ directly, past the menu's
    # rules. There is no public switch for that; the exact pin of Streamlit and a test keep this one honest.
    PagesManager.uses_pages_directory = False
    app = st.App(__file__, **parts())
