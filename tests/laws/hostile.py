"""Bodies that mean harm, or come from a sender of something else altogether."""

_TEN = "&l{0};" * 10
_LAUGHS = "".join(f'<!ENTITY l{n} "{_TEN.format(n - 1)}">' for n in range(1, 10))
_DEEP = 50_000
_ATTRIBUTES = " ".join(f'a{n}="1"' for n in range(50_000))
_NAMESPACES = " ".join(f'xmlns:a{n}="urn:{n}"' for n in range(20_000))
_SCHEMA = "xmlns:i='http://www.w3.org/2001/XMLSchema-instance'"
_INCLUDE = "xmlns:i='http://www.w3.org/2001/XInclude'"
_KEYS = ",".join(f'"k{n}":{n}' for n in range(100_000))


def _report(told: str) -> str:
    case = f"<testcase name='adds'><failure message='{told}'>{told}</failure></testcase>"
    return f"<testsuites><testsuite name='cart'>{case}</testsuite></testsuites>"


# https://owasp.org/www-community/vulnerabilities/XML_External_Entity_(XXE)_Processing
XML = {
    "a billion laughs": f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY l0 "lol">{_LAUGHS}]>{_report("&l9;")}',
    "one entity of 100 kB, 1,000 times": '<!DOCTYPE x [<!ENTITY a "' + "a" * 100_000 + f'">]>{_report("&a;" * 1_000)}',
    "a local file": f'<!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>{_report("&a;")}',
    "a file of the network": f'<!DOCTYPE x [<!ENTITY a SYSTEM "http://127.0.0.1:9/a">]>{_report("&a;")}',
    "a DTD elsewhere": f'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">{_report("lost")}',
    "a parameter entity": f'<!DOCTYPE x [<!ENTITY % a SYSTEM "file:///dev/zero"> %a;]>{_report("lost")}',
    "entities that hold each other": f'<!DOCTYPE x [<!ENTITY a "&b;"><!ENTITY b "&a;">]>{_report("&a;")}',
    "an unknown entity": _report("&lost;"),
    "a default attribute": f"<!DOCTYPE testsuites [<!ATTLIST testcase classname CDATA 'cart'>]>{_report('lost')}",
    "elements without end": "<a>" * _DEEP,
    "elements inside each other": "<a>" * _DEEP + "</a>" * _DEEP,
    "test suites inside each other": "<testsuite>" * 50_000 + "</testsuite>" * 50_000,
    "many attributes": f"<testsuites {_ATTRIBUTES}/>",
    "an attribute twice": "<testsuites name='a' name='b'/>",
    "many namespaces": f"<testsuites {_NAMESPACES}/>",
    "a comment without end": f"<testsuites><!--{'-' * _DEEP}",
    "a CDATA section without end": f"<testsuites><![CDATA[{']' * _DEEP}",
    "CDATA that is none": f"<testsuites>{']]>' * 1_000}</testsuites>",
    "a character that XML has not": _report("&#0;&#xD800;&#xFFFF;\x01"),
    "an encoding that there is not": f'<?xml version="1.0" encoding="shop-8"?>{_report("lost")}',
    "an encoding that it has not": f'<?xml version="1.0" encoding="utf-16"?>{_report("lost")}',
    "XML 1.1": f'<?xml version="1.1"?>{_report("lost&#1;")}',
    "an instruction": f"<?xml-stylesheet href='http://127.0.0.1:9/'?>{_report('lost')}",
    "two roots": _report("lost") * 2,
    "nothing but a declaration": '<?xml version="1.0"?>',
    "a schema to fetch": f"<testsuites {_SCHEMA} i:schemaLocation='a http://127.0.0.1:9/'/>",
    "an inclusion": f"<testsuites {_INCLUDE}><i:include href='file:///etc/passwd' parse='text'/></testsuites>",
}
_TEXTS = {
    "nothing": "",
    "a blank": " \r\n\t",
    "a NUL": "\x00",
    "a form": "payload=%7B%22a%22%3A1%7D&b=%ff",
    "HTML": "<!doctype html><html><body><p>502 Bad Gateway</body></html>",
    "YAML": "- &a [*a, *a]\n- !!python/object/apply:os.system [id]",
    "brackets without end": "[" * _DEEP,
    "objects without end": '{"a":' * _DEEP,
    "brackets inside each other": "[" * _DEEP + "]" * _DEEP,
    "objects inside each other": '{"a":' * 800 + "1" + "}" * 800,
    "a number of 100,000 digits": "1" * 100_000,
    "a fraction of 100,000 digits": '{"timestamp":0.' + "1" * 100_000 + "}",
    "a key of 1 MB": '{"' + "a" * 1_000_000 + '":1}',
    "100,000 keys": f"{{{_KEYS}}}",
    "one key 100,000 times": '{"a":1' + ',"a":1' * 100_000 + "}",
    "escapes alone": '"' + "\\u0000" * 50_000 + '"',
    "halves of surrogate pairs": '{"message":"' + "\\ud83d" * 50_000 + '"}',
    "backslashes without end": '{"message":"' + "\\" * _DEEP,
    "lines of objects": "{}\n" * 20_000,
    "lines of brackets": "[]\n" * 20_000,
    "blank lines": '{"a":1}\n' + "\n" * _DEEP,
}
_BYTES = {
    "UTF-16": _report("lost").encode("utf-16"),
    "JSON as UTF-16": '{"message":"lost"}'.encode("utf-16"),
    "JSON as UTF-32": '{"message":"lost"}'.encode("utf-32"),
    "JSON after three byte order marks": b"\xef\xbb\xbf" * 3 + b'{"message":"lost"}',
    "Latin-1": '{"message":"verloren für immer"}'.encode("latin-1"),
    "gzip": b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + bytes(range(256)),
    "half a character": '{"message":"€"}'.encode()[:-4],
    "overlong UTF-8": b'{"message":"\xc0\x80"}',
    "surrogates as UTF-8": b'{"message":"\xed\xa0\xbd"}',
    "XML with a byte order mark": b"\xef\xbb\xbf" + _report("lost").encode(),
    "XML in Latin-1": f'<?xml version="1.0" encoding="iso-8859-1"?>{_report("für")}'.encode("latin-1"),
    "XML in UTF-7": f'<?xml version="1.0" encoding="utf-7"?>{_report("+ADw-")}'.encode(),
}
BODIES = {name: text.encode() for name, text in (XML | _TEXTS).items()} | _BYTES
