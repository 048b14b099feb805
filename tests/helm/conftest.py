import charts
import parts
import pytest


@pytest.fixture(scope="session")
def helm():
    """Helm itself; tests of the chart skip loudly without it."""
    binary = charts.found()
    if binary is None:
        parts.missing("helm", "`go install helm.sh/helm/v3/cmd/helm@latest` makes one")
    return charts.Helm(binary)


@pytest.fixture(scope="session")
def rendered(helm):
    """The release of each file of values in ci/, by the file's name, rendered once."""
    return {file.name.removesuffix("-values.yaml"): helm.render(file) for file in charts.VALUES}


@pytest.fixture(scope="session")
def default(rendered):
    return rendered["default"]
