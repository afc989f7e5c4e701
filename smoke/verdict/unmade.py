"""Why a check was not made or not finished, in words that findings, sentences and outputs share."""

CONDEMNED = "the release is condemned already"
"""The suite chose to stop: what is not looked at could not change the verdict."""

NOT_SELECTED = "not selected on the command line"
UNFINISHED = "no result: the check was not finished"
OUT_OF_BUDGET = "ended before it was finished"
"""The end of the message of a check that the budget cut off."""


def asks_for_another_run(message: str) -> bool:
    """Tell whether *message* says no more than that the check was not made to its end: only another run can tell."""
    return message in {NOT_SELECTED, UNFINISHED} or message.endswith((OUT_OF_BUDGET, CONDEMNED))
