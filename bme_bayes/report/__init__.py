"""One patient's answer as a report to keep: HTML that prints well, or JSON for other programs.

The JSON is described by `report.schema.json` in this folder.
"""

from bme_bayes.report.content import Report, SetAside
from bme_bayes.report.draft import build_report
from bme_bayes.report.write import to_html, to_json, write_report

__all__ = ["Report", "SetAside", "build_report", "to_html", "to_json", "write_report"]
