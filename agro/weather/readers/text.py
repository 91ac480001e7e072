"""From the bytes of a file to lines, columns and numbers; every refusal names file, line and column."""

import csv
import io
import re
from dataclasses import dataclass

import numpy as np

from agro.errors import InputError

DELIMITERS = ",;\t，"
MISSING_WORDS = {"", "-", "--", "---", "/", "//", "///", "nan", "na", "n/a", "null", "none", "缺测", "缺"}
MISSING_NUMBERS = (-999.0, -999.9, -9999.0, -99999.0, 9999.0, 99999.0, 999999.0, 32744.0, 32766.0)
"""Codes of no value: NASA POWER, loggers, and the daily files of the Chinese weather service (32744, 32766)."""
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,3})?")
LARGEST = 256 * 1024 * 1024  # bytes; 25 years of hours are 20 MB


def decoded(data: bytes, name: str) -> str:
    """Return the text of `data`: UTF-8 with or without byte order mark, UTF-16 with one, then GB18030.

    Raises
    ------
    InputError
        When the file is empty, is no text, or is a packed file such as a spreadsheet.
    """
    if not data.strip():
        raise InputError(f"{name}: the file is empty", zh=f"{name}：文件是空的")
    if len(data) > LARGEST:
        raise InputError(f"{name}: more than {LARGEST >> 20} MB", zh=f"{name}：超过 {LARGEST >> 20} MB")
    if data[:2] == b"PK":
        raise InputError(
            f"{name}: a spreadsheet or a zip file; text is needed, so save it as CSV",
            zh=f"{name}：这是电子表格或压缩文件；请另存为 CSV 文本",
        )
    encodings = ["utf-16"] if data[:2] in (b"\xff\xfe", b"\xfe\xff") else ["utf-8-sig", "gb18030"]
    if data.startswith(b"LOCATION,"):
        encodings = ["utf-8-sig", "latin-1"]  # EPW files name their cities in either
    for encoding in encodings:
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if "\0" not in text and text.strip("\ufeff \t\r\n"):
            return text
    raise InputError(f"{name}: this is not a text file", zh=f"{name}：不是文本文件")


@dataclass
class Columns:
    """A delimited table: texts by column, the line in the file of each row, the comment lines before and between."""

    name: str
    texts: dict[str, list[str]]
    lines: list[int]
    comments: list[str]

    def numbers(self, column: str) -> np.ndarray:
        """Return a column as float64; missing codes become NaN.

        Raises
        ------
        InputError
            For text where a number belongs.
        """
        texts = self.texts[column]
        try:
            values = np.array([np.nan if text in MISSING_WORDS else float(text) for text in texts], dtype=float)
            plain = not np.isinf(values).any() and not any("_" in text for text in texts)  # float takes 1_0 for ten
        except ValueError:
            plain = False
        if not plain:
            values = np.array([self._number(column, row, text) for row, text in enumerate(texts)], dtype=float)
        return np.where(np.isin(values, MISSING_NUMBERS), np.nan, values)

    def _number(self, column: str, row: int, text: str) -> float:
        word = text.strip().replace("\u2212", "-")
        if word.lower() in MISSING_WORDS:
            return np.nan
        if not NUMBER.fullmatch(word) or not np.isfinite(value := float(word)):
            raise InputError(
                f"{self.name}, line {self.lines[row]}, column '{column}': '{word[:40]}' is no number",
                zh=f"{self.name} 第 {self.lines[row]} 行“{column}”列：“{word[:40]}”不是数字",
            )
        return value


def columns(text: str, name: str, first_line: int = 1) -> Columns:
    """Return the table in `text`: first line the names, `#` starts a comment line; comma, semicolon or tab.

    Raises
    ------
    InputError
        When there is no header, no row, a name twice, or a row with too few or too many fields.
    """
    delimiter, header, rows, lines, comments = ",", None, [], [], []
    for number, line in enumerate(text.splitlines(), first_line):
        if line.lstrip().startswith("#"):
            comments.append(line.strip().rstrip(","))
            continue
        if not line.strip(DELIMITERS + " "):
            continue
        if header is None:
            delimiter = max(DELIMITERS, key=line.count)
            header = [field.strip() for field in _fields(line, delimiter, name, number)]
            while header and not header[-1]:
                header.pop()
            _check_header(header, name, number)
            continue
        fields = _fields(line, delimiter, name, number)
        if len(fields) < len(header) or any(field.strip() for field in fields[len(header) :]):
            raise InputError(
                f"{name}, line {number}: {len(fields)} fields; the header has {len(header)}",
                zh=f"{name} 第 {number} 行有 {len(fields)} 列；表头有 {len(header)} 列",
            )
        rows.append(fields[: len(header)])
        lines.append(number)
    if header is None or not rows:
        raise InputError(f"{name}: there are no rows of data", zh=f"{name}：没有数据行")
    texts = {column: [row[i] for row in rows] for i, column in enumerate(header)}
    return Columns(name, texts, lines, comments)


def first_fields(text: str) -> list[str]:
    """Return the fields of the first line that is no comment: what a reader looks at to recognise its format."""
    for line in io.StringIO(text):
        if line.strip(DELIMITERS + " \r\n") and not line.lstrip().startswith("#"):
            delimiter = max(DELIMITERS, key=line.count)
            return [field.strip().strip('"') for field in line.strip().split(delimiter)]
    return []


def _fields(line: str, delimiter: str, name: str, number: int) -> list[str]:
    try:
        return next(csv.reader([line], delimiter=delimiter, strict=True))
    except (csv.Error, StopIteration) as error:
        raise InputError(
            f"{name}, line {number}: cannot be split into columns: {error}",
            zh=f"{name} 第 {number} 行无法分列：{error}",
        ) from error


def _check_header(header: list[str], name: str, number: int) -> None:
    if twice := sorted({column for column in header if header.count(column) > 1}):
        raise InputError(
            f"{name}, line {number}: the column {', '.join(repr(column) for column in twice)} stands twice",
            zh=f"{name} 第 {number} 行：列名{'、'.join(twice)}重复",
        )
