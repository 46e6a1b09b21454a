"""A browser without JavaScript, for drills that need many: keeps cookies, follows redirects, fills in forms."""

import http.client
import http.cookiejar
import time
import urllib.error
import urllib.request
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from urllib.parse import urlencode, urljoin, urlsplit

Values = Mapping[str, str | list[str]]
# name -> file name and content
Files = Mapping[str, tuple[str, bytes]]


@dataclass
class Form:
    """A form as it stands in a page."""

    action: str
    method: str = "get"
    fields: list[tuple[str, str]] = field(default_factory=list)
    names: set[str] = field(default_factory=set)
    # Of each list to choose from.
    options: dict[str, list[str]] = field(default_factory=dict)
    text: str = ""

    def filled(self, values: Values) -> list[tuple[str, str]]:
        """Its fields with these values instead of what they had. Fails for a field that it does not have."""
        assert set(values) <= self.names, f"{self.action} has no field {set(values) - self.names}: {self.names}"
        kept = [(name, value) for name, value in self.fields if name not in values]
        for name, value in values.items():
            kept += [(name, one) for one in ([value] if isinstance(value, str) else value)]
        return kept


class _Reader(HTMLParser):
    """Collects forms, links and the text of a page."""

    def __init__(self) -> None:
        super().__init__()
        self.forms: list[Form] = []
        self.links: list[str] = []
        self.words: list[str] = []
        self.by_id: dict[str, Form] = {}
        self.form: Form | None = None
        self.select: tuple[Form, str, list[str], list[str]] | None = None
        self.area: tuple[Form, str] | None = None
        self.silent = 0

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = {name: value or "" for name, value in attributes}
        if tag == "a" and "href" in values:
            self.links.append(values["href"])
        elif tag == "form":
            self.form = Form(values.get("action", ""), values.get("method", "get").lower())
            self.forms.append(self.form)
            self.by_id[values.get("id", "")] = self.form
        elif tag in {"script", "style"}:
            self.silent += 1
        form = self.by_id.get(values["form"]) if "form" in values else self.form
        if form is None or "disabled" in values:
            return
        name = values.get("name", "")
        if tag == "input" and name:
            form.names.add(name)
            kind = values.get("type", "text")
            if kind in {"checkbox", "radio"}:
                form.options.setdefault(name, []).append(values.get("value", "on"))
                if "checked" in values:
                    form.fields.append((name, values.get("value", "on")))
            elif kind not in {"submit", "button", "file", "image"}:
                form.fields.append((name, values.get("value", "")))
        elif tag == "button" and name:
            form.names.add(name)
        elif tag == "select" and name:
            form.names.add(name)
            self.select = (form, name, [], [])
        elif tag == "option" and self.select:
            self.select[2].append(values.get("value", ""))
            if "selected" in values:
                self.select[3].append(values.get("value", ""))
        elif tag == "textarea" and name:
            form.names.add(name)
            form.fields.append((name, ""))
            self.area = (form, name)

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.form = None
        elif tag in {"script", "style"}:
            self.silent -= 1
        elif tag == "select" and self.select:
            form, name, options, chosen = self.select
            form.fields += [(name, value) for value in chosen or options[:1]]
            form.options[name] = options
            self.select = None
        elif tag == "textarea":
            self.area = None

    def handle_data(self, data: str) -> None:
        if self.area:
            form, name = self.area
            form.fields[-1] = (name, form.fields[-1][1] + data.removeprefix("\n"))
        elif not self.silent and data.strip():
            self.words.append(data.strip())
            if self.form is not None:
                self.form.text += f" {data.strip()}"


@dataclass
class Answer:
    """What came back."""

    status: int
    url: str
    content: bytes
    headers: Mapping[str, str]
    seconds: float

    @property
    def html(self) -> str:
        """As text."""
        return self.content.decode(errors="replace")

    def _read(self) -> _Reader:
        reader = _Reader()
        reader.feed(self.html)
        reader.close()
        return reader

    @property
    def links(self) -> list[str]:
        """Where its links lead."""
        return self._read().links

    @property
    def words(self) -> str:
        """What can be read."""
        return " ".join(self._read().words)

    def form(self, holding: str) -> Form:
        """The form that has this field. Fails when there is none."""
        found = [form for form in self._read().forms if holding in form.names]
        assert found, f"{self.url} ({self.status}) has no form with a field {holding}: {self.words[:300]}"
        return found[0]


class Refused(Exception):
    """Nobody answered."""


class Browser:
    """One person's cookies."""

    def __init__(self, url: str, timeout: float = 20) -> None:
        self.url, self.timeout = url, timeout
        self.cookies = http.cookiejar.CookieJar()
        self.opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.cookies)
        )
        self.opener.addheaders = [("Accept-Language", "en"), ("User-Agent", "drill")]

    def get(self, path: str) -> Answer:
        """Open an address. Raises Refused when nobody answers."""
        return self._ask(urllib.request.Request(urljoin(self.url, path)))

    def send(self, page: Answer, form: Form, values: Values, files: Files | None = None) -> Answer:
        """Send a form of a page. Raises Refused when nobody answers."""
        address = urljoin(page.url, form.action) if form.action else page.url
        fields = form.filled(values)
        if form.method == "get":
            return self._ask(urllib.request.Request(f"{address.partition('?')[0]}?{urlencode(fields)}"))
        body, kind = (urlencode(fields).encode(), "application/x-www-form-urlencoded")
        if files is not None:
            body, kind = _multipart(fields, files)
        at = urlsplit(address)
        headers = {"Content-Type": kind, "Referer": page.url, "Origin": f"{at.scheme}://{at.netloc}"}
        return self._ask(urllib.request.Request(address, data=body, headers=headers))

    def sign_in(self, email: str, password: str) -> Answer:
        """Through the sign-in page. Fails unless it leads to the desk."""
        page = self.get("/accounts/login/")
        answer = self.send(page, page.form("password"), {"login": email, "password": password})
        assert answer.status == 200 and "/accounts/login" not in answer.url, f"{email}: {answer.words[:200]}"
        return answer

    def _ask(self, request: urllib.request.Request) -> Answer:
        begun = time.monotonic()
        try:
            with self.opener.open(request, timeout=self.timeout) as answer:
                return Answer(answer.status, answer.url, answer.read(), answer.headers, time.monotonic() - begun)
        except urllib.error.HTTPError as answer:
            with answer:
                return Answer(answer.code, answer.url, answer.read(), answer.headers, time.monotonic() - begun)
        except (OSError, http.client.HTTPException) as problem:
            raise Refused(f"{type(problem).__name__} after {time.monotonic() - begun:.1f} s") from problem


def _multipart(fields: list[tuple[str, str]], files: Files) -> tuple[bytes, str]:
    edge = uuid.uuid4().hex
    parts = []
    for name, value in fields:
        parts.append(f'--{edge}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'.encode())
    for name, (file_name, content) in files.items():
        head = f'--{edge}\r\nContent-Disposition: form-data; name="{name}"; filename="{file_name}"\r\n'
        parts.append(f"{head}Content-Type: application/octet-stream\r\n\r\n".encode() + content + b"\r\n")
    return b"".join(parts) + f"--{edge}--\r\n".encode(), f"multipart/form-data; boundary={edge}"
