"""How much memory a program took at most, for the scripts that tests start."""

PEAK = """
def peak():
    with open("/proc/self/status") as file:
        return next(int(line.split()[1]) for line in file if line.startswith("VmHWM:")) / 1024
"""
"""Source of `peak() -> MiB`. What `resource` tells starts at the height of the test run that started the program."""
