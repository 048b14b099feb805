"""Names that pytest and its processes rely on."""

from collections import Counter

import parts


def test_no_two_modules_of_the_tests_are_called_alike():
    """They are imported by their names alone: the second of two would be the first."""
    names = Counter(path.name for path in (parts.ROOT / "tests").rglob("*.py") if path.name != "conftest.py")
    assert [name for name, count in names.items() if count > 1] == []
