import json

from argus_pytest.elements import MOST, Elements


def test_what_was_seen_is_known_to_the_next_run_and_each_run_writes_the_same(tmp_path):
    path = tmp_path / ".argus" / "elements.json"
    for order in (("b", "a"), ("a", "b")):
        elements = Elements(path)
        for name in order:
            elements.note("/", f"page.locator('#{name}')", {"tag": "a", "id": name})
        elements.save()
        (tmp_path / "".join(order)).write_bytes(path.read_bytes())
    assert (tmp_path / "ab").read_bytes() == (tmp_path / "ba").read_bytes()
    assert Elements(path).last("/", "page.locator('#a')") == {"tag": "a", "id": "a"}


def test_an_element_that_has_only_moved_leaves_the_file_as_it_is(tmp_path):
    path = tmp_path / "elements.json"
    for x, name in ((10, "a"), (12, "a"), (12, "b")):
        elements = Elements(path)
        elements.note("/", "locator", {"id": name, "location": {"x": x}})
        elements.save()
        if x == 12:
            assert Elements(path).last("/", "locator") == {"id": name, "location": {"x": 10 if name == "a" else 12}}


def test_two_processes_do_not_lose_what_the_other_has_seen(tmp_path):
    path = tmp_path / "elements.json"
    one, other = Elements(path), Elements(path)
    one.note("/", "a", {"id": "a"})
    other.note("/", "b", {"id": "b"})
    one.save()
    other.save()
    assert json.loads(path.read_bytes()) == {"/": {"a": {"id": "a"}, "b": {"id": "b"}}}


def test_the_file_does_not_grow_for_ever(tmp_path):
    elements = Elements(tmp_path / "elements.json")
    for number in range(MOST + 10):
        elements.note("/", str(number), {})
    elements.save()
    assert len(json.loads((tmp_path / "elements.json").read_bytes())["/"]) == MOST


def test_a_damaged_file_is_written_anew(tmp_path):
    path = tmp_path / "elements.json"
    path.write_bytes(b"\xff{")
    elements = Elements(path)
    elements.note("/", "a", {"id": "a"})
    elements.save()
    assert json.loads(path.read_bytes()) == {"/": {"a": {"id": "a"}}}


def test_a_locator_is_looked_at_once_in_a_run_and_never_where_nothing_is_kept(tmp_path):
    elements = Elements(tmp_path / "elements.json")
    assert elements.lacks("/", "a")
    elements.note("/", "a", {})
    assert not elements.lacks("/", "a")
    assert not Elements(None).lacks("/", "a")
