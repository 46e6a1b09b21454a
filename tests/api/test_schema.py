"""The schema and its page: every field described, in both languages; nothing that a browser's policy would refuse."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
from django.urls import reverse

from api.serializers.steps import DATA, STEPS
from api.views.reference import schema
from exchange.urls import urlpatterns
from mla.workflow import BY_NAME
from tests.api.programs import Program
from tests.factories import World
from tests.security.people import browser
from tests.security.test_walker import names


def properties(part: Any, path: str) -> Iterator[tuple[str, dict[str, Any]]]:
    """Every property of a schema and of what stands in it, by its path."""
    for name, one in part.get("properties", {}).items():
        yield f"{path}.{name}", one
        yield from properties(one, f"{path}.{name}")
        yield from properties(one.get("items", {}), f"{path}.{name}[]")


@pytest.mark.parametrize("language", ["en", "ru"])
def test_every_field_is_described(language: str) -> None:
    """Of each body in and out, of each parameter and each operation, in words of that language."""
    found = schema(language)
    words: dict[str, str] = {}
    for name, component in found["components"]["schemas"].items():
        for path, one in properties(component, name):
            words[path] = one.get("description", "")
    for path, methods in found["paths"].items():
        for method, operation in methods.items():
            words[f"{method} {path}"] = operation["summary"]
            for parameter in operation.get("parameters", ()):
                words[f"{method} {path} {parameter['name']}"] = parameter.get("description", "")
            for status, answer in operation["responses"].items():
                words[f"{method} {path} {status}"] = answer["description"]
    assert len(words) > 400
    assert not [path for path, said in words.items() if len(said) < 3]
    if language == "ru":
        assert not [path for path, said in words.items() if not re.search("[а-я]", said.partition("\n")[0])]


def test_every_address_is_in_it() -> None:
    """All of the API's own, and no others."""
    found = {path.removeprefix("/api/v1/") for path in schema("en")["paths"]}
    patterns = next(one for one in urlpatterns if "api/v1" in str(one.pattern)).url_patterns
    assert found == {str(one.pattern).replace("<uuid:pk>", "{id}") for one in patterns} - {"docs/"}
    assert len(list(names())) > len(found)


def test_what_holds_for_all_operations() -> None:
    """Each names its refusals as problems; each that changes something takes a key and a body of known fields."""
    for path, methods in schema("en")["paths"].items():
        assert set(methods) <= {"get", "post"}
        for method, operation in methods.items():
            assert {"200", "201"} & set(operation["responses"]) and "401" in operation["responses"]
            for status, answer in operation["responses"].items():
                kind = "application/json" if status < "300" else "application/problem+json"
                assert list(answer["content"]) == [kind], path
            if method == "post":
                assert {"400", "403", "404", "409", "413", "415"} <= set(operation["responses"])
                assert "Idempotency-Key" in [one["name"] for one in operation["parameters"]]
                assert list(operation["requestBody"]["content"]) == ["application/json"]


def test_every_step_is_in_it() -> None:
    """Each of the table with the data that it asks for."""
    assert set(STEPS) == set(BY_NAME)
    assert {name for one in BY_NAME.values() for name in one.requires} == set(DATA)


def test_it_is_made_without_a_warning() -> None:
    """Nothing is guessed."""
    from drf_spectacular.drainage import GENERATOR_STATS

    with GENERATOR_STATS.silence():
        GENERATOR_STATS.reset()
        schema.cache_clear()
        schema("en")
        assert not GENERATOR_STATS


@pytest.mark.parametrize("language", ["en", "ru"])
def test_for_signed_in_people(world: World, language: str) -> None:
    """In the person's language, every operation and every field's name on the page, and no script in it."""
    world.drafter.language = language
    world.drafter.save()
    found = Program(world.drafter).get("schema/")
    assert found == schema(language) and found["openapi"].startswith("3.")
    page = browser(world.drafter).get(reverse("api:docs")).content.decode()
    for path, methods in found["paths"].items():
        assert path in page and all(one["operationId"] in page for one in methods.values())
    assert all(field in page for field in ("measures[].kind", "data.legality", "access[].until", "names[].script"))
    assert "<script" not in page.partition("<main")[2]
    assert not re.search(r'(?:src|href)="(?:https?:)?//', page)
