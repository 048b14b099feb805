"""The only reader of the environment: every setting, its default and what it is for."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Literal, get_args

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic.fields import FieldInfo
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from argus_streams.core.analysis.prices import Provider
from argus_streams.core.generations.naming import FIRST, Generation, Naming, complaint
from argus_streams.core.intake import SLUG
from argus_streams.core.regions import checked
from argus_streams.errors import Misconfigured


class Settings(BaseSettings):
    """What a deployment decides. Secrets are masked wherever they are shown."""

    model_config = SettingsConfigDict(env_prefix="ARGUS_", frozen=True, extra="ignore", env_ignore_empty=True)

    kafka_bootstrap_servers: str | None = Field(
        None, validation_alias="KAFKA_BOOTSTRAP_SERVERS", description="Kafka's brokers, host:port, comma-separated."
    )
    kafka_security_protocol: Literal["PLAINTEXT", "SSL", "SASL_PLAINTEXT", "SASL_SSL"] = Field(
        "PLAINTEXT", description="How to talk to Kafka."
    )
    kafka_sasl_mechanism: Literal["PLAIN", "SCRAM-SHA-256", "SCRAM-SHA-512"] = Field(
        "SCRAM-SHA-512", description="How to log in to Kafka."
    )
    kafka_sasl_username: str | None = Field(None, description="Kafka user.")
    kafka_sasl_password: SecretStr | None = Field(None, description="Kafka password.")
    kafka_ssl_ca_location: Path | None = Field(None, description="CA file for Kafka; default: the system's.")
    kafka_ssl_certificate_location: Path | None = Field(None, description="Client certificate for Kafka (mTLS).")
    kafka_ssl_key_location: Path | None = Field(None, description="Key of the client certificate.")
    database_url: SecretStr | None = Field(
        None, validation_alias="DATABASE_URL", description="Postgres or Supabase; a transaction-mode pooler is fine."
    )
    topic_prefix: str = Field("argus.", description="Begins every topic and consumer group.", pattern=r"^[\w.-]{0,64}$")
    topic_partitions: int = Field(64, ge=1, le=1024, description="Of keyed topics, which can not grow later.")
    topic_replication: int | None = Field(
        None, ge=1, le=9, description="Replicas of each topic; default: 3, or as many as there are brokers."
    )
    inputs: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="Topics whose producers set no headers: `topic=source:project`, comma-separated."
    )
    regions: Annotated[tuple[str, ...], NoDecode] = Field(
        (),
        description="Other regions whose inputs MirrorMaker 2 mirrors to this one's Kafka, by their aliases there, "
        "comma-separated (docs/operations/two-regions.md).",
    )
    body_limit: int = Field(1_048_576, ge=1024, le=8_388_608, description="Bytes; a larger body becomes a letter.")
    scrub_keys: Annotated[tuple[str, ...], NoDecode] = Field(
        (), description="More names of fields whose values are secret, comma-separated."
    )
    rules_file: Path | None = Field(None, description="YAML with grouping rules by project (docs/grouping-rules.md).")
    incidents_file: Path | None = Field(
        None, description="YAML that changes by which rules signals become incidents (docs/incidents.md)."
    )
    mappings_file: Path | None = Field(
        None, description="YAML with mappings of bodies without a fixed shape, by project (docs/senders/mapped.md)."
    )
    models_file: Path | None = Field(
        None, description="YAML that says which model does what (docs/analysis.md); default: the one that comes along."
    )
    prices_file: Path | None = Field(
        None, description="YAML with what models cost (docs/analysis.md); default: the one that comes along."
    )
    scores_file: Path | None = Field(
        None, description="YAML with the weights of each project's scores; default: defaults/scores.yaml."
    )
    budgets_file: Path | None = Field(
        None, description="YAML with what each project may spend on analysis; default: defaults/budgets.yaml."
    )
    analysis_delay: int = Field(
        30, ge=0, le=3600, description="Seconds after which what is to be explained is, so that its parts can gather."
    )
    analysis_calls: int = Field(16, ge=1, le=1000, description="Calls to models that one worker has under way at once.")
    bursts_file: Path | None = Field(
        None, description="YAML that tells when a group spikes, by project (docs/bursts-and-links.md)."
    )
    merge: Literal["off", "shadow", "active"] = Field(
        "shadow",
        description="Groups that seem to be one problem: not looked for, proposed, or counted as one until a person "
        "parts them (docs/analysis.md).",
    )
    store: Literal["exemplars", "all"] = Field(
        "exemplars", description="Which events Postgres keeps whole: the 1st, 2nd, 4th, 8th … of a group, or all."
    )
    unknown_projects: Literal["create", "refuse"] = Field(
        "create", description="What STORE does with a project slug that it has not seen."
    )
    generation: str = Field(FIRST, description="Which set of derived data workers make (docs/replay.md).")
    db_schema: str | None = Field(
        None,
        description="Postgres schema of the first generation's tables, argus_live where none is named; if one is, "
        "people are shown it, whichever generation is live.",
        pattern=r"^[a-z_]\w{0,40}$",
    )
    partition_days_ahead: int = Field(7, ge=1, le=60, description="Daily partitions of events that are made ahead.")
    keep_days: int = Field(90, ge=1, le=3650, description="Days after which stored events are dropped.")
    state_dir: Path | None = Field(
        None, description="Folder for RocksDB; without one, state is in memory and read again at each start."
    )
    health_host: str = Field("0.0.0.0", description="Where /livez and /readyz listen.")  # noqa: S104 - a pod's probes
    health_port: int = Field(8080, ge=0, le=65535, description="Port of /livez and /readyz; 0 = any free one.")
    log_level: Literal["DEBUG", "INFO", "WARNING", "ERROR"] = Field("INFO", description="How much is logged.")
    log_format: Literal["text", "json"] = Field(
        "text", description="How: lines for people, or one JSON object a line (docs/operations/traces-and-logs.md)."
    )
    otlp_endpoint: str | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_ENDPOINT",
        description="Collector of OpenTelemetry, http://host:4318, that is sent traces of the bodies whose producers "
        "ask for it (docs/operations/traces-and-logs.md); default: nobody.",
        pattern=r"^https?://",
    )
    otlp_headers: SecretStr | None = Field(
        None,
        validation_alias="OTEL_EXPORTER_OTLP_HEADERS",
        description="Headers for the collector, such as a key: `name=value`, comma-separated, values URL-encoded.",
    )
    traces: int = Field(
        50, ge=1, le=10_000, description="Bodies a second and worker that are traced at most; a later stage: 4 records."
    )
    redis_url: SecretStr | None = Field(
        None,
        validation_alias="REDIS_URL",
        description="Redis, where answers of models are kept for seven days; default: each worker keeps its own.",
    )
    model_providers: Annotated[tuple[Provider, ...], NoDecode] = Field(
        (),
        description="Who runs the models that explain problems, comma-separated: anthropic, bedrock, vertex, foundry "
        "(docs/models.md); default: anthropic if ANTHROPIC_API_KEY is set, else nobody: rules alone explain.",
    )
    anthropic_api_key: SecretStr | None = Field(
        None, validation_alias="ANTHROPIC_API_KEY", description="Key for the models at Anthropic."
    )
    bedrock_token: SecretStr | None = Field(
        None,
        validation_alias="AWS_BEARER_TOKEN_BEDROCK",
        description="Token for the models at Amazon Bedrock; default: AWS' own credentials.",
    )
    vertex_token: SecretStr | None = Field(
        None, description="Access token for the models at Google Vertex AI; default: Google's own credentials."
    )
    foundry_key: SecretStr | None = Field(
        None, validation_alias="ANTHROPIC_FOUNDRY_API_KEY", description="Key for the models at Microsoft Foundry."
    )

    @field_validator("inputs", "regions", "scrub_keys", "model_providers", mode="before")
    @classmethod
    def _listed(cls, value: object) -> object:
        return tuple(part.strip() for part in value.split(",") if part.strip()) if isinstance(value, str) else value

    @field_validator("inputs")
    @classmethod
    def _mapped(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for part in value:
            topic, _, target = part.partition("=")
            source, _, project = target.partition(":")
            if not (topic and source and SLUG.match(project)):
                raise ValueError(f"{part!r} is not topic=source:project")
        return value

    @field_validator("regions")
    @classmethod
    def _aliases(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        return checked(value)

    @field_validator("generation")
    @classmethod
    def _free(cls, value: str) -> str:
        if told := complaint(value):
            raise ValueError(told)
        return value

    def naming(self) -> Naming:
        """What the names of all generations have in common."""
        return Naming(self.topic_prefix, *([self.db_schema] if self.db_schema else []))

    def making(self) -> Generation:
        """The generation that workers make."""
        return self.naming().of(self.generation)

    def input_defaults(self) -> dict[str, tuple[str, str]]:
        """Source and project by topic, for topics without headers."""
        found = {}
        for part in self.inputs:
            topic, _, target = part.partition("=")
            source, _, project = target.partition(":")
            found[topic] = (source, project)
        return found

    def providers(self) -> tuple[Provider, ...]:
        """Who runs the models."""
        if self.model_providers:
            return self.model_providers
        return ("anthropic",) if self.anthropic_api_key else ()

    def kafka(self) -> dict[str, str]:
        """Client settings in librdkafka's words. Raises ``Misconfigured`` without a broker or a file named."""
        if not self.kafka_bootstrap_servers:
            raise Misconfigured("KAFKA_BOOTSTRAP_SERVERS is not set: name your brokers, host:port, comma-separated")
        password = self.kafka_sasl_password
        client = {
            "bootstrap.servers": self.kafka_bootstrap_servers,
            "security.protocol": self.kafka_security_protocol,
            "ssl.ca.location": _readable("CA", self.kafka_ssl_ca_location),
            "ssl.certificate.location": _readable("CERTIFICATE", self.kafka_ssl_certificate_location),
            "ssl.key.location": _readable("KEY", self.kafka_ssl_key_location),
        }
        if self.kafka_security_protocol.startswith("SASL"):
            if not (self.kafka_sasl_username and password):
                raise Misconfigured(
                    f"ARGUS_KAFKA_SECURITY_PROTOCOL={self.kafka_security_protocol} needs ARGUS_KAFKA_SASL_USERNAME "
                    "and ARGUS_KAFKA_SASL_PASSWORD"
                )
            client["sasl.mechanism"] = self.kafka_sasl_mechanism
            client["sasl.username"] = self.kafka_sasl_username
            client["sasl.password"] = password.get_secret_value()
        return {name: value for name, value in client.items() if value}

    def database(self) -> str:
        """The connection string. Raises ``Misconfigured`` when none is given."""
        if self.database_url is None:
            raise Misconfigured("DATABASE_URL is not set: postgresql://user:password@host:5432/database")
        return self.database_url.get_secret_value()


