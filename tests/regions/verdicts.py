"""What `argus audit --region` says, and that it has nothing to say."""

from processes import comes_true


def told(verdict, topic):
    """What an audit says of a topic of the other region."""
    (region,) = verdict["regions"]
    return next(each for each in region["topics"] if each["topic"] == topic)


def address(region):
    return f"{region.alias}={region.broker.bootstrap}"


def audited_once_it_answers(region, other):
    """On a busy machine a broker that was just started takes its time."""
    found = []
    assert comes_true(lambda: not found.append(region.audit("--region", address(other))) and not away(found[-1]), 30)
    return found[-1]


def away(audited):
    return audited[1]["regions"][0]["away"]


def closes(region, other, sender):
    """The region has counted all, and both audits close."""
    assert comes_true(lambda: region.counts() == sender.expected(), 60), sender.differs(region.counts())
    code, verdict = region.audit("--region", address(other), "--wait", "60")
    assert (code, verdict["findings"], verdict["regions"][0]["gaps"]) == (0, [], []), verdict
    assert verdict["counted"] == len(sender.sent)
