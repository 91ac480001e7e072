"""How a file that cannot be used is refused: its name and what is wrong, in both languages."""

from agro.errors import InputError


def refused(path, what, zh):
    """Return the error that names a file and what is wrong with it."""
    name = str(path).rsplit("/", 1)[-1]
    return InputError(f"{name}: {what}", zh=f"{name}：{zh}")
