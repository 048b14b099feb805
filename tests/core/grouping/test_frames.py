"""What of a frame is its identity, and whose code it is."""

import time

import pytest
from builders import frame
from hypothesis import given
from hypothesis import strategies as st

from argus_streams.core.events import Frame
from argus_streams.core.grouping.frames import frame_key, in_app
from argus_streams.core.grouping.functions import clean


def key(platform, function=None, module=None, file=None):
    return frame_key(Frame(function=function, module=module, file=file), platform)


def test_a_module_and_any_path_to_its_file_give_one_key():
    told = [
        key("python", "charge", "checkout.payments", "checkout/payments.py"),
        key(None, "charge", None, "/srv/app/checkout/payments.py"),
        key("python", "charge", None, "C:\\shop\\checkout\\payments.py"),
        key("python", "Checkout.charge", None, "payments.py"),
        key(None, "charge", None, "file:///srv/app/checkout/payments.py"),
    ]
    assert set(told) == {"payments:charge"}


@pytest.mark.parametrize(
    ("module", "file", "expected"),
    [
        ("shop.views", "shop/views.py", "shop.views:get"),
        (None, "/srv/shop/views.py", "shop.views:get"),
        ("views", "views.py", "views:get"),
        (None, "/app/utils.py", "utils:get"),
        ("app.utils", None, "utils:get"),
        ("shop", "shop/__init__.py", "shop:get"),
        (None, "/x/shop/__init__.py", "shop:get"),
        ("__main__", "/srv/run.py", "run:get"),
        (None, None, "get"),
        (None, "__init__.py", "get"),
    ],
)
def test_a_place_that_says_little_is_told_with_the_one_before_it(module, file, expected):
    assert key("python", "get", module, file) == expected


def test_two_packages_with_a_file_of_one_common_name_stay_apart():
    assert key("python", "get", "orders.views") != key("python", "get", "users.views")


@pytest.mark.parametrize(
    "file",
    [
        "https://shop.example/assets/cart-BxY3k9.js",
        "https://shop.example/assets/cart-Bx_3-k9Z.js",
        "https://cdn.example/v1.2.3/cart-BxYkQzAb.js?v=7#top",
        "/static/js/cart.3f2a1c.chunk.js",
        "https://x.example/_next/static/chunks/pages/cart-3f2a1c9d8e7f6a5b.js",
        "/_static/5788ef38fefa0df624cb96af56fd1435/dist/cart.min.js",
        "webpack:///./src/cart.tsx?a1b2",
        "app:///cart.js",
        "http://localhost:3000/src/cart.ts?t=1",
    ],
)
def test_build_hashes_origins_and_queries_are_no_part_of_a_script(file):
    assert key("javascript", "addItem", None, file) == "cart:addItem"


@pytest.mark.parametrize(
    "file", ["/js/checkoutPage.js", "/js/order-summary.js", "/js/XMLParser.js", "/js/step-two2.js"]
)
def test_a_word_is_not_taken_for_a_build_hash(file):
    assert key("javascript", "addItem", None, file).partition(":")[0] == file[4:-3]


@pytest.mark.parametrize(
    "file",
    [
        "https://shop.example/index-BxY3k9.js",
        "/static/js/main.3f2a1c.chunk.js",
        "https://shop.example/2417.js",
        "app:///index.android.bundle",
        "app:///main.jsbundle",
        "https://shop.example/orders/17",
        "/test.html",
        "blob:https://shop.example/77d6",
        None,
    ],
)
def test_a_bundle_or_page_is_no_place(file):
    assert key("javascript", "addItem", None, file) == "addItem"


@pytest.mark.parametrize(
    "function",
    [
        "Object.addItem",
        "addItem@",
        "new addItem",
        "async addItem",
        "async*addItem",
        "Cart.prototype.addItem",
        "outer/addItem",
        "Cart.addItem [as onClick]",
        "addItem$1",
        "Cart.#addItem",
    ],
)
def test_browsers_spell_one_function_alike(function):
    assert key("javascript", function, None, "https://shop.example/cart.js") == "cart:addItem"


@pytest.mark.parametrize(
    "function",
    [None, "?", "<anonymous>", "Object.<anonymous>", "addItem/<", "t[e]", "Anonymous function", "_callee$", "M", "a.b"],
)
def test_a_nameless_function_of_a_bundle_says_nothing(function):
    assert key("javascript", function, None, "https://shop.example/cart.js") is None


