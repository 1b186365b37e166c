"""The documentation site: `make docs`. Its source folder is the top of the repository.

So the pages, the reference cards and the files that they point to are found where they are.
"""

from __future__ import annotations

import sys
from pathlib import Path

from bme_bayes import __version__

sys.path.insert(0, str(Path(__file__).parent / "_ext"))

project = "bme_bayes"
author = "The bme_bayes authors"
project_copyright = "The bme_bayes authors; Apache-2.0"
version = release = __version__
language = "en"

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.napoleon", "reference_pages"]
default_role = "code"
root_doc = "docs/index"
include_patterns = ["docs/**", "networks/cards/*.md", "CONTRIBUTING.md", "CHANGELOG.md"]
exclude_patterns = [
    ".*",
    "bench*",
    "bme_bayes",
    "build",
    "dist",
    "docs/_build",
    "docs/evaluation-notes.md",  # a part of evaluation.md
    "notebooks",
    "tests",
]
nitpicky = False  # types of other libraries have no page here

myst_enable_extensions = ["colon_fence"]
myst_heading_anchors = 4
myst_title_to_header = True  # the cards carry their title in front

autodoc_member_order = "bysource"
autodoc_typehints = "signature"
autodoc_type_aliases = {name: name for name in ("Bools", "Floats", "Ints")}
napoleon_google_docstring = False
add_module_names = False
python_display_short_literal_types = True
python_maximum_signature_line_length = 88

html_theme = "furo"
html_title = f"bme_bayes {release}"
html_copy_source = False
html_show_sphinx = False
html_extra_path = ["_extra"]  # index.html at the top leads to docs/index.html
html_theme_options = {"navigation_with_keys": True, "top_of_page_buttons": []}
