"""What each factor of a project's scores weighs, from a YAML file."""

from collections.abc import Iterator, Mapping
from math import inf
from pathlib import Path

from msgspec import Struct

from argus_streams.adapters import yaml_files
from argus_streams.adapters.contracts import data_folder
from argus_streams.core.quality.score import MEASURES, Weights
from argus_streams.errors import Misconfigured

_VARIABLE = "ARGUS_SCORES_FILE"
_WHOLE = 100  # points that a score has


class _Written(Struct, frozen=True, forbid_unknown_fields=True):
    """As people write them."""

    default: Weights
    projects: dict[str, Weights] = {}


class ProjectWeights:
    """The weights of every project."""

    def __init__(self, default: Weights, own: Mapping[str, Weights]) -> None:
        self._default = default
        self._own = own

    def of(self, project: str) -> Weights:
        """A project's weights: its own, else the default."""
        return self._own.get(project, self._default)


def load_weights(file: Path | None) -> ProjectWeights:
    """The weights, those that travel with the program without a file. Raises ``Misconfigured`` with the line."""
    file = file or data_folder("defaults") / "scores.yaml"
    written = yaml_files.read(file, _Written, _VARIABLE)
    yaml_files.require_slugs(file, written.projects, _VARIABLE)
    own = [(("projects", project), weights) for project, weights in written.projects.items()]
    for path, weights in ((("default",), written.default), *own):
        for more, complaint in _complaints(weights):
            line = yaml_files.line_of(file, *path, *more)
            raise Misconfigured(f"{_VARIABLE}: {file}: line {line}: {complaint}")
    return ProjectWeights(written.default, written.projects)


def _complaints(weights: Weights) -> Iterator[tuple[tuple[str, ...], str]]:
    """What no type can see, each with its place."""
    for score, factors in (("quality", weights.quality), ("risk", weights.risk)):
        for name, factor in factors.items():
            if name not in MEASURES:
                yield (score, name), f"there is no factor {name}, but {', '.join(MEASURES)}"
            if not (0 <= factor.weight < inf and 0 < factor.half < inf):  # YAML has infinities, and what is no number
                yield (score, name), "`weight` may not be below 0, `half` has to be above 0"
        if sum(factor.weight for factor in factors.values()) > _WHOLE:
            yield (score,), f"the weights of {score} add up to more than {_WHOLE}"
