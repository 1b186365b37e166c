"""The typical complaint and clue of each pattern (overview O7) lead to its diagnosis.

The patients are the overview's rows with what such a patient usually shows on examination,
radiograph and MRI. Nothing in them is chosen to suit the numbers.
"""

from dataclasses import dataclass, field

import pytest

import bme_bayes as bb

P, A = "present", "absent"
LEAST = 0.5
GENERAL, SPORTS = "general_orthopaedics", "sports_medicine"


@dataclass(frozen=True)
class Patient:
    """One row of the table; `more` of two states is the more probable where there is one."""

    name: str
    diagnosis: str
    region: str
    setting: str
    findings: dict[str, object] = field(hash=False)
    more: tuple[str, str] = ("", "")


REACTION: dict[str, object] = {
    "age": 23, "training_jump": P, "high_impact_sport": P, "recent_trauma": A,
    "onset": "subacute", "load_pain": P, "deep_diffuse_pain": P, "pain_after_activity": P,
    "focal_bone_tenderness": P, "hop_test": P, "systemic_signs": A, "redness_swelling": A,
    "radiograph": "normal", "edema_extent": "regional", "cortical_fracture_line": A,
    "mass_or_cortical_destruction": A,
}  # fmt: skip
FRACTURE: dict[str, object] = REACTION | {
    "limp": P, "rest_pain": P, "cannot_bear_weight": P, "cortical_fracture_line": P,
    "periosteal_edema": P, "onset": "subacute",
}  # fmt: skip
KNEE_SIFK: dict[str, object] = {
    "age": 67, "sex": "female", "recent_trauma": A, "onset": "sudden", "load_pain": P, "limp": P,
    "systemic_signs": A, "radiograph": "normal", "subchondral_fracture_line": P,
    "edema_extent": "regional", "meniscal_root_tear_or_extrusion": P, "joint_effusion": P,
    "serpentine_band": A,
}  # fmt: skip
NECROSIS: dict[str, object] = {
    "age": 44, "sex": "male", "corticosteroids": P, "alcohol": P, "recent_trauma": A,
    "onset": "gradual", "load_pain": P, "systemic_signs": A, "serpentine_band": P,
    "cortical_fracture_line": A,
}  # fmt: skip
LESION: dict[str, object] = {
    "age": 24, "onset": "gradual", "load_pain": P, "mechanical_symptoms": P,
    "persistent_over_6_weeks": P, "systemic_signs": A, "osteochondral_defect": P,
    "edema_extent": "focal_subchondral", "serpentine_band": A,
}  # fmt: skip
SYNDROME: dict[str, object] = {
    "age": 42, "sex": "male", "recent_trauma": A, "corticosteroids": A, "alcohol": A,
    "cancer_history": A, "onset": "subacute", "load_pain": P, "limp": P, "systemic_signs": A,
    "crp": "normal", "edema_extent": "diffuse_epiphysis_to_metaphysis", "serpentine_band": A,
    "subchondral_fracture_line": A, "cortical_fracture_line": A, "cartilage_loss": A,
    "mass_or_cortical_destruction": A, "erosions": A,
}  # fmt: skip
BSI = "bone_stress_injury"
GRADES = ("stress_reaction", "stress_fracture")
PATIENTS = [
    *(
        Patient(f"stress reaction, {region}", BSI, region, SPORTS, REACTION, GRADES)
        for region in ("hip", "knee", "ankle_foot")
    ),
    *(
        Patient(f"stress fracture, {region}", BSI, region, SPORTS, FRACTURE, GRADES[::-1])
        for region in ("hip", "knee", "ankle_foot")
    ),
    Patient("SIFK, medial knee, sudden", "sifk", "knee", GENERAL, KNEE_SIFK),
    Patient("osteonecrosis, risk profile and band", "avn", "hip", GENERAL, NECROSIS),
    Patient("osteonecrosis of the knee", "avn", "knee", GENERAL, NECROSIS),
    Patient("osteochondral lesion, talus", "osteochondral_lesion", "ankle_foot", SPORTS, LESION),
    Patient("osteochondral lesion, knee", "osteochondral_lesion", "knee", SPORTS, LESION),
    Patient("osteochondral lesion, talus, general", "osteochondral_lesion", "ankle_foot", GENERAL,
            LESION | {"recent_trauma": P}),
    Patient("the syndrome, hip, man of 42", "bmes", "hip", GENERAL, SYNDROME | {"groin_pain": P}),
]  # fmt: skip


@pytest.mark.parametrize("patient", PATIENTS, ids=lambda p: p.name)
def test_typical_patient(patient: Patient) -> None:
    engine = bb.Engine(bb.load(patient.region, patient.setting))
    found = engine.posterior(patient.findings)
    picture = {d: round(p.main_cause, 2) for d, p in list(found.diagnoses.items())[:4]}
    assert found.leader == patient.diagnosis, picture
    leader = found.diagnoses[patient.diagnosis]
    assert leader.main_cause >= LEAST, picture
    more, less = patient.more
    if more:
        assert leader.states[more] > leader.states[less], leader.states
