"""The gallery: every document and every state of the sample reports, made by the real pipeline, as pictures."""