def test_a_nameless_function_of_a_source_file_is_told_by_the_file():
    assert key("javascript", "<anonymous>", None, "webpack:///./src/cart.ts") == "cart"


@pytest.mark.parametrize(
    ("function", "file"),
    [("eval code", "x.js"), ("map", "[native code]"), ("Array.map", "<anonymous>"), ("f", "native")],
)
def test_evaluated_and_native_javascript_says_nothing(function, file):
    assert key("javascript", function, None, file) is None


def test_a_script_without_a_file_is_told_by_its_module():
    assert key("javascript", "addItem", "shop/cart") == "cart:addItem"


def test_a_minified_name_in_a_source_file_is_a_name():
    assert key("javascript", "t", None, "./src/i18n.ts") == "i18n:t"


@pytest.mark.parametrize(
    ("module", "function", "expected"),
    [
        ("com.acme.Pay", "charge", "com.acme.Pay.charge"),
        (None, "com.acme.Pay.charge", "com.acme.Pay.charge"),
        (None, "charge", "Pay.charge"),
        ("com.acme.Pay", None, "com.acme.Pay"),
        (None, "app//com.acme.Pay.charge", "com.acme.Pay.charge"),
        ("com.acme.Pay$$EnhancerBySpringCGLIB$$1a2b", "charge", "com.acme.Pay.charge"),
        ("com.acme.Pay$$SpringCGLIB$$0", "charge", "com.acme.Pay.charge"),
        ("com.acme.Pay$HibernateProxy$x7", "charge", "com.acme.Pay.charge"),
        ("com.acme.Pay_$$_jvst12_3", "charge", "com.acme.Pay.charge"),
        ("com.acme.Pay_Subclass", "charge$$superforward", "com.acme.Pay.charge"),
        ("com.acme.Pay", "lambda$charge$0", "com.acme.Pay.charge"),
        ("com.acme.Pay", "$anonfun$charge$1", "com.acme.Pay.charge"),
        ("com.acme.Pay", "charge$lambda$3", "com.acme.Pay.charge"),
        ("com.acme.Pay", "charge$default", "com.acme.Pay.charge"),
        ("com.acme.Pay$1", "charge", "com.acme.Pay.charge"),
        ("com.acme.Pay$Inner", "charge", "com.acme.Pay$Inner.charge"),
        ("shop.core$fn__123", "invoke", "shop.core$fn.invoke"),
        ("com.sun.proxy.$Proxy12", "charge", None),
        ("jdk.internal.reflect.GeneratedMethodAccessor5", "invoke", None),
        ("com.acme.Pay$$Lambda$14/0x0008", "apply", None),
        ("com.acme.Pay$$FastClassBySpringCGLIB$$7", "invoke", None),
        ("com.acme.Pay", "access$000", None),
    ],
)
def test_proxies_and_lambdas_of_the_jvm_are_taken_off(module, function, expected):
    assert key("java", function, module, "Pay.java") == expected


@pytest.mark.parametrize(
    ("module", "function", "expected"),
    [
        ("Acme.Orders", "Create", "Acme.Orders.Create"),
        (None, "Acme.Orders.Create(Int32 id)", "Acme.Orders.Create"),
        ("Acme.Orders", "async Task<int> Orders.Create(int id)", "Acme.Orders.Create"),
        ("Acme.Orders+<Create>d__12", "MoveNext", "Acme.Orders.Create"),
        ("Acme.Orders+<<Create>g__Wait|6_0>d", "MoveNext", "Acme.Orders.Create"),
        ("Acme.Orders+<>c__DisplayClass3_0", "<Create>b__0", "Acme.Orders.Create"),
        ("Acme.Orders`1", "Create[T]", "Acme.Orders.Create"),
        (None, "Orders:Create", "Orders.Create"),
    ],
)
def test_state_machines_and_generics_of_dotnet_are_taken_off(module, function, expected):
    assert key("csharp", function, module) == expected


