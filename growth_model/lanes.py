"""Blocks of places side by side, so that a processor computes 8 or 16 of them a step.

A block is one flat array of rows, each row `LANES` places wide. A NamedTuple of numbers, or of such NamedTuples, takes
one row a number, in order. `reader` and `write` move one place's tuple out of and into a block; laid into a loop over
the lanes they become plain vector loads and stores, and the tuples vanish.
"""

from typing import get_type_hints

from llvmlite import ir as llvm
from numba import types
from numba.extending import intrinsic, overload

LANES = 16
"""Places in a block: enough to fill the widest vectors, few enough that a block (40 kB) stays in the nearest cache."""


def fields(cls):
    """Return {field: NamedTuple class or None for a number} of a NamedTuple, in order."""
    return {name: hint if hasattr(hint, "_fields") else None for name, hint in get_type_hints(cls).items()}


def names(cls, prefix=""):
    """Return the dotted names of a NamedTuple's numbers, in order: one row of a block each."""
    found = []
    for name, inner in fields(cls).items():
        found += [prefix + name] if inner is None else names(inner, f"{prefix}{name}.")
    return tuple(found)


def size(cls):
    """Return how many numbers a NamedTuple holds."""
    return len(names(cls))


def flat(nested):
    """Return the numbers of a tuple of tuples, in order."""
    for item in nested:
        if isinstance(item, tuple):
            yield from flat(item)
        else:
            yield float(item)


def built(cls, numbers):
    """Return a `cls` from an iterator over its numbers, in order."""
    return cls(*(next(numbers) if inner is None else built(inner, numbers) for inner in fields(cls).values()))


def reader(cls):
    """Return `read(block, row, lane)`: the `cls` of one place whose first number stands in `row`."""
    count = size(cls)

    def read(block, row, lane):
        return built(cls, (block[(row + k) * LANES + lane] for k in range(count)))

    def kind(number):
        def of(cls):
            parts = [number if inner is None else of(inner) for inner in fields(cls).values()]
            return types.BaseTuple.from_types(parts, cls)

        return of(cls)

    @intrinsic
    def load(typing, block, row, lane):
        def code(context, builder, signature, arguments):
            place = _places(context, builder, signature, arguments)

            def tuple_of(part):
                if isinstance(part, types.BaseTuple):
                    return context.make_tuple(builder, part, [tuple_of(inner) for inner in part.types])
                return builder.load(next(place))

            return tuple_of(signature.return_type)

        return kind(block.dtype)(block, types.intp, types.intp), code

    @overload(read, jit_options={"forceinline": True})
    def _read(block, row, lane):
        return lambda block, row, lane: load(block, row, lane)

    return read


def write(block, row, lane, value):
    """Write a NamedTuple into one lane of a block, its first number into `row`."""
    for k, number in enumerate(flat(value)):
        block[(row + k) * LANES + lane] = number


@intrinsic
def _store(typing, block, row, lane, value):
    def code(context, builder, signature, arguments):
        place = _places(context, builder, signature, arguments)

        def put(part, number):
            if isinstance(part, types.BaseTuple):
                for k, inner in enumerate(part.types):
                    put(inner, builder.extract_value(number, k))
            else:
                builder.store(context.cast(builder, number, part, block.dtype), next(place))

        put(signature.args[3], arguments[3])
        return context.get_dummy_value()  # how numba writes "nothing": the store has no result

    return types.void(block, types.intp, types.intp, value), code


@overload(write, jit_options={"forceinline": True})
def _write(block, row, lane, value):
    return lambda block, row, lane, value: _store(block, row, lane, value)


def _places(context, builder, signature, arguments):
    """Yield the addresses of the rows from `row` on in one lane; the distances between them are constants."""
    data = context.make_array(signature.args[0])(context, builder, arguments[0]).data
    row, lane = arguments[1:3]
    k = 0
    while True:
        at = builder.mul(builder.add(row, llvm.Constant(row.type, k)), llvm.Constant(row.type, LANES), flags=["nsw"])
        yield builder.gep(data, [builder.add(at, lane, flags=["nsw"])], inbounds=True)
        k += 1


def chosen(condition, a, b):
    """Return tuple `a` where `condition` holds, else `b`, number by number."""
    return a if condition else b


@intrinsic
def _chosen(typing, condition, a, b):
    def code(context, builder, signature, arguments):
        def pick(kind, first, second):
            if not isinstance(kind, types.BaseTuple):
                return builder.select(arguments[0], first, second)
            parts = [
                pick(inner, builder.extract_value(first, k), builder.extract_value(second, k))
                for k, inner in enumerate(kind.types)
            ]
            return context.make_tuple(builder, kind, parts)

        return pick(signature.args[1], arguments[1], arguments[2])

    return a(types.boolean, a, a), code


@overload(chosen, jit_options={"forceinline": True})
def _chosen_of(condition, a, b):
    return lambda condition, a, b: _chosen(condition, a, b)
