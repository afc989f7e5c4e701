"""
What people use today to decide about a fresh deploy, written as a careful user of each would write it.

All look at the same public names as the verifier, over TLS, and begin when the deploy is announced. Their waits run
on the stack's clock, which is faster than that of the field; their timeouts do not, since answers take their time.
"""

from collections.abc import Awaitable, Callable, Mapping

from benchmarks.accuracy.policies import collection, health_loop, monitor, single_shot
from benchmarks.accuracy.policies.site import Opinion, Site

Policy = Callable[[Site], Awaitable[Opinion]]

POLICIES: Mapping[str, Policy] = {
    "curl 5 x 5 s": health_loop.five_times,
    "curl 30 x 2 s": health_loop.thirty_times,
    "collection runner": collection.judge,
    "single-shot pytest": single_shot.judge,
    "condition monitor": monitor.judge,
}
"""Each by the name under which it is scored."""