@pytest.mark.parametrize(
    ("module", "function", "expected"),
    [
        ("github.com/acme/shop/orders", "(*Svc).Create", "orders.Svc.Create"),
        (None, "github.com/acme/shop/orders.(*Svc).Create", "orders.Svc.Create"),
        (None, "orders.(*Svc).Create", "orders.Svc.Create"),
        ("internal/orders", "(*Svc).Create.func1", "orders.Svc.Create"),
        ("main", "main.func1.2", "main"),
        (None, "main.func1.2", "main"),
        (None, "main.main.func1.2", "main"),
        ("main", "Map[...]", "Map"),
        ("main", "Run-fm", "Run"),
        (None, "(*app).Run", "app.Run"),
    ],
)
def test_receivers_and_closures_of_go_are_one_spelling(module, function, expected):
    assert key("go", function, module, "/src/orders.go") == expected


@pytest.mark.parametrize(
    "function",
    ["create", "Order#create", "Acme::Order.create", "block in create", "rescue in block (2 levels) in create"],
)
def test_blocks_of_ruby_are_their_method(function):
    assert key("ruby", function, None, "/srv/app/app/models/order.rb") == "order:create"


def test_the_object_id_in_a_compiled_template_is_taken_off():
    assert key("ruby", "_show_html_erb___123_456", None, "show.html.erb") == "show:_show_html_erb"


@pytest.mark.parametrize(
    "function", ["App\\Order::create", "App\\Order->create", "create", "class@anonymous\0/a.php0x71::create"]
)
def test_php_methods_are_one_spelling(function):
    assert key("php", function, None, "/srv/src/Order.php") == "Order:create"


def test_a_function_of_elixir_is_told_by_its_module_and_one_of_dart_by_the_name_of_its_file():
    assert key("elixir", "Shop.Cart.add/2", None, "lib/shop/cart.ex") == key(
        "elixir", "add/2", "Elixir.Shop.Cart", "x.ex"
    )
    assert key("dart", "Page.build", None, "package:shop/cart/page.dart") == key(
        "dart", "Page.build", None, "page.dart"
    )


def test_a_php_method_without_a_file_is_told_by_its_class():
    assert key("php", "App\\Order->create", None, None) == "Order:create"


@pytest.mark.parametrize("function", ["<main>", "[main]", "{main}"])
def test_the_main_program_of_php_is_its_file(function):
    assert key("php", function, None, "/srv/public/index.php") == "index"


@pytest.mark.parametrize("function", ["{closure}", "App\\{closure}", "{closure:App\\Order::create():12}", None])
def test_a_closure_of_php_is_told_by_its_file(function):
    assert key("php", function, None, "/srv/src/Order.php") == "Order"


@pytest.mark.parametrize(
    ("function", "expected"),
    [
        ("void ns::Foo<int>::bar<A<b>>(int, char)", "ns::Foo::bar"),
        ("a::(anonymous namespace)::b(int)", "a::anonymous::b"),
        ("a::`anonymous namespace'::b", "a::anonymous::b"),
        ("?A0xc3a0617d::crash", "anonymous::crash"),
        ("std::__1::vector<T>::at", "std::vector::at"),
        ("Foo<T>::operator()", "Foo<T>::operator()"),
        ("shop::add::h0123456789abcdef", "shop::add"),
        ("shop::add::{{closure}}::{{closure}}", "shop::add"),
        ("<core..ops..Fn<A> as B>::call", "<core::ops::Fn<A> as B>::call"),
        ("-[Cart add:]", "-[Cart add:]"),
        ("__44-[Cart add:]_block_invoke_2", "-[Cart add:]"),
        ("closure #1 (Int) in Cart.add", "Cart.add"),
        ("specialized Cart.add", "Cart.add"),
        ("abort.cold.1", "abort"),
        ("<lambda_5db80dab>::operator()", "<lambda>::operator()"),
        ("0x7fff5fc0", None),
        ("<redacted>", None),
        ("sub_1a2b3c", None),
    ],
)
def test_native_names_lose_addresses_arguments_and_compiler_marks(function, expected):
    assert key("native", function, None, "cart.cpp") == expected


def test_rust_is_one_spelling_with_or_without_a_module():
    assert key("rust", "add", "shop::cart") == key("native", "shop::cart::add") == "shop::cart::add"


@pytest.mark.parametrize("function", ["<listcomp>", "<genexpr>"])
def test_a_comprehension_says_nothing_for_newer_pythons_inline_it(function):
    assert key("python", function, "shop.cart") is None


def test_a_lambda_is_told_by_its_module():
    assert key("python", "<lambda>", "shop.cart") == "cart"


def test_a_frame_that_tells_nothing_has_no_key():
    assert frame_key(Frame(), None) is None


