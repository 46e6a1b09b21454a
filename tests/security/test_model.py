"""Long, random lives of cases, shares and requests, compared after each step with a model of who may see what.

`make test` lives through 200 sequences, `make drill-permissions` through 5,000; SEQUENCES and SEED say otherwise. The
same seed gives the same sequences. A failure prints the shortest life that shows it.
"""

import os
import uuid
from collections.abc import Callable
from contextlib import ExitStack
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import pytest
import time_machine
from django.core.exceptions import ObjectDoesNotExist
from django.db import connection, transaction
from django.utils import timezone
from hypothesis import HealthCheck, seed, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from psycopg2.extensions import AsIs

from accounts.models import User
from accounts.refusals import Refused
from agencies.models import Agency, Designation, Membership, RoleAssignment
from agencies.services import add_member, end_membership, end_role, give_role
from agencies.standing import standing_of
from cases.access import view_permission_id
from cases.expected import findings
from cases.models import Case, CaseItem, Share
from cases.readings import read_item
from cases.services import (
    ask_again,
    ask_share,
    create_case,
    create_item,
    decide_share,
    name_person,
    save_item,
    settle_named,
    unname_person,
)
from cases.services.shares import Chosen
from mla.models import AssistanceRequest
from mla.reading import read
from mla.register import page_of
from mla.review import TICKS
from mla.services import create_request, perform, save_draft
from mla.workflow import Side
from tests import factories
from tests.security import model as told

SEQUENCES = int(os.environ.get("SEQUENCES", "200"))
SEED = int(os.environ.get("SEED", "2"))
# Sequences in one test: what one worker takes at a time.
SHARD = 25
STEPS = 20

START = datetime(2027, 3, 1, 9, tzinfo=UTC)
PEOPLE: dict[str, dict[str, tuple[str, ...]]] = {
    "ann": {"KG-MIA": ("officer",)},
    "bob": {"KG-MIA": ("supervisor", "liaison"), "KG-GPO": ("supervisor",)},
    "cal": {"KG-MIA": ("officer", "liaison")},
    "dan": {"KG-GPO": ("ca_officer", "officer")},
    "eve": {"KG-GPO": ("ca_signatory", "liaison"), "KG-CUS": ("ca_signatory",)},
    "fay": {"KG-GPO": ("ca_officer",), "KG-CUS": ("ca_officer",)},
    "gus": {"UZ-GPO": ("ca_officer", "officer")},
    "hal": {"UZ-MIA": ("officer", "liaison"), "UZ-GPO": ("ca_officer",)},
    "ivo": {"KG-MIA": ("auditor",)},
}
AGENCIES = ("KG-MIA", "KG-GPO", "KG-CUS", "UZ-GPO", "UZ-MIA")
OWNERS = ("KG-MIA", "KG-GPO")
# The model asks for no measure that needs a sanction.
REVIEWED = [tick.code for tick in TICKS if not tick.coercive_only]
BASES = ("chisinau-2002", "minsk-1993")
# Days until a share shall end.
DAYS = (0, 1, 2, 4, 30)
CHANGES = ("leave", "lose_role", "come_back", "come_back", "close_account", "an_hour")
# A request stays on its main line often enough to reach the end.
SELDOM = {"return_to_drafter", "return_from_authority", "discard", "withdraw", "ask_information"}


class World:
    """Agencies and people, made once for many sequences."""

    def __init__(self) -> None:
        self.agencies: dict[str, Agency] = {code: factories.agency(code) for code in AGENCIES}
        for code, function, basis in (
            ("KG-GPO", Designation.Function.SENDS, BASES[0]),
            ("KG-CUS", Designation.Function.SENDS, BASES[1]),
            ("UZ-GPO", Designation.Function.RECEIVES, "domestic"),
        ):
            factories.designate(self.agencies[code], function, basis)
        self.uz = factories.state("UZ")
        self.users: dict[str, User] = {}
        for key, desks in PEOPLE.items():
            self.users[key] = User.objects.create_user(email=f"{key}@model.example", password=None, name=key)
            for code, roles in desks.items():
                factories.member(self.users[key], self.agencies[code], *roles)


KINDS = (Case, CaseItem, AssistanceRequest)


