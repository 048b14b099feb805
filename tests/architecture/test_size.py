"""What fits on a screen can be read: files and functions stay small."""

import ast
from pathlib import Path

import pytest

FILE_LINES = 300
FUNCTION_LINES = 40
PACKAGE = Path(__file__).resolve().parents[2] / "argus_streams"
FILES = sorted(PACKAGE.rglob("*.py"))


def _functions(path):
    tree = ast.parse(path.read_text())
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)]


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_a_file_and_its_functions_are_small(path):
    lines = len(path.read_text().splitlines())
    assert lines <= FILE_LINES, f"{lines} lines; {FILE_LINES} are allowed"

    sizes = {function.name: function.end_lineno - function.lineno + 1 for function in _functions(path)}
    assert not {name: size for name, size in sizes.items() if size > FUNCTION_LINES}