def test_an_endless_path_is_read_in_part():
    told = Frame(function="f" * 100_000, module="m." * 100_000, file="/x" * 100_000 + "/cart.py?" + "q" * 100_000)
    assert len(frame_key(told, "python")) <= 1000


@given(
    st.text(max_size=40), st.text(max_size=40), st.text(max_size=40), st.sampled_from(["python", "java", "go", None])
)
def test_any_text_gives_a_key_of_bounded_length_or_none(function, module, file, platform):
    told = frame_key(Frame(function=function, module=module, file=file), platform)
    assert told is None or 0 < len(told) <= 1000


@given(line=st.integers(), column=st.integers(), context=st.text())
def test_line_column_and_source_text_are_no_part_of_a_key(line, column, context):
    assert frame_key(frame(line=line, column=column, context=context), "python") == frame_key(frame(), "python")


@pytest.mark.parametrize(
    ("platform", "fields"),
    [
        ("python", {"file": "/usr/lib/python3.11/json/decoder.py"}),
        ("python", {"file": "/srv/venv/lib/python3.11/site-packages/django/core.py"}),
        ("python", {"file": "<frozen runpy>"}),
        ("python", {"module": "django.core.handlers", "file": "django/core/handlers/base.py"}),
        ("javascript", {"file": "webpack:///./node_modules/react-dom/index.js"}),
        ("javascript", {"file": "node:internal/process/task_queues"}),
        ("javascript", {"file": "/js/vendors~main.js"}),
        ("javascript", {"file": "chrome-extension://abc/inject.js"}),
        ("java", {"module": "java.util.ArrayList"}),
        ("java", {"module": "org.springframework.web.servlet.DispatcherServlet"}),
        ("java", {"function": "java.base/java.lang.Thread.run"}),
        ("csharp", {"module": "System.Linq.Enumerable"}),
        ("csharp", {"module": "Microsoft.AspNetCore.Mvc"}),
        ("go", {"module": "net/http", "file": "/usr/local/go/src/net/http/server.go"}),
        ("go", {"file": "/home/dev/go/pkg/mod/github.com/x/y@v1/z.go"}),
        ("php", {"file": "/vendor/laravel/framework/Pipeline.php"}),
        ("ruby", {"file": "/usr/local/bundle/gems/rack-2.2/lib/rack.rb"}),
        ("native", {"function": "_pthread_start"}),
        ("native", {"function": "-[NSRunLoop run]"}),
        ("native", {"function": "gpus", "package": "/System/Library/Extensions/AMD.bundle/AMD"}),
        ("rust", {"function": "std::panicking::try"}),
    ],
)
def test_libraries_and_systems_are_not_the_projects_own(platform, fields):
    assert not in_app(Frame(**({"function": "f"} | fields)), platform)


@pytest.mark.parametrize(
    ("platform", "fields"),
    [
        ("python", {"file": "/srv/app/checkout/payments.py"}),
        ("javascript", {"file": "https://shop.example/assets/index-BxY3k9.js"}),
        ("java", {"module": "com.acme.Pay"}),
        ("csharp", {"module": "Acme.Orders"}),
        ("go", {"module": "main", "file": "/src/main.go"}),
        ("native", {"function": "Cart::add", "package": "/Applications/Shop.app/Shop"}),
        ("rust", {"function": "shop::cart::add"}),
    ],
)
def test_what_no_known_place_holds_is_the_projects_own(platform, fields):
    assert in_app(Frame(**({"function": "f"} | fields)), platform)


LIBRARIES = [
    *("site-packages/x.py", "pkg/mod/x.go", "x@v1.2/y.go", "zone.js/x.js", "zone-evergreen.js", "Vendor~main.js"),
    *("runtime.5c.js", "polyfill.js", "asyncio/tasks.py", "@vite/client"),
]


@pytest.mark.parametrize("path", LIBRARIES)
@pytest.mark.parametrize("before", ["", "/", "/srv/", "https://shop.example/", "C:\\app\\"])
def test_a_librarys_folder_tells_at_the_beginning_of_a_path_and_behind_any_slash(path, before):
    assert not in_app(Frame(file=before + path), None)
    assert in_app(Frame(file=f"{before}my{path}"), None) is (path != "x@v1.2/y.go")  # that may be called anything


