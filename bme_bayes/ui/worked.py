"""Worked cases for the start screen: invented patients, typical of what they show."""

from __future__ import annotations

from dataclasses import dataclass

from bme_bayes.ui.state import Case


@dataclass(frozen=True)
class WorkedCase:
    """An invented patient: a title, a sentence, and the findings."""

    id: str
    title: str
    story: str
    case: Case


WORKED = (
    WorkedCase(
        "late_pregnancy_hip",
        "Hip pain in late pregnancy",
        "A woman of 34 in her third trimester: groin pain for three weeks, worse on loading. MRI "
        "shows diffuse edema of the femoral head and neck, no fracture line, no band.",
        Case(
            "hip",
            "general_orthopaedics",
            (
                ("age_band", "30_50"),
                ("sex", "female"),
                ("pregnancy", "third_trimester_or_postpartum"),
                ("corticosteroids", "absent"),
                ("recent_trauma", "absent"),
                ("onset", "subacute"),
                ("load_pain", "present"),
                ("groin_pain", "present"),
                ("systemic_signs", "absent"),
                ("limp", "present"),
                ("edema_extent", "diffuse_epiphysis_to_metaphysis"),
                ("subchondral_fracture_line", "absent"),
                ("serpentine_band", "absent"),
                ("joint_effusion", "probable"),
            ),
        ),
    ),
    WorkedCase(
        "sudden_medial_knee_pain",
        "Sudden knee pain after a long walk",
        "A woman of 68 with osteoporosis: sudden pain on the inner side of the knee, no fall. MRI "
        "shows edema of the femoral condyle and a torn meniscal root.",
        Case(
            "knee",
            "general_orthopaedics",
            (
                ("age_band", "over_65"),
                ("sex", "female"),
                ("osteoporosis", "present"),
                ("recent_trauma", "absent"),
                ("onset", "sudden"),
                ("load_pain", "present"),
                ("focal_bone_tenderness", "present"),
                ("radiograph", "normal"),
                ("edema_extent", "regional"),
                ("meniscal_root_tear_or_extrusion", "present"),
            ),
        ),
    ),
    WorkedCase(
        "back_pain_with_fever",
        "Back pain with fever",
        "A man of 59 with diabetes: back pain at rest and at night for two weeks, shivering, and "
        "edema of two endplates on MRI. The disc has not been looked at yet.",
        Case(
            "spine",
            "general_orthopaedics",
            (
                ("age_band", "51_65"),
                ("sex", "male"),
                ("immunosuppression", "present"),
                ("onset", "subacute"),
                ("rest_pain", "present"),
                ("night_pain", "present"),
                ("systemic_signs", "present"),
                ("neurologic_deficit", "absent"),
                ("edema_both_sides_of_joint", "present"),
                ("crp", "markedly_raised"),
            ),
        ),
    ),
)
