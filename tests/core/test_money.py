import pytest

from argus_streams.core.money import dollars


@pytest.mark.parametrize(
    ("billionths", "told"),
    [
        (0, "USD 0"),
        (1, "under USD 0.0001"),
        (49_999, "under USD 0.0001"),
        (50_000, "USD 0.0001"),
        (4_500_000, "USD 0.0045"),
        (999_999_999, "USD 1.0000"),
        (1_000_000_000, "USD 1.00"),
        (12_345_000_000, "USD 12.35"),
        (1_234_567_000_000_000, "USD 1,234,567.00"),
        (2**64, "USD 18,446,744,073.71"),
    ],
)
def test_an_amount_is_told_to_the_cent_or_to_the_hundredth_of_one(billionths, told):
    assert dollars(billionths) == told
