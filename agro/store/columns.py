"""The columns of an outlook's summary: one row a plot and run, shared by who writes and who shows it."""


def _spread(name: str) -> tuple[str, str, str]:
    return (f"{name}_p10", f"{name}_p50", f"{name}_p90")


OUTLOOK_INTEGERS = ("bud_bbch", "fruit_bbch", "missing_days")
OUTLOOK_TEXTS = ("evidence",)
OUTLOOK_DATES = (*_spread("bloom"), *_spread("ripe"))
OUTLOOK_NUMBERS = (
    *_spread("diameter"),  # mm
    *_spread("expansion"),  # mm d-1
    *_spread("diameter30"),  # mm, in 30 days
    *_spread("tss"),  # Brix
    *_spread("ta"),  # %
    *_spread("ratio"),  # TSS / TA
    *_spread("tss30"),  # Brix, in 30 days
    *_spread("delay"),  # days behind the valley
    "delay_elevation",  # days
    "delay_sun",  # days
    "delay_cold",  # days
)

OUTLOOK_COLUMNS: tuple[str, ...] = (
    "plot",
    "bud_bbch",
    "fruit_bbch",
    *_spread("bloom"),
    *OUTLOOK_NUMBERS[:21],
    *_spread("ripe"),
    *OUTLOOK_NUMBERS[21:],
    "evidence",
    "missing_days",
)
"""`evidence` says how the models were calibrated: "none", "percentile" or "calibrated"."""
