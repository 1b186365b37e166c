"""Learning from one's own patients: base rates and links; and whether the structure fits them.

>>> import bme_bayes as bb
>>> from bme_bayes.learning import Counts, update_presence
>>> learned = update_presence(bb.load("hip"), Counts("hip", 212, {"avn=early_arco_1_2": 30,
...                                                               "avn=late_arco_3_4": 25}))
>>> round(float(learned.to_frame().loc[("avn", "early_arco_1_2"), "after"]), 2)
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
from bme_bayes.learning.links import LearnedLinks, learn_links
from bme_bayes.learning.shift import learn_base_rates
from bme_bayes.learning.simulate import Cohort, simulate
from bme_bayes.learning.structure import StructureCheck, check_structure
from bme_bayes.learning.tally import update_base_rates
from bme_bayes.learning.tilt import shifted_prior

__all__ = [
    "Cohort",
    "Counts",
    "Learned",
    "LearnedLinks",
    "StructureCheck",
    "check_structure",
    "learn_base_rates",
    "learn_links",
    "parse_counts",
    "read_counts",
    "shifted_prior",
    "simulate",
    "update_base_rates",
    "update_main_causes",
    "update_presence",
]
