"""A stack trace of each language, in the forms that break a naive reader."""

PYTHON = """\
some log line before it
Traceback (most recent call last):
  File "/srv/app/shop/gateway.py", line 58, in _send
    answer = self.session.post(self.url)
             ^^^^^^^^^^^^^^^^^^^^^^^^^^^
ConnectionResetError: [Errno 104] Connection reset by peer

During handling of the above exception, another exception occurred:

Traceback (most recent call last):
  File "/srv/app/shop/views.py", line 88, in submit
    pay(order)
  File "/srv/app/shop/pay.py", line 7, in pay
  File "/srv/app/shop/pay.py", line 7, in pay
  [Previous line repeated 990 more times]
shop.errors.Declined: card was declined
  by the bank
"""
PYTHON_GROUP = """\
  + Exception Group Traceback (most recent call last):
  |   File "/srv/main.py", line 3, in main
  |     async with TaskGroup() as tasks:
  | ExceptionGroup: unhandled errors in a TaskGroup (2 sub-exceptions)
  +-+---------------- 1 ----------------
    | Traceback (most recent call last):
    |   File "/srv/jobs.py", line 9, in one
    |     boom()
    | ValueError: boom
    +---------------- 2 ----------------
    | Traceback (most recent call last):
    |   File "/srv/jobs.py", line 19, in two
    | KeyError: 'x'
    +------------------------------------
"""
JAVA = """\
2026-11-20 09:14 ERROR request failed
Exception in thread "main" com.acme.CartException: order 8812
 is not open
\tat com.acme.Cart.add(Cart.java:12)
\tat app//com.acme.Api$Routes.<init>(Api.kt:30)
\tat java.base/java.lang.Thread.run(Unknown Source)
\tSuppressed: java.io.IOException: close
\t\tat com.acme.Pool.close(Pool.java:1)
\t\t... 2 more
Caused by: com.acme.Db$Gone: no answer
\tat com.acme.Db.query(Db.java:5)
\t... 2 more
"""
V8 = """\
TypeError: Cannot read properties of undefined (reading 'x')
    at total (https://shop.example.com/a.js:10:20)
    at async Promise.all (index 0)
    at new Cart [as make] (/srv/my app/cart.js:1:2)
    at eval (eval at <anonymous> (http://h/y.js:1:1), <anonymous>:1:1)
    at page (webpack-internal:///(rsc)/./src/page.tsx:12:9)
    at async file:///srv/main.mjs:3:1
    at Array.map (<anonymous>) {
  [cause]: RangeError: too long
      at check (/srv/b.js:4:1)
}
"""
FIREFOX = """\
total@https://shop.example.com/a.js:10:20
bar/</<@https://cdn.example.com/@scope/b.js:1:2
@https://shop.example.com/c.js:3
map@[native code]
"""
GO = """\
panic: runtime error: index out of range [5] with length 3 [recovered]
\tpanic: again

goroutine 1 [running]:
main.recovered(...)
\t/srv/r.go:1
panic({0x1, 0x2})
\t/usr/local/go/src/runtime/panic.go:770 +0x132
github.com/acme/app/cart.(*Server).handle(0xc000, {0x1, 0x2})
\t/srv/app/cart/server.go:12 +0x1d
created by main.start in goroutine 5
\t/srv/app/main.go:22 +0x1
exit status 2

goroutine 7 [sleep]:
other.asleep()
\t/srv/other.go:3
"""
DOTNET = """\
System.InvalidOperationException: Outer
 ---> System.ArgumentException: Inner (Parameter 'x')
   at Shop.Cart.Add(String s, Int32 n) in /src/Cart.cs:line 12
   at Shop.Cart.<LoadAsync>d__12.MoveNext() in C:\\src\\Cart.cs:line 44
   --- End of inner exception stack trace ---
   at Shop.Api..ctor()
--- End of stack trace from previous location ---
   at Shop.Program.Main(String[] args)
"""
RUBY = """\
app/cart.rb:12:in `rescue in pay': declined (Shop::Declined)
\tfrom app/cart.rb:9:in `block (2 levels) in checkout'
\tfrom config.ru:3:in 'Object#main'
\tfrom app/top.rb:1
app/gateway.rb:2:in `send': reset (Errno::ECONNRESET)
\tfrom app/cart.rb:10:in `pay'
"""
PHP = """\
PHP Fatal error:  Uncaught Shop\\Reset: no answer in /srv/gateway.php:12
Stack trace:
#0 /srv/cart.php(34): Shop\\Gateway->send('x', Array)
#1 [internal function]: Shop\\Cart::pay()
#2 {main}

Next RuntimeException: declined in /srv/index.php:9
Stack trace:
#0 {main}
  thrown in /srv/index.php on line 9
"""
RUST = """\
thread 'main' panicked at src/main.rs:4:5:
index out of bounds: the len is 3
stack backtrace:
   0: rust_begin_unwind
             at /rustc/abc/library/std/src/panicking.rs:645:5
   1: core::panicking::panic_fmt
   2: app::cart::add::h0123456789abcdef
             at ./src/cart.rs:4:5
   3: 0x55d0 - app::main
             at ./src/main.rs:9
note: Some details are omitted
"""
TRACEKIT = """\
TypeError: Cannot read properties of undefined (reading 'price')
  at lineTotal @ https://shop.example.com/assets/cart-3f2a1c9b.js:214:31
  at <anonymous>(line, 2) @ https://shop.example.com/assets/cart-3f2a1c9b.js:180:22
  at Cart.map(lines) @ https://shop.example.com/assets/vendor.js:1:90
"""
APPLE = """\
Incident Identifier: 0D1C2B3A-4455-6677-8899-AABBCCDDEEFF
Process:         Shop Pilot [4411]

Exception Type:  EXC_CRASH (SIGABRT)
Crashed Thread:  1

Application Specific Information:
*** Terminating app due to uncaught exception 'NSRangeException', reason: 'index 4 beyond bounds [0 .. 3]'

Thread 0:
0   libsystem_kernel.dylib          0x00000001b2e4b4f0 mach_msg_trap + 8

Thread 1 Crashed:
0   CoreFoundation                  0x00000001a09e4f3c __exceptionPreprocess + 224
1   Shop Pilot                      0x0000000104a31c88 Cart.total(of:) + 132 (Cart.swift:88)
2   Shop Pilot                      0x0000000104a2f000 0x104a2c000 + 12288

Thread 2:
0   libsystem_pthread.dylib         0x00000001ee5d1814 start_wqthread + 0
"""
TRACES = (PYTHON, PYTHON_GROUP, JAVA, V8, FIREFOX, GO, DOTNET, RUBY, PHP, RUST, TRACEKIT, APPLE)
