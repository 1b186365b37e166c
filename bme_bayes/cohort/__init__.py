"""Cohorts: a table of patients in, a table of probabilities out, streamed in chunks.

A column of the table is a finding (or `age`), `region`, or the patient's id (`case_id`,
`patient_id` or `id`). A cell is a state, blank for unknown, or for an uncertain finding JSON
such as {"present": 0.8, "absent": 0.2}. CSV is separated by commas, semicolons or tabs, as its
head is.
"""

from bme_bayes.cohort.score import Summary, score_cohort

__all__ = ["Summary", "score_cohort"]
