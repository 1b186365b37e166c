"""The Explorer page."""

import streamlit as st

st.title("Bone marrow edema: what could it be?")