def load() -> Settings:
    """Read the environment. Raises ``Misconfigured`` with a sentence that names the variable."""
    try:
        return Settings()  # type: ignore[call-arg]  # aliases have defaults, which the plugin-less check can not see
    except ValidationError as error:
        told = error.errors(include_input=False)
        complaints = [f"{variable(str(e['loc'][0]))}: {e['msg'].removeprefix('Value error, ')}" for e in told]
        raise Misconfigured("; ".join(complaints)) from error


def names() -> tuple[str, ...]:
    """The names of all variables that are set; values stay where they are."""
    return tuple(name for name, value in os.environ.items() if value)


def with_environment(given: Settings, overrides: Mapping[str, str]) -> Settings:
    """The settings with some variables replaced."""
    names = {str(field.validation_alias or variable(name)): name for name, field in Settings.model_fields.items()}
    changed = {names[name]: value for name, value in overrides.items()}
    fields = {name: getattr(given, name) for name in Settings.model_fields} | changed
    aliases = {name: str(field.validation_alias or name) for name, field in Settings.model_fields.items()}
    return Settings.model_validate({aliases[name]: value for name, value in fields.items()})


def environment(overrides: Mapping[str, str]) -> dict[str, str]:
    """The environment of a child process."""
    return {**os.environ, **overrides}


