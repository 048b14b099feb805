"""A deployment as ``argus replay`` works on it."""

from collections.abc import Callable
from typing import NamedTuple

from argus_streams.adapters import generations
from argus_streams.adapters.generations import Record
from argus_streams.core.generations.naming import FIRST_SCHEMA
from argus_streams.errors import ArgusError
from argus_streams.settings import Settings
from argus_streams.streaming.offsets import Offsets

Say = Callable[[str], None]  # tells a person what is being done


class Refused(ArgusError):  # noqa: N818 - what happened
    """What was asked for can not be done as things are; the text says what would help."""


class Site(NamedTuple):
    """Its settings, and its consumer groups."""

    given: Settings
    offsets: Offsets

    def of(self, name: str) -> Settings:
        """The settings under which workers make a generation."""
        return self.given.model_copy(update={"generation": name})

    def name_of(self, record: Record) -> str:
        """What people call a generation."""
        return self.given.naming().with_schema(record.schema).name

    async def live(self) -> Settings:
        """The settings of the generation that readers see."""
        return self.of(self.name_of(await generations.live(self.given.database())))

    async def record(self, name: str) -> Record:
        """What is known of a generation. Raises ``Refused`` where there is none."""
        found = await generations.find(self.given.database(), self.of(name).making().schema)
        if found is None:
            raise Refused(f"there is no generation {name}: `argus replay status` lists them")
        return found


def site(given: Settings) -> Site:
    """The deployment of these settings.

    Raises ``Refused`` for one beside another in the same database: which generation is live is told there once.
    """
    if given.db_schema not in {None, FIRST_SCHEMA}:
        raise Refused(
            f"ARGUS_DB_SCHEMA is {given.db_schema}: history is made anew where the first generation is {FIRST_SCHEMA}; "
            "give this deployment a database of its own, without ARGUS_DB_SCHEMA"
        )
    return Site(given, Offsets(given.kafka()))
