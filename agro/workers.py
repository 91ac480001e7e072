"""Who computes the tasks of a large run: this process, its threads, or a cluster; the caller's code is the same."""

import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import dask

ADDRESS = "CITRUS_DASK"
"""Variable of the environment that names the cluster's scheduler, as "tcp://10.0.0.5:8786"."""
AT_ONCE = 4  # tasks that a worker holds or waits for


def chosen(client: Any = None) -> Any:
    """Return a client or its name: what was asked for, else the cluster of the environment, else this process."""
    return client or os.environ.get(ADDRESS) or "synchronous"


@contextmanager
def workers(client: Any) -> Iterator[tuple[Callable, int, Callable]]:
    """Give a function that computes tasks, how many of them run side by side, and one that shares what all need.

    Parameters
    ----------
    client : str or distributed.Client
        A cluster, by its client or address; or a scheduler of dask's own, "synchronous" or "threads".
    """
    if isinstance(client, str) and client in ("synchronous", "threads"):

        def computed(tasks):
            return dask.compute(*tasks, scheduler=client)

        def shared(what):
            return dask.delayed(what, traverse=False)

        yield computed, 1 if client == "synchronous" else os.cpu_count() or 1, shared
        return
    from distributed import Client  # of the extra "cluster"

    cluster = Client(client) if isinstance(client, str) else client
    try:
        width = sum(cluster.nthreads().values()) or 1
        yield (
            lambda tasks: cluster.gather(cluster.compute(tasks)),
            width,
            lambda what: cluster.scatter(what, broadcast=True, hash=False),
        )
    finally:
        if cluster is not client:
            cluster.close()
