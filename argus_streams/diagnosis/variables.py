"""The environment and the files that it names, as the workers would read them."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from argus_streams import app, settings, sources
from argus_streams.adapters.budgets import load_budgets
from argus_streams.adapters.bursts import load_bursts
from argus_streams.adapters.database import check_url
from argus_streams.adapters.incident_rules import load_incident_rules
from argus_streams.adapters.mappings import load_mappings
from argus_streams.adapters.models import load_prices, load_registry
from argus_streams.adapters.rules import load_rules
from argus_streams.adapters.weights import load_weights
from argus_streams.core.doctor.variables import Complaint, Variables
from argus_streams.errors import ArgusError, Misconfigured
from argus_streams.settings import Settings

TLS = ("kafka_ssl_ca_location", "kafka_ssl_certificate_location", "kafka_ssl_key_location")


def salvage() -> tuple[Settings, tuple[str, ...]]:
    """The settings with the default in place of each value that is none, and a sentence about each of those."""
    try:
        return Settings(), ()  # type: ignore[call-arg]  # as in ``settings.load``
    except ValidationError as error:
        wrong = {str(each["loc"][0]): each["msg"].removeprefix("Value error, ") for each in error.errors()}
    fields = {str(field.validation_alias or name): field.default for name, field in Settings.model_fields.items()}
    defaults: dict[str, Any] = {name: fields[name] for name in wrong}
    return Settings(**defaults), tuple(f"{settings.variable(name)}: {told}" for name, told in wrong.items())


def look(given: Settings, refused: Sequence[str]) -> Variables:
    """All that can be told without asking anybody; ``refused`` = what was told of values that are none."""
    complaints = [Complaint("settings", told) for told in refused]
    complaints += [*_halves(given), *_addresses(given), *_files(given), *_inputs(given)]
    needed = {"KAFKA_BOOTSTRAP_SERVERS": given.kafka_bootstrap_servers, "DATABASE_URL": given.database_url}
    read = [name for name in _READERS if getattr(given, name) is not None]
    return Variables(
        known=tuple(name for name, _, _ in settings.described()),
        given=settings.names(),
        strangers=tuple(settings.strangers()),
        missing=tuple(name for name, value in needed.items() if not value),
        complaints=tuple(complaints),
        files=tuple(settings.variable(name) for name in read),
        inputs=len(given.inputs),
        providers=tuple(given.providers()),
        keyless=tuple(_keyless(given)),
    )


def _halves(given: Settings) -> Iterator[Complaint]:
    """What makes sense with its other half alone."""
    protocol = given.kafka_security_protocol
    login = (given.kafka_sasl_username, given.kafka_sasl_password)
    named = "ARGUS_KAFKA_SECURITY_PROTOCOL"
    if protocol.startswith("SASL") and not all(login):
        lacking = "ARGUS_KAFKA_SASL_PASSWORD" if login[0] else "ARGUS_KAFKA_SASL_USERNAME"
        yield Complaint("settings", f"{named}={protocol}, but {lacking} is not set", f"set {lacking}")
    if any(login) and not protocol.startswith("SASL"):
        told = f"ARGUS_KAFKA_SASL_USERNAME or _PASSWORD is set, but {named} is {protocol}: nobody logs in"
        yield Complaint("settings", told, f"set {named} to SASL_SSL")
    if any(getattr(given, name) for name in TLS) and not protocol.endswith("SSL"):
        told = f"a file for TLS is named, but {named} is {protocol}: nothing is encrypted"
        yield Complaint("settings", told, f"set {named} to {'SASL_SSL' if any(login) else 'SSL'}")
    if bool(given.kafka_ssl_certificate_location) != bool(given.kafka_ssl_key_location):
        lacking = "KEY" if given.kafka_ssl_certificate_location else "CERTIFICATE"
        told = f"ARGUS_KAFKA_SSL_{lacking}_LOCATION is not set, but its other half is"
        yield Complaint("settings", told, f"set ARGUS_KAFKA_SSL_{lacking}_LOCATION")


def _addresses(given: Settings) -> Iterator[Complaint]:
    if given.database_url is not None:
        yield from _told("settings", lambda: check_url(given.database()))
    for server in (given.kafka_bootstrap_servers or "").split(","):
        host, _, port = server.strip().rpartition(":")
        if server.strip() and not (host and port.isdecimal()):
            told = f"KAFKA_BOOTSTRAP_SERVERS: {server.strip()!r} is not host:port"
            yield Complaint("settings", told, "set KAFKA_BOOTSTRAP_SERVERS to host:port, comma-separated")


_READERS: Mapping[str, Callable[[Path | None], Any]] = {
    "rules_file": load_rules,
    "incidents_file": load_incident_rules,
    "mappings_file": load_mappings,
    "prices_file": load_prices,
    "scores_file": load_weights,
    "budgets_file": load_budgets,
    "bursts_file": load_bursts,
}


def _files(given: Settings) -> Iterator[Complaint]:
    for name, read in _READERS.items():
        file = getattr(given, name)
        yield from _told("files", partial(read, file), settings.variable(name))
    prices = Path(given.prices_file) if given.prices_file and not _broken(given.prices_file) else None
    yield from _told("files", lambda: load_registry(given.models_file, load_prices(prices)), "ARGUS_MODELS_FILE")
    for name in TLS:
        file = getattr(given, name)
        if file is not None and not file.is_file():
            variable = settings.variable(name)
            yield Complaint("files", f"{variable}: there is no file {file}", f"correct {variable}, or mount the file")


def _broken(prices: Path) -> bool:
    """Whether the price list can not be read, which was told: models are held against ours then."""
    return bool(list(_told("files", lambda: load_prices(prices))))


def _inputs(given: Settings) -> Iterator[Complaint]:
    try:
        mapping = load_mappings(given.mappings_file)
    except ArgusError:  # told already
        return
    yield from _told("inputs", lambda: app.check_inputs(given.input_defaults(), sources.load(), mapping))


def _keyless(given: Settings) -> Iterator[str]:
    if not given.providers():
        return
    from argus_streams.adapters.providers import client_of  # noqa: PLC0415 - the models' clients take 50 MiB, and seconds

    for provider in given.providers():
        yield from (each.told for each in _told("models", partial(client_of, provider, given)))


def _told(check: str, read: Callable[[], Any], variable: str = "") -> Iterator[Complaint]:
    try:
        read()
    except Misconfigured as error:
        yield Complaint(check, str(error))
    except (ArgusError, OSError, ValueError) as error:
        yield Complaint(check, f"{variable}: {error}")
