"""Whose code a frame is: the project's own, or a library's, a runtime's or the system's."""

import re

# What tells in a path or URL: at its beginning or behind any slash ...
_FOLDER = (
    r"(?:site-packages|dist-packages|node_modules|bower_components|vendor|gems|\.cargo|\.rustup|\.nuget|\.gradle"
    r"|\.m2|pkg/mod|deps|Pods|\.pnpm|[^/@]+@v\d[^/]*"
    r"|\.yarn|\.vite|\.pub-cache|\.rbenv|\.rvm|\.pyenv/versions|installed_wheels|@vite)/"
    r"|zone(?:\.js/|(?:\.umd|\.min|-evergreen)\.js)"
    r"|(?:vendors?|polyfills?|framework|runtime)[-.~][^/]*$|(?:vendors?|polyfills?)\.js"
    r"|(?:lib|lib/)?(?:concurrent/futures|asyncio|importlib|multiprocessing)/[a-z_]+\.py$"
)

# ... behind a slash alone. Each begins with the slash, so `re` looks no further at what none is before ...
_INSIDE = re.compile(
    rf"/(?:{_FOLDER}|rustc/|lib(?:64|32)?/python\d|usr/local/go/src/|go\d[\d.]*/src/|System/Library/|ruby/\d"
    r"|webpack/(?:bootstrap|runtime))",
    re.IGNORECASE,
)

# ... and at the beginning alone.
_START = re.compile(
    rf"{_FOLDER}|/usr/(?:lib|include|local/lib|local/go|share)|/lib(?:64)?/|/system/|/apex/"
    r"|<frozen|<internal:|internal[/:]|node:|ext:|bun:|native(?: code)?$"
    r"|(?:/var/runtime|/var/lang|/opt/python|/opt/nodejs)/|\[native code\]|\[internal function\]"
    r"|<anonymous>$"
    r"|(?:chrome|moz|safari(?:-web)?|webkit-masked-url)(?:-extension)?:|webpack/"
    r"|dart:|org-dartlang-sdk:|package:(?:flutter\w*|http|dio|provider|bloc|flutter_bloc|riverpod|get"
    r"|go_router|sentry\w*|async|stack_trace|stream_channel)/|\(elixir|\(stdlib"
    r"|[A-Za-z]:/windows/|[A-Za-z]:/program files[^/]*/dotnet/"
    r"|(?:threading|runpy|socket|ssl)\.py$"
    r"|(?:django|flask|werkzeug|starlette|fastapi|uvicorn|gunicorn|celery|kombu|billiard|sqlalchemy|requests|urllib3|aiohttp"
    r"|redis|botocore|boto3|psycopg2?|jinja2|tornado|twisted|rest_framework|anyio|httpx|httpcore|pydantic)/",
    re.IGNORECASE,
)

_MODULE = re.compile(
    # Python
    r"(?:django|flask|werkzeug|starlette|fastapi|uvicorn|gunicorn|celery|kombu|billiard|sqlalchemy|requests|urllib3|aiohttp"
    r"|redis|botocore|boto3|psycopg2?|jinja2|tornado|twisted|rest_framework|anyio|httpx|httpcore|pydantic|asyncio"
    r"|concurrent\.futures|threading|importlib|runpy|multiprocessing)(?:\.|$)"
    # JVM
    r"|(?:java|javax|jdk|sun|com\.sun|jakarta|kotlin|kotlinx|scala|clojure|groovy|android|androidx|dalvik|akka|reactor|rx"
    r"|okhttp3|retrofit2|play\.api|com\.(?:android|google|fasterxml|zaxxer|mysql)|io\.(?:netty|reactivex|micrometer|undertow"
    r"|grpc|vertx|quarkus|smallrye|sentry|opentelemetry)|org\.(?:spockframework|gradle|graalvm|springframework|apache|hibernate|eclipse|jboss|postgresql"
    r"|junit|codehaus|slf4j|mockito|jetbrains|glassfish|aspectj|thymeleaf))\."
    # PHP, with dots as OpenTelemetry writes it
    r"|(?:Symfony|Illuminate|Laravel|Doctrine|GuzzleHttp|Monolog|Twig|Predis|PHPUnit|Laminas)\."
    # Elixir
    r"|(?:Elixir\.)?(?:Phoenix|Plug|Ecto|DBConnection|Bandit|Oban|Absinthe)\."
    # .NET
    r"|(?:System|Microsoft|UnityEngine|Newtonsoft|Npgsql|Serilog|Grpc|StackExchange|MongoDB|MediatR|mscorlib|Sentry|Dapper|Polly|Hangfire|Castle|AutoMapper|FluentValidation|Xunit|NUnit|RabbitMQ"
    r"|Confluent|Azure|Amazon)(?:\.|$)"
    # Go
    r"|(?:runtime|net|encoding|database|syscall|reflect|sync|bufio|context|crypto|testing|internal|io|os|fmt|html|text)(?:/|$)"
    r"|golang\.org/x/|go\.uber\.org/|gorm\.io/|go\.opentelemetry\.io/|k8s\.io/|google\.golang\.org/|github\.com/(?:pkg/errors|gofiber|stretchr|sirupsen|uber-go|go-redis|redis|lib|jmoiron|spf13|gin-gonic|gorilla|labstack|go-chi|jackc|getsentry|grpc-ecosystem)/"
)

