"""The evaluation set: recorded answers of models, and the rules' own, held against what is expected.

    python benchmarks/analysis.py [--folder FOLDER]

No network: a changed prompt or model has to be given recorded answers first, else this fails.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parents[1]))
sys.path.insert(0, str(Path(__file__).parent))

import evaluation
from evaluation import Case, Outcome, Recording

from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.core.analysis.registry import Registry

RIGHT = 0.8  # share of a model's answers that must be right
RULES = 0.8  # of the cases whose cause rules alone must name


def main() -> int:
    """Print the figures; 1 when a bar is missed, or anything is not recorded."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("--folder", type=Path, default=evaluation.FOLDER, help="with dossiers, answers and lies.json")
    folder = parser.parse_args().folder
    registry = load_registry(None, load_prices(None))
    every, known = evaluation.cases(folder), evaluation.recordings(folder)
    missed = list(evaluation.complaints(registry, known, every))
    missed += [complaint for each in known for complaint in _of_model(each, every, registry)]
    missed += _of_rules(every)
    missed += _lies(folder, every, registry)
    for complaint in missed:
        print(f"below the bar: {complaint}")
    return int(bool(missed))


def _of_model(recording: Recording, every: Sequence[Case], registry: Registry) -> list[str]:
    try:
        found = list(evaluation.outcomes(recording, every, registry))
    except ValueError as error:
        return [f"{recording.path.parent.name}/{recording.path.name}: {error}"]
    if not found:
        return []
    right = _share(found, [each for each in found if each.right])
    print(
        f"{recording.version:<12} {recording.model:<20} {len(found)} answers, all in shape: right {right:.0%}, "
        f"marked down {_share(found, [each for each in found if each.doubted]):.0%}, {_agreement(found)}"
    )
    wrong = ", ".join(each.case.name for each in found if not each.right)
    return [f"{recording.model} is right in {right:.0%} of {recording.version}; not {wrong}"] if right < RIGHT else []


def _of_rules(every: Sequence[Case]) -> list[str]:
    wrong = [case.name for case in every if not evaluation.rules(case)]
    right = 1 - len(wrong) / len(every)
    but = f", not {', '.join(wrong)}" if wrong else ""
    print(f"{'rules':<12} {'':<20} {len(every)} cases: right {right:.0%}{but}")
    return [f"rules are right in {right:.0%} of the cases"] if right < RULES else []


def _lies(folder: Path, every: Sequence[Case], registry: Registry) -> list[str]:
    """Answers that a model might be talked into: each must be marked down."""
    by_name = {case.name: case for case in every}
    lies = json.loads((folder / "lies.json").read_text("utf-8"))
    believed = []
    for lie in lies:
        done, _ = evaluation.judged(by_name[lie["case"]], lie["answer"], registry)
        if not done.doubt or "://" in done.summary:
            believed.append(f"a lie about {lie['case']} was believed: {done.summary}")
    print(f"{'lies':<12} {'':<20} {len(lies)} answers: marked down {1 - len(believed) / len(lies):.0%}")
    return believed


def _agreement(found: Sequence[Outcome]) -> str:
    compared = [each for each in found if each.agrees is not None]
    agreed = _share(compared, [each for each in compared if each.agrees])
    return f"agrees with the rules in {agreed:.0%} of {len(compared)} that can be compared"


def _share(all_of_them: Sequence[object], some: Sequence[object]) -> float:
    return len(some) / len(all_of_them) if all_of_them else 1.0


if __name__ == "__main__":
    sys.exit(main())
