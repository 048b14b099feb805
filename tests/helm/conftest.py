import charts
import pytest


@pytest.fixture(scope="session")
def rendered(helm):
    """The release of each file of values in ci/, by the file's name, rendered once."""
    return {file.name.removesuffix("-values.yaml"): helm.render(file) for file in charts.VALUES}


@pytest.fixture(scope="session")
def default(rendered):
    return rendered["default"]