@pytest.mark.parametrize(
    ("path", "at_start", "inside"),
    [
        ("/usr/lib/x", False, True),
        ("/system/x", False, True),
        ("<frozen x>", False, True),
        ("node:fs", False, True),
        ("ssl.py", False, True),
        ("django/x.py", False, True),
        ("c:/Windows/x.dll", False, True),
        ("webpack/x", False, True),
        ("rustc/x.rs", True, False),
        ("lib64/python3.11/x.py", True, False),
        ("System/Library/x", True, False),
        ("webpack/runtime/x", False, False),
        ("(Webpack)/x.js", False, False),
    ],
)
def test_a_systems_place_tells_where_it_stands(path, at_start, inside):
    assert in_app(Frame(file=path), None) is at_start
    assert in_app(Frame(file=f"/srv/{path.removeprefix('/')}"), None) is inside


def test_the_senders_word_beats_known_places():
    assert in_app(Frame(function="f", module="java.util.ArrayList", in_app=True), "java")
    assert not in_app(Frame(function="f", module="com.acme.Pay", in_app=False), "java")


@pytest.mark.parametrize("text", ["<" * 9999, "aB" * 5000, "-a1" * 3000, "$1" * 5000, "closure #1 ( in " * 600])
@pytest.mark.parametrize("platform", ["python", "javascript", "java", "csharp", "go", "ruby", "native"])
def test_a_name_made_to_be_slow_gives_a_key_of_bounded_length_or_none(platform, text):
    told = frame_key(Frame(function=text, module=text, file=f"/x/{text}.js"), platform)
    assert told is None or 0 < len(told) <= 1000


@pytest.mark.parametrize(
    ("module", "function", "expected"),
    [
        ("com.acme.Cart$add$1", "invokeSuspend", "com.acme.Cart.add"),
        ("com.acme.Cart$add$1$2", "invoke", "com.acme.Cart.add"),
        ("com.acme.Cart$Companion", "add", "com.acme.Cart$Companion.add"),
        ("com.acme.CartKt", "add", "com.acme.CartKt.add"),
        ("com.acme.Cart", "invoke", "com.acme.Cart.invoke"),
    ],
)
def test_a_coroutine_or_lambda_of_kotlin_is_its_function(module, function, expected):
    assert key("kotlin", function, module, "Cart.kt") == expected


@pytest.mark.parametrize(
    ("mangled", "expected"),
    [
        ("_ZN4shop4Cart3addEi", "shop::Cart::add"),
        ("_ZNK4shop3MapIiNS_4ItemEE3getEv", "shop::Map::get"),
        ("_ZN4shop4CartC2Ev", "shop::Cart::Cart"),
        ("_ZN4shop4CartD1Ev", "shop::Cart::~Cart"),
        ("_ZN4shop4cart3add17h0123456789abcdefE", "shop::cart::add"),
        ("_Z3addi", "add"),
        ("_ZNS_4CartE", "_ZNS_4CartE"),
        ("$s4Shop4CartC3add4itemySi_tF", "Cart.add"),
        ("_$s4Shop3addyyF", "add"),
        ("$s4Shop4CartC4ItemV3addyyFyycfU_", "Cart.Item.add"),
    ],
)
def test_a_linkers_name_is_read_as_its_source_spells_it(mangled, expected):
    assert key("native", mangled) == expected


@pytest.mark.parametrize(
    "folder",
    [
        *("/var/www/releases/20261120", "/var/www/releases/20261120091400", "/srv/shop-1.2.3", "/srv/v1.2.3"),
        *("/srv/3f2a1c9d", "/srv/2026-11-20_091400", "/srv/release-20261120", "/var/www/releases/current"),
    ],
)
def test_the_folder_of_a_release_is_no_place(folder):
    assert key("php", "pay", None, f"{folder}/index.php") == "index:pay"
    assert key("python", "pay", None, f"{folder}/views.py") == "views:pay"


@pytest.mark.parametrize("folder", ["orders", "deadbeef", "v1", "cafe"])
def test_a_folder_with_a_name_of_its_own_is_a_place(folder):
    told = key("python", "pay", None, f"/srv/{folder}/views.py")
    assert told == f"{folder}.views:pay"


