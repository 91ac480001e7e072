from typing import NamedTuple

import numpy as np
import pytest

from agro.numeric import FAST, equation, kernel
from growth_model import lanes
from growth_model.lanes import LANES, reader, write


class Part(NamedTuple):
    low: float
    high: float


class Whole(NamedTuple):
    first: Part
    middle: float
    last: Part


read = reader(Whole)


@equation
def turned(whole):
    return Whole(Part(whole.last.high * 2.0, whole.last.low), whole.middle + 1.0, whole.first)


@kernel(fastmath=FAST)
def turn(block, row):
    for lane in range(LANES):
        write(block, row, lane, turned(read(block, row, lane)))


def test_rows_are_named_in_the_order_of_the_fields():
    assert lanes.names(Whole) == ("first.low", "first.high", "middle", "last.low", "last.high")
    assert lanes.size(Whole) == 5


@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_a_block_read_and_written_by_a_kernel_is_what_plain_python_makes_of_it(dtype):
    block = np.random.default_rng(0).random(7 * LANES).astype(dtype)
    plain = block.copy()
    turn(block, 1)
    for lane in range(LANES):
        write(plain, 1, lane, turned(read(plain, 1, lane)))
    np.testing.assert_array_equal(block, plain)
