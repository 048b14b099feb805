"""By which numbers it is decided on what is known: data, of ``defaults/healing.yaml``."""

from typing import Annotated

from msgspec import Meta, Struct

Share = Annotated[float, Meta(ge=0, le=1)]
Positive = Annotated[float, Meta(gt=0, le=1000)]
Count = Annotated[int, Meta(ge=1, le=10_000)]


class Limits(Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The gates, what evidence weighs, and how much is kept of one project."""

    apply: Share  # a lower bound above it is written down
    validate: Share  # one from here on is tried once
    z: Positive  # of the lower bound: 1.645 = true in 19 of 20 cases
    own_repair: Positive  # successes that a person's own repair is worth ...
    own_again: Positive  # ... and the same one made once more, which is as a rule of the same change of code
    outdated: Share  # what is left of it when a person puts something else in the same place
    half_life_days: Positive  # after which evidence is worth half
    another_release: Share  # what is left of evidence in a release that it was not seen in
    elsewhere: Count  # successes after a failure that lift its suppression
    similar: Share  # from which on two locators of different tests are alike
    elsewhere_confidence: Share  # what is left of a confidence in another scope or test
    support: Annotated[int, Meta(ge=2, le=100)]  # repairs that make a rename a rule
    patterns: Count  # of one locator
    renames: Count  # of a project: rules, and those that may become one
    locators: Count  # of a project
    tests: Count  # of one locator