_FUNCTION = re.compile(
    r"<?_?(?:std|core|alloc|tokio\w*|hyper|axum|actix\w*|tower(?:_http|_service|_layer)?|serde\w*|sqlx\w*|anyhow|backtrace|futures\w*|boost)(?:::|\.\.)|_*rust_|_*(?:pthread_|thread_start|libc_start"
    r"|cxa_|CF[A-Z]|dispatch_|objc_|swift_)|[-+]\[_?(?:NS|UI|CA|WK|CF)[A-Z]|UIApplicationMain$|NSApplicationMain$"
    r"|(?:start|_*start_thread|clone|clone3|_*abort|Rtl[A-Z]\w+|Nt[A-Z]\w+|Ldr[A-Z]\w+|Tpp[A-Z]\w+|__scrt_\w+"
    r"|invoke_main|raise|_start|mach_msg\w*|__pthread_kill|BaseThreadInitThunk"
    r"|RtlUserThreadStart|RaiseException|KiUserExceptionDispatcher)$"
)

# A binary that is no part of the app: told by where it lies, or by its well-known name where there is no path.
_PACKAGE = re.compile(
    r"/usr/lib|/System/|/system/|/apex/|/lib(?:64|32|/)|/vendor/lib|[A-Z]:\\Windows\\|lib(?:system|dispatch|dyld|objc|swift|c\+\+)"
    r"|(?:UIKit|Foundation|CoreFoundation|QuartzCore|GraphicsServices|SwiftUI|AppKit|AttributeGraph|UIKitCore|CFNetwork"
    r"|libpthread|Combine|Sentry|Security|WebKit|JavaScriptCore|CoreData|CoreAnimation|Metal|RunningBoardServices)(?:Core)?$"
    r"|(?:elixir|stdlib|kernel|phoenix(?:_\w+)?|plug(?:_cowboy|_crypto)?|ecto(?:_sql)?|bandit|cowboy|ranch|db_connection|telemetry|oban)$|(?:std|core|alloc|tokio\w*|hyper|System|Microsoft|UnityEngine|mscorlib)(?:[.,]|$)",
    re.IGNORECASE,
)


_LOADER = re.compile(r"^(?:[^/.]*/|java\.[^/]*/)+")  # "app//", "java.base@17/"


def is_library(function: str | None, module: str | None, file: str | None, package: str | None) -> bool:
    """Whether anything known places this frame outside the project's own code."""
    if file is not None and _lies_apart(file.replace("\\", "/")):
        return True
    if package is not None and _PACKAGE.match(package):
        return True
    name = module or function or ""
    if "." in name and _MODULE.match(_LOADER.sub("", name)):
        return True
    return _MODULE.match(module) is not None if module else _FUNCTION.match(name) is not None


def _lies_apart(path: str) -> bool:
    return bool(_START.match(path) or _INSIDE.search(path)) or "(webpack)" in path.lower()
