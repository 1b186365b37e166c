"""Page files for `st.navigation`; each runs from top to bottom."""