class Doors:
    """What all people see by every handle of the door, in one statement.

    The SQL is what the product sends for each person, kept once and planned once; only the moment changes. That makes
    a comparison of everybody cheap enough to follow every step.
    """

    def __init__(self, world: World) -> None:
        self.now = START
        self.sent: list[tuple[str, str, str]] = []
        for model in KINDS:
            view_permission_id(model)  # asked once a process, and no part of what is kept here
            for key, user in world.users.items():
                for handle, look in (("visible", visible), ("among", among), ("newest", newest)):
                    with connection.execute_wrapper(partial(self._keep, f"{model.__name__} {handle}", key)):
                        look(model, user, self.now)
        looks = [f"select '{what}', '{key}', array(select id from ({sql}) seen)" for what, key, sql in self.sent]
        with connection.cursor() as cursor:
            cursor.execute("set local plan_cache_mode = force_generic_plan")
            cursor.execute("deallocate all")
            cursor.execute(f"prepare doors (timestamptz) as {' union all '.join(looks)}")

    def _keep(self, what: str, key: str, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        put = [AsIs("$1") if value == self.now else value for value in params]
        with connection.connection.cursor() as cursor:
            self.sent.append((what, key, cursor.mogrify(sql, put).decode()))
        return execute(sql, params, many, context)

    def look(self, now: datetime) -> list[tuple[str, str, list[uuid.UUID]]]:
        """Model and handle, person, and what they see, newest first."""
        with connection.cursor() as cursor:
            cursor.execute("execute doors (%s)", [now])
            return cursor.fetchall()


def visible(model: Any, user: User, now: datetime) -> list[uuid.UUID]:
    """What the one handle shows."""
    rows = model.objects.visible_to(user, now=now).order_by("-created_at", "-id")
    return list(rows.values_list("id", flat=True))


def among(model: Any, user: User, now: datetime) -> list[uuid.UUID]:
    """What the predicate shows, asked row by row."""
    rows = model.objects.visible_among(user, now=now).order_by("-created_at", "-id")
    return list(rows.values_list("id", flat=True))


def newest(model: Any, user: User, now: datetime) -> list[uuid.UUID]:
    """What the index of the grants shows."""
    return [one.pk for one in model.objects.newest_visible(user, now=now)]


class Lives(RuleBasedStateMachine):
    """One sequence: what people do, right and wrong, to the product and to the model."""

    world: World
    doors: Doors

    def __init__(self) -> None:
        super().__init__()
        self.stack = ExitStack()
        self.clock = self.stack.enter_context(time_machine.travel(START, tick=False))
        # Everything a sequence writes is rolled back at its end.
        self.savepoint = transaction.savepoint()
        self.model = told.Model(START)
        for key, desks in PEOPLE.items():
            rows = [told.Desk(code, dict.fromkeys(roles)) for code, roles in desks.items()]
            self.model.people[key] = told.Person(key, desks=rows)
        self.healthy = True
        self.count = self.turn = 0

    def teardown(self) -> None:
        """The last, whole comparison; then nothing of the sequence remains."""
        try:
            if self.healthy:
                self.compare_grants()
        finally:
            transaction.savepoint_rollback(self.savepoint)
            self.stack.close()

    # --- how a step is taken -----------------------------------------------------------------------------------------

    def tick(self, delta: timedelta = timedelta(seconds=1)) -> None:
        """Let time pass."""
        self.clock.shift(delta)
        self.model.now = timezone.now()

    def attempt(self, allowed: bool, act: Callable[[], Any]) -> Any:
        """Do it: the product must allow what the model allows, and refuse the rest without a trace."""
        self.tick(timedelta(0))
        try:
            with transaction.atomic():
                done, result = True, act()
        except (Refused, ObjectDoesNotExist) as refused:
            done, result = False, refused
        self.healthy = done == allowed
        assert self.healthy, f"the model says {allowed}, the product {result!r}"
        return result

    def who(self, data: st.DataObject, may: Callable[[str], bool]) -> tuple[str, bool]:
        """A person for a step, mostly one who may take it; and whether they may."""
        right = [key for key in PEOPLE if may(key)]
        person = data.draw(st.sampled_from(list(PEOPLE) + right * 5))
        return person, person in right

    def one(self, data: st.DataObject, among: list[Any]) -> Any:
        """One of several, by its number: prints well."""
        return among[data.draw(st.sampled_from(range(len(among))))]

    def some(self, data: st.DataObject, among: list[Any], least: int = 0) -> list[Any]:
        """Some of several."""
        numbers = st.sets(st.integers(0, len(among) - 1), min_size=least) if among else st.just(set())
        return [among[number] for number in sorted(data.draw(numbers))]

    def user(self, key: str) -> User:
        """The person as a request to the server would read them."""
        return User.objects.get(pk=self.world.users[key].pk)

    def text(self, what: str) -> str:
        """A text that stands nowhere else."""
        self.count += 1
        return f"{what} {self.count}"

    # --- cases and items ---------------------------------------------------------------------------------------------

    @initialize(data=st.data())
    def first_case(self, data: st.DataObject) -> None:
        """Every life begins with a case and an item, often with a request somewhere on its line."""
        owner, close = self.one(data, list(OWNERS)), data.draw(st.booleans())
        actor = next(key for key in PEOPLE if "officer" in self.model.roles(key, owner))
        self._open_case(data, owner, actor, close, allowed=True)
        self._add_item(self.model.cases[0], actor, allowed=True)
        if data.draw(st.booleans()):
            self._draft(data, self.model.cases[0], actor, allowed=True)
            self.along_the_line(data, data.draw(st.sampled_from((0, 3, 6, 9, 12))))

    @rule(data=st.data())
    def cases_and_items(self, data: st.DataObject) -> None:
        """Something changes in a case."""
        self.tick()
        acts = [self.edit_item, self.edit_item]
        if any(case.need_to_know for case in self.model.cases):
            acts += [self.name_or_unname] * 3
        if len(self.model.cases) < 3:
            acts.append(self.open_case)
        if len(self.model.items) < 6:
            acts += [self.add_item] * 2
        self.one(data, acts)(data)

    def open_case(self, data: st.DataObject) -> None:
        """Open a case, need-to-know or not."""
        owner, close = self.one(data, list(OWNERS)), data.draw(st.booleans())
        actor, allowed = self.who(data, lambda key: bool(self.model.roles(key, owner) & told.WRITERS))
        self._open_case(data, owner, actor, close, allowed=allowed)

    def _open_case(self, data: st.DataObject, owner: str, actor: str, close: bool, *, allowed: bool) -> None:
        named = self.some(data, self.model.workers(owner)) if close else []
        row = self.attempt(
            allowed,
            lambda: create_case(
                actor=self.user(actor),
                agency=self.world.agencies[owner],
                content={"title": self.text("case"), "proceedings_number": "1-2026", "offences": "Smuggling"},
                need_to_know=close,
                members=[self.user(key) for key in named],
            ),
        )
        if allowed:
            self.model.cases.append(told.Case(row.pk, owner, close, {actor, *named} if close else set()))

    def add_item(self, data: st.DataObject) -> None:
        """Put an item into a case."""
        case = self.one(data, self.model.cases)
        actor, allowed = self.who(data, lambda key: self.model.writes_in(key, case))
        self._add_item(case, actor, allowed=allowed)

    def _add_item(self, case: told.Case, actor: str, *, allowed: bool) -> None:
        content = {part: self.text(part) for part in ("title", "text", "author")}
        row = self.attempt(
            allowed,
            lambda: create_item(actor=self.user(actor), case_id=case.pk, kind="note", values=content, rows={}),
        )
        if allowed:
            item = told.Item(row.pk, case, content)
            case.items.append(item)
            self.model.items.append(item)

    def edit_item(self, data: st.DataObject) -> None:
        """Change an item: what others were given stays as it was frozen."""
        item = self.one(data, self.model.items)
        actor, allowed = self.who(data, lambda key: self.model.writes_in(key, item.case))
        content = item.content | {"text": self.text("text")}
        version = CaseItem.objects.unscoped("tests").get(pk=item.pk).version
        self.attempt(
            allowed,
            lambda: save_item(actor=self.user(actor), pk=item.pk, version=version, values=content, rows={}),
        )
        if allowed:
            item.content = content

    def name_or_unname(self, data: st.DataObject) -> None:
        """Name a person in a need-to-know case, or take the name out."""
        out = data.draw(st.booleans())
        case = self.one(data, [case for case in self.model.cases if case.need_to_know])
        actor, allowed = self.who(data, lambda key: self.model.writes_in(key, case))
        person = data.draw(st.sampled_from([*sorted(case.named), *self.model.workers(case.owner), *PEOPLE]))
        allowed = allowed and (case.named != {person} if out else self.model.works(person, case.owner))
        act = unname_person if out else name_person
        self.attempt(allowed, lambda: act(actor=self.user(actor), pk=case.pk, person=self.user(person)))
        if allowed:
            (self.model.unname if out else self.model.name)(case, person)

    # --- shares ------------------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def shares(self, data: st.DataObject) -> None:
        """A share is asked for, approved, or otherwise decided."""
        self.tick()
        acts: list[Any] = []
        if len(self._asked()) < 6:
            acts.append(self.ask_to_share)
        if any(share.state == "pending" for share in self.model.shares):
            acts.append(self.approve)
        if any(share.state in ("pending", "sent_back") for share in self._asked()):
            acts.append(self.ask_to_share_again)
        if self.model.shares:
            acts += [self.decide] * 2
        if acts:
            self.one(data, acts)(data)

    def ask_to_share(self, data: st.DataObject) -> None:
        """An officer asks that items go to an agency, some without some parts; often somebody decides at once."""
        recipient, days = self.one(data, list(AGENCIES)), self.one(data, list(DAYS))
        case = self.one(data, [case for case in self.model.cases if case.items])
        actor, allowed = self.who(data, lambda key: self.model.may_share(key, case))
        chosen, shown = self._choose(data, case)
        until = self._day(case, days)
        allowed = allowed and recipient != case.owner
        row = self.attempt(
            allowed,
            lambda: ask_share(
                actor=self.user(actor),
                case_id=case.pk,
                chosen=chosen,
                recipient=self.world.agencies[recipient],
                purpose="Proceedings",
                until=until,
            ),
        )
        if allowed:
            frozen = {item: dict(item.content) for item in shown}
            ends = told.end_of(until, case.owner)
            self.model.shares.append(told.Share(row.pk, case, recipient, actor, until, ends, frozen, shown))
            if data.draw(st.sampled_from((True, True, False))):
                self.compare()
                self.approve(data)

    def _choose(self, data: st.DataObject, case: told.Case) -> tuple[list[Chosen], dict[told.Item, told.Content]]:
        chosen, shown = [], {}
        for item in self.some(data, case.items, least=1):
            withheld = self.some(data, ["text", "author", "title"])
            chosen.append(Chosen(item.pk, tuple(withheld)))
            out = set(withheld) - {"title"}
            shown[item] = {part: text for part, text in item.content.items() if part not in out}
        return chosen, shown

    def _day(self, case: told.Case, days: int) -> Any:
        """Today at the owner's, or a day after."""
        return (self.model.now + told.OFFSETS[case.owner[:2]]).date() + timedelta(days=days)

    def _asked(self) -> list[told.Share]:
        """The shares that people asked for."""
        return [share for share in self.model.shares if share.request is None]

    def ask_to_share_again(self, data: st.DataObject) -> None:
        """The asker asks again: all is frozen anew."""
        days = data.draw(st.sampled_from(DAYS))
        share = self.one(data, [one for one in self._asked() if one.state in ("pending", "sent_back")])
        actor, allowed = self.who(data, lambda key: self.model.may_decide(key, share, "ask_again"))
        chosen, shown = self._choose(data, share.case)
        until = self._day(share.case, days)
        self.attempt(
            allowed,
            lambda: ask_again(
                actor=self.user(actor),
                pk=share.pk,
                version=self._version(share),
                chosen=chosen,
                purpose="Proceedings",
                until=until,
            ),
        )
        if allowed:
            share.state, share.until, share.ends = "pending", until, told.end_of(until, share.case.owner)
            share.frozen, share.shown = {item: dict(item.content) for item in shown}, shown

    def _version(self, share: told.Share) -> int:
        return Share.objects.get(pk=share.pk).version

    def approve(self, data: st.DataObject) -> None:
        """A liaison officer approves all or some, until the day asked for or a shorter one."""
        self.tick()
        whole, shorter = data.draw(st.booleans()), data.draw(st.sampled_from((0, 0, 0, 1, 2, 5)))
        share = self.one(data, [one for one in self.model.shares if one.state == "pending"])
        actor, allowed = self.who(data, lambda key: self.model.may_decide(key, share, "approve"))
        items = list(share.shown) if whole else self.some(data, list(share.shown), least=1)
        until = share.until - timedelta(days=shorter) if shorter else None
        ends = told.end_of(until or share.until, share.case.owner)
        unchanged = all(item.content == share.frozen[item] for item in items)
        allowed = allowed and unchanged and self.model.runs(ends)
        self.attempt(
            allowed,
            lambda: decide_share(
                actor=self.user(actor),
                pk=share.pk,
                name="approve",
                version=self._version(share),
                items=None if whole else {item.pk for item in items},
                until=until,
            ),
        )
        if allowed:
            share.state, share.approved, share.until, share.ends = "approved", set(items), until or share.until, ends

    def decide(self, data: st.DataObject) -> None:
        """Each other decision, mostly on a share on which somebody can take it."""
        names = ("revoke", "revoke", "revoke", "send_back", "decline", "cancel")
        pairs = [(name, share) for name in names for share in self.model.shares]
        fit = [pair for pair in pairs if any(self.model.may_decide(key, pair[1], pair[0]) for key in PEOPLE)]
        name, share = self.one(data, pairs + fit * 6)
        actor, allowed = self.who(data, lambda key: self.model.may_decide(key, share, name))
        self.attempt(
            allowed,
            lambda: decide_share(
                actor=self.user(actor), pk=share.pk, name=name, version=self._version(share), reason="For a reason."
            ),
        )
        if allowed:
            states = {"send_back": "sent_back", "decline": "declined", "cancel": "cancelled", "revoke": "revoked"}
            share.state = states[name]

    # --- people ------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), what=st.sampled_from(CHANGES))
    def people_change(self, data: st.DataObject, what: str) -> None:
        """Somebody leaves, loses a role, comes back, or their account is closed or opened; or beat looks round."""
        self.tick()
        getattr(self, what)(data)

    def leave(self, data: st.DataObject) -> None:
        """A membership ends, now or soon."""
        days = data.draw(st.sampled_from((0, 0, 1)))
        key, desk = self._desk(data)
        at = self.model.now + timedelta(days=days)
        end_membership(membership=self._membership(key, desk), at=at if days else None)
        desk.until = at
        # Its roles end with it, and do not come back when an end that was is put off.
        desk.roles = {role: min(until or at, at) for role, until in desk.roles.items()}
        self.model.settle(desk.agency)

    def lose_role(self, data: st.DataObject) -> None:
        """A role ends."""
        key, desk = self._desk(data)
        role = self.one(data, sorted(desk.roles))
        row = RoleAssignment.objects.get(membership=self._membership(key, desk), role=role)
        if self.model.runs(desk.roles[role]):
            end_role(assignment=row)
            desk.roles[role] = self.model.now
            self.model.settle(desk.agency)

    def come_back(self, data: st.DataObject) -> None:
        """Someone works where they worked at first, for good or with roles that end."""
        days = data.draw(st.sampled_from((None, None, 1)))
        away = [
            (key, code)
            for key, desks in PEOPLE.items()
            for code, roles in desks.items()
            if not set(roles) <= self.model.roles(key, code)
        ]
        key, code = self.one(data, away or [("ann", "KG-MIA")])
        until = self.model.now + timedelta(days=days) if days else None
        membership = add_member(user=self.user(key), agency=self.world.agencies[code])
        desk = told.Desk(code, {})
        self.model.people[key].desks.append(desk)
        for role in PEOPLE[key][code]:
            give_role(membership=membership, role=role, ends=until)
            desk.roles[role] = until
            if role == "supervisor":
                self.model.settle(code)

    def an_hour(self, data: st.DataObject) -> None:
        """Beat looks after what roles that ran out by themselves have left behind."""
        settle_named()
        self.model.settle()

    def close_account(self, data: st.DataObject) -> None:
        """An account is closed; whoever's is closed already gets it back."""
        closed = [key for key, person in self.model.people.items() if not person.active]
        person = self.model.people[data.draw(st.sampled_from(closed or list(PEOPLE)))]
        person.active = not person.active
        User.objects.filter(pk=self.world.users[person.key].pk).update(is_active=person.active)

    def _desk(self, data: st.DataObject) -> tuple[str, told.Desk]:
        key = data.draw(st.sampled_from(list(PEOPLE)))
        return key, self.one(data, self.model.people[key].desks)

    def _membership(self, key: str, desk: told.Desk) -> Membership:
        number = [one for one in self.model.people[key].desks if one.agency == desk.agency].index(desk)
        rows = Membership.objects.filter(user=self.world.users[key], agency=self.world.agencies[desk.agency])
        return rows.order_by("starts")[number]

    # --- time --------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), hours=st.sampled_from((1, 12, 30)))
    def time_passes(self, data: st.DataObject, hours: int) -> None:
        """Some hours, or to the very end of a share: a microsecond before it is open, at it it is not."""
        ends = sorted({share.ends for share in self.model.shares if share.ends and self.model.runs(share.ends)})
        if not ends or data.draw(st.booleans()):
            self.tick(timedelta(hours=hours))
            return
        self.tick(self.one(data, ends) - self.model.now - timedelta(microseconds=1))
        self.compare()
        self.tick(timedelta(microseconds=1))

    # --- requests ----------------------------------------------------------------------------------------------------

    @rule(data=st.data())
    def requests(self, data: st.DataObject) -> None:
        """A request is begun, changed, or goes on its line."""
        self.tick()
        drafts = [one for one in self.model.requests if one.state in ("draft", "returned")]
        if not self.model.requests or (len(self.model.requests) < 3 and data.draw(st.integers(0, 5)) == 3):
            self.draft(data)
        elif drafts and data.draw(st.booleans()):
            self.edit_draft(data, drafts)
        else:
            self.along_the_line(data, data.draw(st.integers(2, 6)))

    def draft(self, data: st.DataObject) -> None:
        """Begin a request in a case."""
        case = self.one(data, [case for case in self.model.cases if case.owner in OWNERS])
        actor, allowed = self.who(data, lambda key: self.model.may_share(key, case))
        self._draft(data, case, actor, allowed=allowed)

    def _draft(self, data: st.DataObject, case: told.Case, actor: str, *, allowed: bool) -> None:
        title, basis, attached = self._letter(data, case)
        row = self.attempt(
            allowed,
            lambda: create_request(
                actor=self.user(actor),
                case_id=case.pk,
                requested_state=self.world.uz,
                content=factories.CONTENT | {"title": title, "basis": basis},
                measures=factories.MEASURES[:1],
                attachments=[item.pk for item in attached],
            ),
        )
        if allowed:
            factories.explain(self.user(actor), row.pk)
            request = told.Request(row.pk, case, actor, title, basis, attached)
            request.steps.append(("create", "requesting"))
            self.model.requests.append(request)

    def _letter(self, data: st.DataObject, case: told.Case) -> tuple[str, str, list[told.Item]]:
        return self.text("request"), data.draw(st.sampled_from(BASES)), self.some(data, case.items)

    def edit_draft(self, data: st.DataObject, drafts: list[told.Request], *, another_way: bool = False) -> None:
        """Change a draft: its words, its treaty and so its way out, its attachments."""
        request = self.one(data, drafts)
        title, basis, attached = self._letter(data, request.case)
        if another_way:
            basis = next(one for one in BASES if one != request.basis)
        actor, allowed = self.who(data, lambda key: self.model.may_edit(key, request))
        allowed = allowed and all(self.model.sees(actor, item) for item in attached)
        self.attempt(
            allowed,
            lambda: save_draft(
                actor=self.user(actor),
                pk=request.pk,
                version=self._row(request).requesting_clock,
                requested_state=self.world.uz,
                content={"title": title, "basis": basis},
                measures=factories.MEASURES[:1],
                attachments=[item.pk for item in attached],
            ),
        )
        if allowed:
            factories.explain(self.user(actor), request.pk)
            request.title, request.basis, request.attachments = title, basis, attached
            request.authors.add(actor)

    def _row(self, request: told.Request) -> AssistanceRequest:
        return AssistanceRequest.objects.unscoped("tests").get(pk=request.pk)

    def along_the_line(self, data: st.DataObject, steps: int) -> None:
        """A request goes on, by steps that are open to somebody, each taken by somebody who may."""
        request = self.one(data, self.model.requests)
        for _ in range(steps):
            self.tick()
            pairs = [(name, key) for name in told.STEPS for key in PEOPLE if self.model.may_step(key, request, name)]
            main = [pair for pair in pairs if pair[0] not in SELDOM]
            if not pairs:
                return
            self._step(data, request, *self.one(data, pairs + main * 12))
            self.compare()

    @precondition(lambda self: self.model.requests)
    @rule(data=st.data(), actor=st.sampled_from(list(PEOPLE)))
    def out_of_line(self, data: st.DataObject, actor: str) -> None:
        """Anybody tries any step, or one of this state."""
        self.tick()
        request = self.one(data, self.model.requests)
        fit = [name for name, (from_, *_) in told.STEPS.items() if request.state in from_ and name not in SELDOM]
        self._step(data, request, self.one(data, list(told.STEPS) + fit * 5), actor)

    def _step(self, data: st.DataObject, request: told.Request, name: str, actor: str) -> None:
        allowed = self.model.may_step(actor, request, name)
        executor = data.draw(st.sampled_from(("UZ-MIA", "UZ-GPO"))) if name == "accept_and_assign" else "UZ-MIA"
        answers: list[told.Item] = []
        if name == "report_results" and request.execution_case:
            found = request.execution_case.items
            answers = self.some(data, found, least=min(len(found), data.draw(st.sampled_from((1, 1, 0)))))
            allowed = allowed and all(self.model.sees(actor, item) for item in answers)
        said = self.text("result")
        row = self._row(request)
        requested = Side.REQUESTED if told.STEPS[name][2] not in told.REQUESTING else Side.REQUESTING
        self.attempt(
            allowed,
            lambda: perform(
                actor=self.user(actor),
                pk=request.pk,
                name=name,
                version=row.clock(requested),
                data=self._filled(executor, said, answers),
            ),
        )
        if not allowed:
            return
        if name == "accept_and_assign":
            request.executing = executor
        if name == "report_results":
            request.result, request.answers = said, {item: {} for item in answers}
        for share in self.model.step(actor, request, name):
            new = Share.objects.exclude(pk__in=[one.pk for one in self.model.shares])
            share.pk = new.get(via_request=request.pk, via_step=name, recipient__code=share.recipient).pk
        if name == "start_execution" and request.execution_case is None:
            request.execution_case = told.Case(self._row(request).execution_case_id, request.executing, False)
            self.model.cases.append(request.execution_case)
            # Whoever executes finds something, which mostly goes along with the answer.
            case = request.execution_case
            self._add_item(case, actor, allowed=self.model.writes_in(actor, case))
        if name == "return_from_authority":
            # Mended at once, for another way out.
            self.edit_draft(data, [request], another_way=True)

    def _filled(self, executor: str, said: str, answers: list[told.Item]) -> dict[str, Any]:
        """What a person fills in, for every step at once."""
        today = self.model.now.date()
        return {
            "reason": "For a reason.",
            "legality": REVIEWED,
            "signature": True,
            "integrity": True,
            "addressee": self.world.agencies["UZ-GPO"],
            "number": self.text("No."),
            "number_date": today,
            "original_required": False,
            "questions": [{"field": "facts", "question": "Which wares?"}],
            "due": today,
            "answers": ["Invented wares."],
            "executor": self.world.agencies[executor],
            "target_date": today,
            "disclose_executor": False,
            "results": {1: {"result": "done", "text": said}},
            "answer_items": [item.pk for item in answers],
            "covering_note": "Enclosed.",
            "missing": "The second waybill.",
            "outcome": "court",
            "feedback": 4,
        }

    # --- the comparison ----------------------------------------------------------------------------------------------

    @invariant()
    def compare(self) -> None:
        """Everybody sees by every handle of the door what the model says, and no more."""
        self.healthy = False
        expected = {
            (model.__name__, key): [pk for pk, people in seen.items() if key in people]
            for model, seen in self.by_model().items()
            for key in PEOPLE
        }
        listed = {
            (name, key): self.model.listed(key, seen) if name == AssistanceRequest.__name__ else seen
            for (name, key), seen in expected.items()
        }
        for what, key, found in self.doors.look(self.model.now):
            name, handle = what.split()
            assert found == (listed if handle == "newest" else expected)[name, key], (what, key)
        # And one person and kind, each time another, as the product itself asks.
        self.turn += 1
        key = list(PEOPLE)[self.turn % len(PEOPLE)]
        model = KINDS[self.turn // len(PEOPLE) % len(KINDS)]
        assert visible(model, self.world.users[key], self.model.now) == expected[model.__name__, key]
        assert newest(model, self.world.users[key], self.model.now) == listed[model.__name__, key]
        self.healthy = True

    def by_model(self) -> dict[Any, dict[uuid.UUID, set[str]]]:
        """By the model: who sees each record, newest first."""
        return {
            model: {record.pk: {key for key, _ in self.model.viewers(record)} for record in reversed(records)}
            for model, records in zip(KINDS, (self.model.cases, self.model.items, self.model.requests), strict=True)
        }

    @rule(data=st.data())
    def read_something(self, data: st.DataObject) -> None:
        """Somebody opens an item or a request."""
        self.tick()
        if self.model.items:
            item = self.one(data, self.model.items)
            self.compare_item(self.who(data, lambda one: self.model.sees(one, item))[0], item)
        if self.model.requests:
            request = self.one(data, self.model.requests)
            self.compare_request(self.who(data, lambda one: self.model.sees(one, request))[0], request)

    def compare_item(self, key: str, item: told.Item) -> None:
        """What one person reads of one item: the present text, or exactly what was frozen for them."""
        user = self.user(key)
        try:
            reading = read_item(user, standing_of(user), item.case.pk, item.pk)
        except CaseItem.DoesNotExist:
            assert not self.model.sees(key, item), key
            return
        assert self.model.sees(key, item), key
        if self.model.own(key, item):
            assert reading.own
            assert {part.name: part.text for part in reading.parts} == item.content
            assert not reading.received
            return
        found = {one.share.pk: {part.name: part.text for part in one.parts} for one in reading.received}
        assert not reading.own
        assert not reading.parts
        assert found == self.model.received(key, item)

    def compare_request(self, key: str, request: told.Request) -> None:
        """What one person reads of one request."""
        user = self.user(key)
        try:
            reading = read(user, standing_of(user), request.pk)
        except AssistanceRequest.DoesNotExist:
            assert not self.model.sees(key, request), key
            return
        assert self.model.sees(key, request), key
        side = self.model.side(key)
        ours = side == "requesting"
        assert reading.side == side
        assert [event.name for event in reading.events] == [
            name for name, whose in request.steps if whose in (side, "wire")
        ]
        assert reading.content["title"] == (request.title if ours else request.crossed_title)
        hidden = ours and request.state == "results_reported"
        assert reading.state == ("in_execution" if hidden else request.state)
        results = {row["result"]["text"] for row in reading.measures}
        assert results == {request.response if ours else request.result}

    def different(self, record: told.Record) -> list[str]:
        """One person of each set of people who see a record in the same ways."""
        ways: dict[str, set[told.Way]] = {}
        for key, way in self.model.viewers(record):
            ways.setdefault(key, set()).add(way)
        return sorted({frozenset(found): key for key, found in sorted(ways.items())}.values())

    def compare_grants(self) -> None:
        """At the end: the predicate turned round agrees, everything reads as told, and every grant row is right."""
        keys = {user.pk: key for key, user in self.world.users.items()}
        codes = {agency.pk: code for code, agency in self.world.agencies.items()}
        records = (self.model.cases, self.model.items, self.model.requests)
        for model, rows in zip(KINDS, records, strict=True):
            for record in rows:
                found = {
                    (keys[one.person_id], told.Way(codes[one.agency_id], one.source, None, one.until, one.share_id))
                    for one in model.objects.viewers(record.pk, now=self.model.now)
                }
                assert found == self.model.viewers(record), model.__name__
        for item in self.model.items:
            for key in self.different(item):
                self.compare_item(key, item)
        for request in self.model.requests:
            for key in self.different(request):
                self.compare_request(key, request)
        for key in self.registers():
            self.compare_register(key)
        assert list(findings(self.model.now)) == []

    def registers(self) -> list[str]:
        """Whose register is compared: of those whose agency gave a number, and each time of somebody else."""
        gave = {
            code
            for request in self.model.requests
            for step, code in (("transmit", request.sending), ("acknowledge", request.receiving))
            if step in {name for name, _side in request.steps}
        }
        others = list(PEOPLE)[self.turn % len(PEOPLE)]
        return [key for key in PEOPLE if key == others or any(self.model.works(key, code) for code in gave)]

    def compare_register(self, key: str) -> None:
        """In a register stand the numbers that one's own agency gave, of requests that one sees, and no others."""
        user = self.user(key)
        rows, _older = page_of(standing_of(user), {}, {})
        found = {(row.line.request_id, row.line.agency.code) for row in rows}
        assert len(found) == len(rows)
        assert found == {
            (request.pk, code)
            for request in self.model.requests
            if self.model.sees(key, request)
            for step, code in (("transmit", request.sending), ("acknowledge", request.receiving))
            if step in {name for name, _side in request.steps} and self.model.works(key, code)
        }


def live(number: int, sequences: int, **more: Any) -> None:
    """Live through so many sequences, the same for the same number. Raises AssertionError at a disagreement."""
    with time_machine.travel(START - timedelta(hours=1), tick=False):
        Lives.world = World()
    Lives.doors = Doors(Lives.world)
    chosen = settings(
        max_examples=sequences,
        stateful_step_count=STEPS,
        deadline=None,
        database=None,
        print_blob=False,
        report_multiple_bugs=False,
        suppress_health_check=list(HealthCheck),
        **more,
    )
    run_state_machine_as_test(seed(number)(Lives), settings=chosen)


@pytest.mark.timeout(1800)
@pytest.mark.django_db
@pytest.mark.parametrize("number", range(SEED, SEED + max(1, SEQUENCES // SHARD)))
def test_lives_agree_with_the_model(number: int) -> None:
    """Whatever people do, each sees exactly what ownership, names, shares and requests give them."""
    live(number, SHARD)
