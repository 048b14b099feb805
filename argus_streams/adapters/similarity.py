"""What the ranking of elements goes by: the program's own weights."""

from argus_streams.adapters.contracts import data_folder
from argus_streams.adapters.yaml_files import line_of, read
from argus_streams.core.healing.similarity.features import FEATURES
from argus_streams.core.healing.similarity.ranker import Ranker
from argus_streams.errors import Misconfigured

_FILE = "similarity.yaml"


def load_ranker() -> Ranker:
    """The weights and thresholds. Raises ``Misconfigured`` with the line of a mistake."""
    file = data_folder("defaults") / _FILE
    ranker = read(file, Ranker, _FILE)
    for name in ranker.weights:
        if name not in FEATURES:
            line = line_of(file, "weights", name)
            raise Misconfigured(f"{_FILE}: {file}: line {line}: there is no feature {name}, but {', '.join(FEATURES)}")
    if ranker.validate > ranker.apply:
        line = line_of(file, "validate")
        raise Misconfigured(f"{_FILE}: {file}: line {line}: `validate` may not be above `apply`")
    return ranker
