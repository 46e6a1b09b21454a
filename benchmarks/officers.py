"""People at their desks, for locust: `make drill-load` starts it and says who and how many there are.

An officer signs in once, and then looks, reads and now and then searches or saves, with the pauses of somebody who
reads what stands there. A bystander asks a bare page at the same pace, for comparison.
"""

import itertools
import os
import random
import re

from locust import HttpUser, between, task

from benchmarks.forms import Fields, Forms

# How long somebody looks at a page before the next click, in seconds.
PAUSE = between(*map(float, os.environ["PAUSE"].split("-")))
CASE = re.compile(r'href="(/cases/[0-9a-f-]{36}/)"')
OWN = re.compile(r'href="(/cases/[0-9a-f-]{36}/edit/)"')
REQUEST = re.compile(r'href="(/requests/[0-9a-f-]{36}/)"')
WORDS = ("avtomobil", "kasimov ruslan", "invented wares", "n4711", "R-17")


class Officer(HttpUser):
    """One of the people whom benchmarks/filling.py made."""

    wait_time = PAUSE
    numbers = itertools.count()

    def on_start(self) -> None:
        """Sign in, from a desk with an address of its own."""
        # The case that this person opened.
        self.own = ""
        number = next(self.numbers) % int(os.environ["OFFICERS"])
        self.client.headers["X-Forwarded-For"] = f"198.18.{number // 250}.{number % 250 + 1}"
        form = Forms(self.look("/accounts/login/", "page to sign in"), "password").found
        form |= {"login": f"officer{number}@comity.example", "password": os.environ["OFFICERS_PASSWORD"]}
        self.send("/accounts/login/", form, "sign in", left="/accounts/login/")

    def look(self, path: str, name: str) -> str:
        """Open a page; its text, empty when it failed."""
        with self.client.get(path, name=name, catch_response=True) as answer:
            if path != "/accounts/login/" and "/accounts/login/" in (answer.url or ""):
                answer.failure("was asked to sign in")
            return answer.text if answer.ok else ""

    def send(self, path: str, form: Fields, name: str, *, left: str) -> str:
        """Send a form; who is still at `left` afterwards was refused."""
        with self.client.post(path, form, name=name, catch_response=True) as answer:
            if answer.ok and (answer.url or "").endswith(left):
                answer.failure("the form came back")
            return answer.text or ""

    def one_of(self, pattern: re.Pattern[str], page: str) -> str:
        """A link of a page, any."""
        return random.choice(pattern.findall(page) or [""])

    @task(6)
    def desk(self) -> None:
        """What waits."""
        self.look("/", "desk")

    @task(8)
    def cases(self) -> None:
        """The list, and after a pause one of it."""
        if case := self.one_of(CASE, self.look("/cases/", "list of cases")):
            self.wait()
            self.look(case, "case")

    @task(8)
    def requests(self) -> None:
        """The same of requests."""
        if request := self.one_of(REQUEST, self.look("/requests/", "list of requests")):
            self.wait()
            self.look(request, "request")

    @task(2)
    def bell(self) -> None:
        """What one was told."""
        self.look("/notifications/", "bell")

    @task(3)
    def search(self) -> None:
        """By a word that many, few or one has."""
        form = Forms(self.look("/", "desk"), "term").found
        if form:
            self.wait()
            self.send("/search/", form | {"term": random.choice(WORDS)}, "search", left="/search/")

    @task(2)
    def save(self) -> None:
        """Open a case of one's own, and at other times change its title."""
        edit = f"{self.own}edit/" if self.own else "/cases/new/"
        form = Forms(self.look(edit, "form of a case"), "title").found
        if not form:
            return
        self.wait()
        form |= {"title": f"Invented wares, consignment {random.randrange(10_000)}", "offences": "Smuggling, art. 204"}
        saved = self.send(edit, form, "save a case", left=edit)
        self.own = self.own or next(iter(OWN.findall(saved)), "").removesuffix("edit/")


class Bystander(HttpUser):
    """Asks what costs nothing but Django, gunicorn and the line."""

    wait_time = PAUSE

    @task
    def page(self) -> None:
        """As many bytes as a desk."""
        self.client.get("/", name="bare page")
