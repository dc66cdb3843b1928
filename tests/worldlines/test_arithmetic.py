from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from assistant.worldlines.arithmetic import exponential, normals, uniforms


@given(st.lists(st.floats(-80, 80, width=32), min_size=1, max_size=50))
def test_the_exponential_is_right_to_float32(values: list[float]) -> None:
    x = np.array(values, dtype=np.float32)
    true = np.exp(x.astype(np.float64))
    assert np.abs(exponential(x) / true - 1).max() < 3e-7


def test_the_exponential_of_nothing_is_one() -> None:
    assert exponential(np.zeros(3, dtype=np.float32)).tolist() == [1, 1, 1]


def test_streams_are_the_same_bits_everywhere() -> None:
    # Written down once. A change here changes every figure that was ever reported with a seed.
    assert [float(value).hex() for value in uniforms(7, "a", (3,))] == PINNED
    assert normals(7, "a", (2,)).tolist() != normals(8, "a", (2,)).tolist()


def test_streams_of_two_names_are_apart() -> None:
    one, other = uniforms(1, "hinge a", (20_000,)), uniforms(1, "hinge b", (20_000,))
    assert abs(np.corrcoef(one, other)[0, 1]) < 0.03


PINNED = ["0x1.1539500000000p-1", "0x1.df60d80000000p-2", "0x1.2adc100000000p-4"]
