"""Formulas as data: read from text by a small grammar into steps in postfix order; nothing is evaluated as Python.

    condition   sum (">" | ">=" | "<" | "<=") sum
    sum         product {("+" | "-") product}
    product     sign {("*" | "/") sign}
    sign        ["-"] power
    power       atom ["^" sign]
    atom        number | name | function "(" sum {"," sum} ")" | "(" sum ")"

Names are what the caller allows, functions are `sqrt`, `abs`, `min`, `max`. A step is a number, a name, or an operator
that takes its operands from a stack.
"""

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass

import numpy as np

from agro.errors import ParameterError

LONGEST, DEEPEST = 400, 40
"""Characters of a formula and brackets within brackets: far above any index, far below what hurts."""
TOKEN = re.compile(r"\s*(?:(\d+\.?\d*(?:[eE][-+]?\d+)?|\.\d+)|([A-Za-z_]\w*)|(>=|<=|[-+*/^(),<>]))")
FUNCTIONS = {"sqrt": 1, "abs": 1, "min": 2, "max": 2}
"""Functions by the number of their operands."""
OPERATORS = {
    "+": np.add, "-": np.subtract, "*": np.multiply, "/": np.divide, "^": np.power, "neg": np.negative,
    "sqrt": np.sqrt, "abs": np.abs, "min": np.minimum, "max": np.maximum, ">": np.greater, ">=": np.greater_equal,
}  # fmt: skip
UNARY = ("neg", "sqrt", "abs")


@dataclass(frozen=True)
class Formula:
    """A formula and what it was read from.

    Attributes
    ----------
    text : str
    steps : tuple of float or str
        In postfix order: numbers, names, and keys of `OPERATORS`.
    names : tuple of str
        The names that occur, in order of their first use.
    """

    text: str
    steps: tuple[float | str, ...]
    names: tuple[str, ...]


def parsed(text: str, names: Collection[str], *, condition: bool = False) -> Formula:
    """Return the formula that a text says.

    Parameters
    ----------
    text : str
        As `"(nir - red) / (nir + red)"`; with `condition` one comparison, as `"nir + red > 0.02"`.
    names : collection of str
        What may occur.

    Raises
    ------
    ParameterError
        For a text that is no formula: what stands where.
    """
    reader = _Reader(text, names)
    reader.compare() if condition else reader.sum()
    if reader.now is not None:
        raise reader.error(f"'{reader.now}' is not expected", f"此处不应出现“{reader.now}”")
    used = dict.fromkeys(step for step in reader.steps if isinstance(step, str) and step in names)
    return Formula(text, tuple(reader.steps), tuple(used))


def value(formula: Formula, values: Mapping[str, np.ndarray]) -> np.ndarray:
    """Return what a formula gives for named values [arrays or numbers], step by step in float64.

    The reference against which compiled programs are checked; division by zero gives infinity or NaN in silence.
    """
    stack: list = []
    with np.errstate(all="ignore"):
        for step in formula.steps:
            if not isinstance(step, str):
                stack.append(step)
            elif step not in OPERATORS:
                stack.append(np.asarray(values[step], float))
            else:
                operands = [stack.pop() for _ in range(1 if step in UNARY else 2)][::-1]
                stack.append(OPERATORS[step](*operands))
    return stack.pop()


class _Reader:
    """Reads a text token by token and appends steps; each rule of the grammar is a method."""

    def __init__(self, text: str, names: Collection[str]):
        self.text, self.names, self.steps, self.depth = text, names, list[float | str](), 0
        self.at = self.end = 0
        if len(text) > LONGEST:
            raise self.error(f"longer than {LONGEST} characters", f"超过 {LONGEST} 个字符")
        self.advance()

    def advance(self) -> None:
        """Step to the next token: a number, a name or a sign; None at the end."""
        self.at = self.end
        self.number: float | None = None
        self.now: str | None = None
        if not self.text[self.end :].strip():
            return
        found = TOKEN.match(self.text, self.end)
        if found is None:
            raise self.error("a character that no formula has", "含有公式中不允许的字符")
        self.end = found.end()
        self.now = found.group(found.lastindex or 0)
        self.number = float(self.now) if found.lastindex == 1 else None

    def error(self, en: str, zh: str) -> ParameterError:
        """Return the error for what stands at the present place."""
        return ParameterError(
            f"formula '{self.text[:80]}', character {self.at + 1}: {en}",
            zh=f"公式“{self.text[:80]}”第 {self.at + 1} 个字符：{zh}",
        )

    def take(self, sign: str) -> None:
        """Pass over a sign that must stand here."""
        if self.now != sign:
            raise self.error(f"'{sign}' is needed, got '{self.now or 'the end'}'", f"此处需要“{sign}”")
        self.advance()

    def compare(self) -> None:
        """Read a comparison; "<" is ">" with its sides changed."""
        self.sum()
        left, self.steps = self.steps, []
        sign = self.now
        if sign not in (">", ">=", "<", "<="):
            raise self.error("a comparison is needed", "此处需要比较符号")
        self.advance()
        self.sum()
        right = self.steps
        self.steps = [*left, *right, sign] if sign[0] == ">" else [*right, *left, sign.replace("<", ">")]

    def sum(self) -> None:
        """Read terms that are added and subtracted."""
        self.depth += 1
        if self.depth > DEEPEST:
            raise self.error("too many brackets within brackets", "括号嵌套过深")
        self._chain(self.product, ("+", "-"))
        self.depth -= 1

    def product(self) -> None:
        """Read factors that are multiplied and divided."""
        self._chain(self.sign, ("*", "/"))

    def _chain(self, part, signs: tuple[str, ...]) -> None:
        part()
        while (sign := self.now) in signs:
            self.advance()
            part()
            self.steps.append(str(sign))

    def sign(self) -> None:
        """Read a factor with or without a minus before it."""
        minus = 0
        while self.now == "-":
            minus += 1
            self.advance()
        self.power()
        self.steps += ["neg"] * (minus % 2)

    def power(self) -> None:
        """Read a base and its exponent."""
        self.atom()
        if self.now == "^":
            self.advance()
            self.depth += 1
            if self.depth > DEEPEST:
                raise self.error("too many exponents of exponents", "指数嵌套过深")
            self.sign()
            self.depth -= 1
            self.steps.append("^")

    def atom(self) -> None:
        """Read a number, a name, a function of sums, or a sum in brackets."""
        token, number = self.now, self.number
        if number is not None:
            self.advance()
            self.steps.append(number)
        elif token in FUNCTIONS and token not in self.names:
            self.advance()
            self.take("(")
            self.sum()
            for _ in range(FUNCTIONS[token] - 1):
                self.take(",")
                self.sum()
            self.take(")")
            self.steps.append(token)
        elif token in self.names:
            self.advance()
            self.steps.append(str(token))
        elif token == "(":  # noqa: S105 - a bracket, no password
            self.advance()
            self.sum()
            self.take(")")
        else:
            known = ", ".join(self.names)
            raise self.error(
                f"'{token or 'the end'}' is no number and no band; known: {known}",
                f"“{token or '末尾'}”既不是数字也不是波段；可用：{known}",
            )
