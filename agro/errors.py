"""One family of errors: what went wrong, in Chinese and English, for a person who can mend it."""


class AgroError(Exception):
    """Something a user can put right.

    Parameters
    ----------
    message : str
        English sentence: what was found, what was needed and where.
    zh : str
        The same sentence in Chinese.
    """

    def __init__(self, message: str, *, zh: str = ""):
        super().__init__(message)
        self.zh = zh or message

    def message(self, language: str) -> str:
        """Return the sentence in `language` ("zh" or "en")."""
        return self.zh if language == "zh" else str(self)


class InputError(AgroError):
    """A file or a value from outside cannot be used."""


class UnitError(InputError):
    """A quantity came in a unit that cannot be turned into the one needed."""


class ParameterError(AgroError):
    """A parameter file is incomplete or says something unknown."""


class NotFoundError(AgroError):
    """A thing asked for by name is not stored, or the viewer may not know of it."""


class NotAllowedError(AgroError):
    """The viewer has no right to do this."""


class ConflictError(AgroError):
    """What should be stored contradicts what is stored; nothing was changed."""


class MissingDataError(AgroError):
    """A part cannot run because its data have not been given yet."""
