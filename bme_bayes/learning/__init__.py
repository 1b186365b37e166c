"""Learning: a prior set of one's own setting from local counts or an undiagnosed cohort.

>>> import bme_bayes as bb
>>> from bme_bayes.learning import Counts, update_presence
>>> learned = update_presence(bb.load("hip"), Counts("hip", 212, {"avn=early_arco_1_2": 30,
...                                                               "avn=late_arco_3_4": 25}))
>>> round(learned.to_frame().loc[("avn", "early_arco_1_2"), "after"], 2)
0.14
"""

from bme_bayes.learning.counts import (
    Counts,
    parse_counts,
    read_counts,
    update_main_causes,
    update_presence,
)
from bme_bayes.learning.learned import Learned
from bme_bayes.learning.shift import learn_base_rates
from bme_bayes.learning.simulate import Cohort, simulate
from bme_bayes.learning.tilt import shifted_prior

__all__ = [
    "Cohort",
    "Counts",
    "Learned",
    "learn_base_rates",
    "parse_counts",
    "read_counts",
    "shifted_prior",
    "simulate",
    "update_main_causes",
    "update_presence",
]
