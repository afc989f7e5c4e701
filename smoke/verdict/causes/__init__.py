"""
Whose doing a failure is: one rule a cause, each with the positive evidence that establishes it.

A failed finding is the release's fault unless one of these rules finds evidence for another cause (law 3). Evidence is
what other findings carry in `facts`, what the baseline holds and what the manifest declares; never the wording of an
error.

| cause       | is established by | rule |
|---|---|---|
| runner      | nothing of ours was reached, and no control host was either | `runner` |
|             | every certificate is refused, those of the control hosts too | `trust` |
| maintenance | the manifest declares a window, and the failure is that of a site closed in it | `maintenance` |
| dependency  | unrelated hosts behind the same edge fail too, while the origin beside it does not | `edge` |
|             | the third party does not answer our own call either, or says in public that it is down | `third_party` |
| credentials | a login that is not ours stands before everything, so the product was not reached | `wall` |
|             | the header that lets us in is refused everywhere, and was before the deploy | `key` |
|             | what tells how a service is asks for a credential, and no baseline shows it open | `challenge` |
|             | another account logs in, or this one was refused before the deploy already | `account` |
| preexisting | the same check failed in the same way before the deploy, by the system's own doing | `preexisting` |
| fixture     | the service works, and the test data were missing, or in the way, before the deploy too | `fixture` |
| superseded  | a commit that is neither announced nor previous came after the announced one | the check |
| suite       | the check was not made to its end, or broke | the engine |
|             | a login limit was reached, and nothing tells that others can use it up | `limited` |
|             | a service that had answered says to several routes that there are too many requests | `limited` |
| release     | none of these; or an excuse that the baseline disproves | `disproved` |
"""

from smoke.verdict.causes._rule import Rule
from smoke.verdict.causes.account import account
from smoke.verdict.causes.challenge import challenge
from smoke.verdict.causes.edge import edge
from smoke.verdict.causes.fixture import fixture
from smoke.verdict.causes.key import key
from smoke.verdict.causes.limited import limited
from smoke.verdict.causes.maintenance import maintenance
from smoke.verdict.causes.preexisting import preexisting
from smoke.verdict.causes.runner import runner
from smoke.verdict.causes.third_party import third_party
from smoke.verdict.causes.trust import trust
from smoke.verdict.causes.wall import wall
from smoke.verdict.causes.witnesses import witnesses

__all__ = ["RULES"]

RULES: tuple[Rule, ...] = (
    *(witnesses, runner, trust, maintenance, edge, wall, limited, key, challenge, account),
    *(third_party, fixture, preexisting),
)
"""
In this order; the first that finds its evidence decides.

What is so now goes before what was so before: a failure that a dependency explains today verifies nothing, even if it
was there before the deploy. What stands before the whole product goes before what lies behind it.
"""
