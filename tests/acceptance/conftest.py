from pathlib import Path

import pytest

HERE = Path(__file__).resolve().parent


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    """What takes minutes runs where this folder or its marker is named (`make acceptance`), not in `make test`."""
    if "acceptance" in (config.option.markexpr or "") or any(_is_here(config, argument) for argument in config.args):
        return
    long = [item for item in items if item.get_closest_marker("acceptance")]
    config.hook.pytest_deselected(items=long)
    items[:] = [item for item in items if item not in long]


def _is_here(config, argument):
    path = (config.invocation_params.dir / argument.partition("::")[0]).resolve()
    return path == HERE or HERE in path.parents
