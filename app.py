"""Entry of the app: page settings and navigation, nothing else. `streamlit run app.py`."""

from bme_bayes.ui.navigation import run

run()
