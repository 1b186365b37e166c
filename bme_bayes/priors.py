"""Prior sets: base rates and case mix of one clinical setting."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from bme_bayes.errors import UnknownName
from bme_bayes.network import Number, NumberKey

COUNT_CAP = 3
"""At most so many diagnoses are considered at once."""


@dataclass(frozen=True)
class PriorSet:
    """How common things are among the people who arrive in one setting.

    `base[region][(diagnosis, state)]` is the share of attenders with marrow edema who have
    the diagnosis in that state, averaged over the setting's ages, sexes and risk factors;
    over a region's diagnoses these sum to the expected number of diagnoses a patient.
    `mix[(variable, state)]` is the share of attenders in a state of age band, sex or a risk
    factor; the baseline state is the rest. `none` is the share with none of the diagnoses.
    The next three are about how findings are read, and are neutral but for published reports.
    `unmentioned` and `unmentioned_signs`: how much less likely a risk factor or a sign is that
    was not mentioned (1: unknown is never absent). `stated_absence`: how likely an absence is
    stated in a disease that shows the sign, as a multiple of one that does not (0: it is absent;
    1: the statement says nothing; above 1: it is made where the sign was to be expected).
    `reasons` says of these single numbers, which no paper reports, why they are what they are.
    `links[region][(quantity, child, state, cause)]` are numbers of the network that are other
    ones in this setting; most settings have none.

    >>> import bme_bayes as bb
    >>> prior = bb.load("hip", "obstetric").prior
    >>> prior.label, 1.0 < prior.expected_diagnoses("hip") < 1.3
    ('Obstetric', True)
    """

    name: str
    label: str
    description: str
    base: Mapping[str, Mapping[tuple[str, str], Number]]
    mix: Mapping[tuple[str, str], Number]
    none: float = 0.02
    kind_power: float = 1.0
    unmentioned: float = 1.0
    unmentioned_signs: float = 1.0
    stated_absence: float = 0.0
    evaluation_only: bool = False
    provenance: str = ""
    reasons: Mapping[str, str] = field(default_factory=dict)
    links: Mapping[str, Mapping[NumberKey, Number]] = field(default_factory=dict)

    @property
    def scalars(self) -> tuple[float, ...]:
        """The single numbers, in a fixed order."""
        reading = (self.unmentioned, self.unmentioned_signs, self.stated_absence)
        return (self.none, self.kind_power, *reading)

    def region(self, region: str) -> Mapping[tuple[str, str], Number]:
        """The base rates of one region."""
        try:
            return self.base[region]
        except KeyError:
            raise UnknownName("region", region, self.base, f"in setting {self.name}") from None

    def expected_diagnoses(self, region: str) -> float:
        """Expected number of diagnoses a patient: 1 plus comorbidity, less `none`."""
        return sum(number.value for number in self.region(region).values())

    def count_shares(self, region: str) -> tuple[float, ...]:
        """Shares of patients with 0, 1, 2 and 3 diagnoses (three being a tenth of two)."""
        expected = self.expected_diagnoses(region)
        two = max((expected - 1.0 + self.none) / 1.2, 1e-4)
        three = 0.1 * two
        return (self.none, 1.0 - self.none - two - three, two, three)
