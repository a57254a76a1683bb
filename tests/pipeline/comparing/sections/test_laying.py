"""A storey is laid on its plan, never shrunk onto a few lines of it."""

import numpy as np
import pytest

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


@pytest.mark.parametrize("known", [None, Registration(np.eye(2, 3), 0.9, 0.9, True, "shape")])
def test_a_storey_of_which_nothing_is_cut_does_not_stop_the_others(known):
    house, new = model(), drawing(cut_plan(), LABELS)
    house.sheets[0].entities = np.zeros(0, np.int32)
    laid = lay(house, house.sheets[0], new, new.sheets[0], other_heights=False, known=known)
    assert not len(laid.plan.cut.seg)
    assert laid.found == 0.0
