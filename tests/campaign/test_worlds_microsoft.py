"""A sample of random worlds in profile microsoft; the campaign is ``tests.campaign.worlds``."""

import pytest

from .sample import failures, portions


@pytest.mark.parametrize("numbers", portions("microsoft"), ids=str)
def test_nothing_breaks_and_all_heals(numbers):
    assert failures("microsoft", numbers) == []
