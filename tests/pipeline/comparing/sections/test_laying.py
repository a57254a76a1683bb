"""A storey is laid on its plan, never shrunk onto a few lines of it."""

import numpy as np

from pipeline.comparing.registration import Registration
from pipeline.comparing.sections.laying import lay
from tests.pipeline.comparing.drawings import drawing
from tests.pipeline.comparing.sections.house import LABELS, cut_plan, model


def test_a_storey_shrunk_onto_a_few_lines_is_not_laid():
    house, new = model(), drawing(cut_plan(), LABELS)
    shrunk = Registration(np.array([[0.01, 0.0, 0.0], [0.0, 0.01, 0.0]]), 0.9, 0.9, True, "shape")
    laid = lay(house, house.sheets[0], new, new.sheets[0], other_heights=False, known=shrunk)
    assert not laid.registration.comparable
    assert laid.registration.confidence == 0.0
    assert "two matching points" in laid.registration.reason_en
    assert lay(house, house.sheets[0], new, new.sheets[0]).registration.comparable