@pytest.mark.parametrize(
    ("platform", "function", "file", "expected"),
    [
        ("javascript", "promise callback*addItem", "/js/cart.js", "cart:addItem"),
        ("javascript", "asyncGeneratorStep", "/js/cart.js", None),
        ("javascript", "__webpack_require__", "/js/cart.js", None),
        ("csharp", "lambda_method123", None, None),
        ("csharp", "(unknown).lambda_method", None, None),
        ("go", "main.Run-range1", "/srv/run.go", "Run"),
        ("go", "main.Run.func2-range1", "/srv/run.go", "Run"),
        ("dart", "Cart.add.<anonymous closure>", "package:shop/cart.dart", "cart:add"),
        ("elixir", 'Shop.Cart."-add/2-fun-0-"/1', "lib/shop/cart.ex", "Cart:add/2"),
    ],
)
def test_what_compilers_put_around_a_function_is_taken_off(platform, function, file, expected):
    assert key(platform, function, None, file) == expected


@pytest.mark.parametrize(
    "file",
    [
        "/srv/node_modules/.pnpm/react@19.0.0/node_modules/react/index.js",
        "http://localhost:5173/node_modules/.vite/deps/react.js?v=1a2b",
        "webpack:///zone.js/fesm2015/zone.js",
        "https://shop.example/polyfills-BxY3k9Zq.js",
        "ext:deno_fetch/26_fetch.js",
        "/var/runtime/bootstrap.py",
        "/opt/python/requests/api.py",
        "/home/ci/.cargo/registry/src/index-6f17d22bba15001f/serde-1.0/src/lib.rs",
        "/go/pkg/mod/github.com/x/y@v1.2.3/z.go",
        "github.com/x/y@v1.2.3/z.go",
        "/usr/local/bundle/ruby/3.4.0/gems/rack-3.1.0/lib/rack.rb",
        "/home/u/.rbenv/versions/3.4.0/lib/ruby/3.4.0/net/http.rb",
        "/srv/vendor/symfony/http-kernel/HttpKernel.php",
        "package:flutter/src/widgets/framework.dart",
    ],
)
def test_packages_of_each_language_lie_in_known_folders(file):
    assert not in_app(Frame(function="f", file=file), None)


def test_phps_libraries_are_known_by_their_namespace_where_no_path_tells():
    assert not in_app(Frame(function="handle", module="Symfony.Component.HttpKernel.HttpKernel"), "php")


@pytest.mark.parametrize("told", [{"function": "Phoenix.Endpoint.call/2"}, {"module": "Elixir.Plug.Router"}])
def test_elixirs_libraries_are_known_by_their_modules(told):
    assert not in_app(Frame(**told), "elixir")


@pytest.mark.parametrize(
    "file",
    [
        "https://shop.example/_next/static/chunks/pages/cart-3f2a1c9d8e7f6a5b.js",
        "/srv/.next/server/chunks/417.js",
        "/var/task/shop/app.py",
        "https://shop.example/js/zone.js",
        "package:shop/cart.dart",
        "http://localhost:5173/@fs/srv/shop/src/cart.ts",
    ],
)
def test_what_a_bundler_wrote_of_the_project_is_its_own(file):
    assert in_app(Frame(function="addItem", file=file), None)


@pytest.mark.parametrize(
    ("module", "function"),
    [
        ("jdk.internal.reflect.DirectMethodHandleAccessor", "invoke"),
        ("kotlinx.coroutines.DispatchedTask", "run"),
        ("kotlin.coroutines.jvm.internal.BaseContinuationImpl", "resumeWith"),
        ("System.Runtime.ExceptionServices.ExceptionDispatchInfo", "Throw"),
        ("go.uber.org/zap", "Error"),
    ],
)
def test_runtimes_are_not_the_projects_own(module, function):
    assert not in_app(Frame(function=function, module=module), None)


@pytest.mark.parametrize(
    ("language", "unit", "end"),
    [
        ("jvm", "$a", ".invoke"),
        ("ruby", "__", "!"),
        ("ruby", "__1", "!"),
        ("native", ".cold", "!"),
        ("native", ".llvm.1", "!"),
        ("go", "(", ""),
    ],
)
def test_a_name_is_cleaned_in_time_that_grows_no_faster_than_it(language, unit, end):
    def seconds(size):
        start = time.thread_time()
        clean(unit * (size // len(unit)) + end, language)
        return time.thread_time() - start

    # Ten times the name: linear is 10, quadratic 100. A run that other work has disturbed is made again.
    assert any(seconds(20_000) < 40 * max(seconds(2_000), 0.0005) for _ in range(6))
