"""Rankers are judged on pairs of elements that people made."""

import gzip
import json
import sys
from pathlib import Path

import pytest
from programs import FOLDER, measured

SETS = {"origin_data": (253, 0.91), "our_data": (233, 0.91)}  # pairs, and what holds with a margin


@pytest.fixture
def healing(monkeypatch):
    """The folder of scripts, importable."""
    monkeypatch.setattr(sys, "path", [str(Path(FOLDER) / "healing"), *sys.path])


@pytest.mark.shared
@pytest.mark.usefixtures("healing")
def test_weights_that_learned_nothing_find_nine_of_ten_and_more_than_similo(shared_dir):
    """All features weigh the same, so no site has taught them anything."""
    from msgspec import structs  # noqa: PLC0415
    from pairs import load  # noqa: PLC0415 - of the benchmarks
    from rivals import similo  # noqa: PLC0415

    from argus_streams.adapters.similarity import load_ranker  # noqa: PLC0415
    from argus_streams.core.healing.similarity.ranking import located  # noqa: PLC0415

    shipped = load_ranker()
    flat = structs.replace(shipped, weights=dict.fromkeys(shipped.weights, 1.6))
    pages = load(shared_dir / "benchmarks" / "similo.dev.jsonl.gz")
    for name, (pairs, bar) in SETS.items():
        right = theirs = count = 0
        for page in (each for each in pages if each.set == name):
            decisions = located(flat, page.targets, page.candidates)
            for target, answer, decision in zip(page.targets, page.answers, decisions, strict=True):
                count += 1
                right += decision.ranking[0] == answer
                scores = [similo(target, each) for each in page.candidates]
                theirs += scores.index(max(scores)) == answer
        assert count == pairs
        assert right >= bar * count
        assert right > theirs


def test_a_missing_file_is_named():
    done = measured("healing/rank", "nowhere.jsonl.gz")

    assert done.returncode == 1
    assert "no such file: nowhere.jsonl.gz" in done.stderr


def test_pages_of_ones_own_are_judged(tmp_path):
    links = [
        {"tag": "A", "visibleText": [text], "href": f"https://shop.example/{text}", "xpath": f"/html[1]/a[{at}]"}
        for at, text in enumerate(("shop", "help", "prices", "contact"), start=1)
    ]
    file = tmp_path / "pages.jsonl.gz"
    with gzip.open(file, "wt") as lines:
        for at, group in enumerate(("origin_data", "our_data") * 2):
            pairs = [{"target": link, "answer": link["xpath"]} for link in links]
            page = {"set": group, "site": f"site{at}", "trivial": False, "pairs": pairs, "candidates": links}
            lines.write(json.dumps(page) + "\n")

    done = measured("healing/rank", file)

    assert "together    100.0% 100.0% 100.0% of 8" in done.stdout
    assert "0 misses" in done.stdout
