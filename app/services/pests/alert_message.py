"""The alerts of a day as one text for a person's phone or a group."""

from app.services.pests import words
from app.services.pests.alert_words import number, said
from app.services.pests.alerts import Inbox


def message(inbox: Inbox, language: str = "zh", sent_today: int = 0, link: str = "") -> str | None:
    """Return the text that goes to a person's phone; None where nothing is open or the day's message has gone.

    A second message of a day goes only when something is red. The text fits a group robot: alerts that do not fit are
    counted. `link` is the address of the inbox.
    """
    if not inbox.alerts or inbox.issued is None:
        return None
    if sent_today >= number("budget", "messages") and not any(one.red for one in inbox.alerts):
        return None
    for shown in range(min(inbox.shown, len(inbox.alerts)), 0, -1):
        text = _message(inbox, language, shown, link)
        if len(text.encode()) <= number("budget", "bytes"):
            break
    return text


def _message(inbox: Inbox, language: str, shown: int, link: str) -> str:
    lines = [said("message", "title", language, day=words.day(inbox.issued, language))]
    lines += [said("message", "synthetic", language)] if inbox.synthetic else []
    lines += [said("message", "draft", language)] if inbox.draft else []
    for k, one in enumerate(inbox.alerts[:shown], 1):
        texts = {name: getattr(getattr(one, name), language) for name in ("head", "why", "do", "sure")}
        lines.append(said(
            "message", "alert", language, k=k, mark=said("message", "red", language) if one.red else "",
            names=_names(one.names, language), until=words.day(one.until, language), **texts,
        ))  # fmt: skip
    if rest := len(inbox.alerts) - shown:
        lines.append(said("message", "more", language, n=rest))
    return "\n".join([*lines, *([link] if link else [])])


def _names(names: tuple[str, ...], language: str) -> str:
    most, comma = number("budget", "names"), "、" if language == "zh" else ", "
    more = ("…" if language == "zh" else " ...") if len(names) > most else ""
    return comma.join(names[:most]) + more