def logs_json() -> bool:
    """Whether lines are to be JSON, also where another setting is wrong and has to be told."""
    return os.environ.get(variable("log_format")) == "json"


def variable(field: str) -> str:
    """The environment variable of a field, or of an alias."""
    return field if field.isupper() else f"ARGUS_{field.upper()}"


def described() -> list[tuple[str, str, str]]:
    """Every setting: variable, default, description; the README's table and `argus config` come from here."""
    rows = []
    for name, field in Settings.model_fields.items():
        default = "" if field.default in (None, ()) else str(field.default)
        rows.append((str(field.validation_alias or variable(name)), default, field.description or ""))
    return rows


def secrets() -> frozenset[str]:
    """Variables whose values are secret."""
    fields = Settings.model_fields.items()
    return frozenset(str(field.validation_alias or variable(name)) for name, field in fields if _is_secret(field))


def strangers() -> list[str]:
    """Variables that begin as ours do and are no setting: most likely one is misspelt."""
    known = {name for name, _, _ in described()}
    return sorted(name for name in os.environ if name.startswith("ARGUS_") and name not in known)


def _is_secret(field: FieldInfo) -> bool:
    return SecretStr in (field.annotation, *get_args(field.annotation))


def _readable(kind: str, file: Path | None) -> str:
    if file is not None and not os.access(file, os.R_OK):
        raise Misconfigured(f"ARGUS_KAFKA_SSL_{kind}_LOCATION: there is no {file} that can be read")
    return "" if file is None else str(file)
