"""What each code of an analysis says to people."""

from collections.abc import Mapping

from argus_streams.core.analysis.gate import SKIPS

# What became of a question that passed the gate.
OUTCOMES: Mapping[str, str] = {
    "answered": "a model answered",
    "cached": "a model answered the same question within the last seven days",
    "proposed": "two groups are so alike that nobody had to be asked",
    "no_model": "there is no model to ask",
    "models_away": "no model answers for now; they are asked again after a minute, ten, and an hour",
    "models_refuse": "no model takes the question",
    "truncated": "the model's answer was cut off; it was paid for",
    "refused": "the model refused to answer; it was paid for",
    "invalid": "twice the model's answer was none to the question; it was paid for",
    "budget_spent": "what the project may spend today is spent or set aside; it is looked at again tomorrow",
    "call_too_dear": "at its worst the call costs more than the project may spend in a whole day",
    "too_many_calls": "the project has made its calls of this minute; it is looked at again in the next",
    "queue_full": "more than 5,000 subjects of the project wait",
    "bug": "our own mistake, which is in the log",
}
REASONS: Mapping[str, str] = dict([*SKIPS.items(), *OUTCOMES.items()])
