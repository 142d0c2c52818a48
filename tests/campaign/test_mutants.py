"""A sample of the mutants, each shown to the test that should notice; see ``mutants``."""

import pytest

from .mutant_list import MUTANTS
from .mutants import ROOT, false_alarms, is_noticed, mutated

SAMPLE = ("mclt", "owner", "reserve", "crossed-owner", "table-clients")
CHOSEN = [mutant for mutant in MUTANTS if mutant.id in SAMPLE]


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: mutant.id)
def test_a_mutant_breaks_one_rule_and_has_a_witness(mutant):
    assert mutated(ROOT, mutant) != (ROOT / mutant.path).read_text(encoding="utf-8")
    assert (ROOT / mutant.hint).exists()


@pytest.mark.parametrize("mutant", CHOSEN, ids=lambda mutant: mutant.id)
def test_a_mutant_is_noticed(mutant):
    assert is_noticed(mutant), mutant.words


def test_nobody_cries_wolf():
    assert false_alarms(CHOSEN) == ()
