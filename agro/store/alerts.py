"""What an account made of its alerts: seen, put off, or wrong."""

from dataclasses import dataclass
from datetime import date, datetime

from sqlalchemy import insert, select

from agro.errors import InputError
from agro.farm import Viewer
from agro.store import schema
from agro.store.audit import Audit
from agro.store.ids import uuid7
from agro.store.rights import require

MARKS = ("acknowledged", "snoozed", "wrong")
LONGEST = 200  # letters of a key


@dataclass(frozen=True)
class AlertMark:
    """One mark; `key` is whatever names the alert, such as "plot|organism"."""

    id: str
    account: str
    key: str
    state: str
    until: date | None
    note: str
    at: datetime

    def holds(self, on: date) -> bool:
        """Return whether the mark still stands on a day; from `until` on the alert is shown again."""
        return self.until is None or on < self.until


class Alerts(Audit):
    """Marks, which are only ever added; the newest one counts."""

    def mark_alert(self, viewer: Viewer, key: str, state: str, until: date | None = None, note: str = "") -> AlertMark:
        """Return the mark that `viewer` set on the alert `key`, for himself.

        Raises
        ------
        InputError
            For an unknown mark, no key, or putting off without a day.
        NotAllowedError
            When the role has no alerts.
        """
        require(viewer, "alert.mark")
        if state not in MARKS:
            raise InputError(
                f"no mark '{state}'; there are {', '.join(MARKS)}",
                zh=f"没有标记“{state}”；可选：已知晓、稍后提醒、有误",
            )
        if not key or len(key) > LONGEST:
            raise InputError(f"an alert's key has 1 to {LONGEST} letters", zh=f"预警标识应为 1 至 {LONGEST} 个字符")
        if state == "snoozed" and until is None:
            raise InputError("until when? a day is needed to put an alert off", zh="稍后提醒需要写明日期")
        mark = AlertMark(uuid7(), viewer.account, key, state, until, note.strip(), self.clock())
        with self.writing() as connection:
            connection.execute(insert(schema.alert_mark).values(vars(mark)))
            self.record(viewer, "alert.mark", key, {"state": state, "until": until.isoformat() if until else None})
        return mark

    def alert_marks(self, account: str) -> dict[str, AlertMark]:
        """Return {key: the newest mark} of an account."""
        table = schema.alert_mark
        query = select(table).where(table.c.account == account).order_by(table.c.at, table.c.id)
        with self.reading() as connection:
            return {row.key: AlertMark(**row._mapping) for row in connection.execute(query)}
