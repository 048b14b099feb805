"""A company as the simulated month sees it: services that call each other, their code, their flags, their alerts."""

from random import Random
from typing import NamedTuple

LANGUAGES = {
    "py": ("ValueError", "KeyError", "AttributeError", "TypeError", "IntegrityError"),
    "js": ("TypeError", "ReferenceError", "RangeError", "SyntaxError", "ChunkLoadError"),
    "go": ("runtime.Error", "*errors.errorString", "*json.SyntaxError", "*fmt.wrapError"),
    "java": ("NullPointerException", "IllegalStateException", "ClassCastException", "IllegalArgumentException"),
}
NETWORK = ("TimeoutError", "ConnectionError", "OperationalError", "SocketException", "HTTPError")
NOUNS = (
    "cart", "checkout", "search", "catalog", "pricing", "payments", "orders", "users", "auth", "mail", "media", "tax",
    "ledger", "stock", "shipping", "returns", "reviews", "loyalty", "coupons", "feeds", "reports", "admin", "export",
    "import", "notify", "sessions", "profile", "gateway", "web", "mobile-api", "partner-api", "fraud", "geo", "quotes",
    "invoices",
)  # fmt: skip
STORES = ("main-db", "redis", "queue", "object-store", "search-index")
FILES = 80  # of a service
CULPRITS = 8


class Service(NamedTuple):
    """One service; a store has no code, no deploys and no errors of its own."""

    name: str
    calls: tuple[str, ...]
    repository: str
    language: str
    files: tuple[str, ...]
    flags: tuple[str, ...]  # that are on in it
    flaps: bool  # it has an alert that nobody believes


class Company(NamedTuple):
    """One project."""

    project: str
    services: dict[str, Service]
    stores: tuple[str, ...]

    def callers(self, name: str) -> list[Service]:
        """Who calls a service or a store."""
        return [each for each in self.services.values() if name in each.calls]


def company(project: str, random: Random) -> Company:
    """One in whose graph each calls up to four that come after it, and most a store."""
    names = list(NOUNS)
    random.shuffle(names)
    flags = [f"{noun}-{random.choice(('v2', 'beta', 'async', 'new'))}" for noun in random.sample(names, 20)]
    services = {}
    for at, name in enumerate(names):
        later = names[at + 1 :]
        calls = random.sample(later, min(len(later), random.choice((0, 1, 1, 2, 3))))
        calls += random.sample(STORES, random.choice((0, 1, 1, 2)))
        language = random.choice(list(LANGUAGES))
        mono = random.random() < 0.3
        root = f"services/{name}/src" if mono else "src"
        stems = random.sample(NOUNS, 10)
        files = tuple(f"{root}/{random.choice(stems)}/{random.choice(NOUNS)}_{i % 9}.{language}" for i in range(FILES))
        services[name] = Service(
            name,
            tuple(calls),
            f"{project}/platform" if mono else f"{project}/{name}",
            language,
            files,
            tuple(random.sample(flags, random.randint(0, 4))),
            random.random() < 0.1,
        )
    return Company(project, services, STORES)
