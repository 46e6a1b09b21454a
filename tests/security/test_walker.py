"""Every address and every method, tried by everybody, in the states of a request: against one table.

A new address fails until it has a row below. To add one: a line in `TABLE`; if it takes arguments, a line in
`ABOUT`; if it has a form, a line in `FORMS`. A method that has no row is answered by 405.
"""

import uuid
from collections.abc import Callable, Iterator
from datetime import timedelta
from itertools import cycle, islice
from typing import Any

import pytest
from django.conf import settings
from django.forms import BaseForm, BaseFormSet
from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, reverse
from django.utils import timezone

from accounts.models import PasswordLink
from agencies.models import Membership, Role, RoleProposal
from agencies.services import accounts, applications, end_membership, handovers, invitations, rosters
from cases.models import Share
from cases.services.saved import save_filter
from cases.services.search import look_for
from exports import building, services
from exports.models import AgencyExport
from mla.models import AssistanceRequest, InformationRound
from mla.papers import void_paper
from mla.workflow import BY_NAME, Body
from notifications.models import Notification
from notifications.registry import kinds
from tests import factories
from tests.agencies import offices
from tests.api.programs import sendable
from tests.factories import Line, World, agency, paper, person
from tests.memory import memory
from tests.security.people import (
    NOTE,
    SIGNED_OUT,
    Paper,
    People,
    ask,
    expire,
    form_data,
    give,
    put,
    put_paper,
    secretariat,
    undone,
)
from tests.thorough import THOROUGH

METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

# The columns. `nobody` stands for all who are signed out: never signed in, deactivated with a live session,
# membership ended yesterday, role ended; they are walked one by one. `admins`: agency admin, platform admin,
# auditor, observer.
# `others`: officers of another agency of the state, of another agency of the other state, of a third state.
# `given`: receiver of a share of one item; `late`: the same, whose share expired a second ago.
COLUMNS: dict[str, tuple[str, ...]] = {
    "nobody": SIGNED_OUT,
    "admins": ("agency_admin", "platform_admin", "auditor", "observer"),
    "others": ("other_agency", "other_side", "other_state"),
    "offic": ("officer",),
    "colle": ("colleague",),
    "super": ("supervisor",),
    "liais": ("liaison",),
    "sendr": ("sender",),
    "signa": ("signatory",),
    "addre": ("addressee",),
    "execu": ("executor",),
    "given": ("given",),
    "late": ("given_late",),
}

# An answer is a status, or: `in` on to sign-in; `ok` done, and on to another page; `bad` the form again, with
# its errors. The request of `mla:*` is in execution; its other states follow further below.
TABLE = """
address                 method nobody admins others offic colle super liais sendr signa addre execu given late
desk                    GET    in     200    200    200   200   200   200   200   200   200   200   200   200
exercise                GET    404    404    404    404   404   404   404   404   404   404   404   404   404
healthz                 GET    200    200    200    200   200   200   200   200   200   200   200   200   200
parts                   GET    in     200    200    200   200   200   200   200   200   200   200   200   200
account_login           GET    200    ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
account_login           POST   bad    ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
account_logout          GET    in     200    200    200   200   200   200   200   200   200   200   200   200
account_logout          POST   in     in     in     in    in    in    in    in    in    in    in    in    in
language                POST   ok     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
theme                   POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
desk_view               POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
agencies:directory      GET    in     200    200    200   200   200   200   200   200   200   200   200   200
search:begin            GET    in     200    200    200   200   200   200   200   200   200   200   200   200
search:begin            POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
search:results          GET    in     ok     ok     200   ok    ok    ok    ok    ok    ok    ok    ok    ok
filters:list            GET    in     200    200    200   200   200   200   200   200   200   200   200   200
filters:save            GET    in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
filters:save            POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
filters:change          GET    in     404    404    200   404   404   404   404   404   404   404   404   404
filters:change          POST   in     404    404    ok    404   404   404   404   404   404   404   404   404
filters:remove          POST   in     404    404    ok    404   404   404   404   404   404   404   404   404
notifications:index     GET    in     200    200    200   200   200   200   200   200   200   200   200   200
notifications:read_all  POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
notifications:read_one  POST   in     404    404    ok    404   404   404   404   404   404   404   404   404
notifications:open_one  POST   in     404    404    ok    404   404   404   404   404   404   404   404   404
notifications:settings  GET    in     200    200    200   200   200   200   200   200   200   200   200   200
notifications:settings  POST   in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
help                    GET    200    200    200    200   200   200   200   200   200   200   200   200   200
limits                  GET    200    200    200    200   200   200   200   200   200   200   200   200   200
audit:list              GET    in     -      403    403   403   403   403   403   403   403   403   403   403
audit:export            GET    in     -      403    403   403   403   403   403   403   403   403   403   403
audit:export/unknown    GET    in     404    404    404   404   404   404   404   404   404   404   404   404
figures:index           GET    in     -      200    200   200   200   200   200   200   200   200   200   200
figures:csv             GET    in     -      200    200   200   200   200   200   200   200   200   200   200
exports:index           GET    in     403    -      403   403   200   200   403   200   403   403   403   403
exports:index           POST   in     403    -      403   403   bad   403   403   403   403   403   403   403
exports:detail          GET    in     404    404    404   404   200   200   404   404   404   404   404   404
exports:detail/ready    GET    in     404    -      404   404   404   404   404   404   404   404   404   404
exports:detail/none     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
exports:file            GET    in     404    404    404   404   403   403   404   404   404   404   404   404
exports:file/ready      GET    in     404    -      404   404   404   404   404   404   404   404   404   404
exports:step            POST   in     404    404    404   404   403   ok    404   404   404   404   404   404
exports:step/decline    POST   in     404    404    404   404   403   ok    404   404   404   404   404   404
exports:step/cancel     POST   in     404    404    404   404   ok    403   404   404   404   404   404   404
exports:step/ready      POST   in     404    -      404   404   404   404   404   404   404   404   404   404
exports:step/unknown    POST   in     404    404    404   404   404   404   404   404   404   404   404   404
cases:list              GET    in     200    200    200   200   200   200   200   200   200   200   200   200
cases:create            GET    in     403    -      200   200   200   403   403   403   403   200   200   200
cases:create            POST   in     403    -      ok    ok    ok    403   403   403   403   bad   bad   bad
cases:detail            GET    in     404    404    200   200   200   200   404   404   404   404   404   404
cases:edit              GET    in     404    404    200   200   200   403   404   404   404   404   404   404
cases:edit              POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:name              GET    in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
cases:name              POST   in     404    404    403   403   403   403   404   404   404   404   404   404
cases:unname            GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:unname            POST   in     404    404    404   404   404   404   404   404   404   404   404   404
cases:detail/secret     GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:edit/secret       GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:edit/secret       POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:name/secret       POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:unname/secret     GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:unname/secret     POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
mla:list                GET    in     200    200    200   200   200   200   200   200   200   200   200   200
mla:create              GET    in     404    404    200   200   403   403   404   404   404   404   404   404
mla:create              POST   in     404    404    ok    ok    403   403   404   404   404   404   404   404
mla:create/secret       GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:create/secret       POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:detail              GET    in     404    404    200   200   200   200   200   200   200   200   404   404
mla:draft               GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_check         GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_check         POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_step          GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_step          POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:draft_step/unknown  GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:draft_here          POST   in     404    404    200   200   200   200   200   200   200   200   404   404
mla:draft_here/unknown  POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:comment             GET    in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
mla:comment             POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:copy                GET    in     404    404    200   200   403   403   403   403   403   403   404   404
mla:copy                POST   in     404    404    ok    ok    403   403   403   403   403   403   404   404
mla:changes             GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:print               GET    in     404    404    200   200   200   200   200   200   200   200   404   404
mla:print/secret        GET    in     404    404    200   404   200   404   404   404   404   404   404   404
mla:step                GET    in     404    404    403   403   403   403   403   403   403   200   404   404
mla:step                POST   in     404    404    403   403   403   403   403   403   403   ok    404   404
mla:step/unknown        GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:step/unknown        POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:detail/none         GET    in     404    404    404   404   404   404   404   404   404   404   404   404
mla:draft_step/none     POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:draft_here/none     POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:step/none           POST   in     404    404    404   404   404   404   404   404   404   404   404   404
mla:detail/secret       GET    in     404    404    200   404   200   404   404   404   404   404   404   404
mla:draft/secret        GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:draft_step/secret   GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:draft_step/secret   POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:draft_check/secret  GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:draft_check/secret  POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:draft_here/secret   POST   in     404    404    200   404   200   404   404   404   404   404   404   404
mla:comment/secret      POST   in     404    404    404   404   403   404   404   404   404   404   404   404
mla:copy/secret         GET    in     404    404    200   404   403   404   404   404   404   404   404   404
mla:copy/secret         POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
mla:step/secret         POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
cases:detail/none       GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:edit/none         POST   in     404    404    404   404   404   404   404   404   404   404   404   404
cases:item              GET    in     404    404    200   200   200   200   404   404   404   404   200   404
cases:item/hidden       GET    in     404    404    200   200   200   200   404   404   404   404   404   404
cases:item/secret       GET    in     404    404    200   404   200   404   404   404   404   404   404   404
cases:item/astray       GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:item_create       GET    in     404    404    200   200   200   403   404   404   404   404   404   404
cases:item_create       POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:item_create/secret POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:item_edit         GET    in     404    404    200   200   200   403   404   404   404   404   403   404
cases:item_edit         POST   in     404    404    ok    ok    ok    403   404   404   404   404   403   404
cases:item_edit/hidden  POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:item_edit/secret  POST   in     404    404    ok    404   ok    404   404   404   404   404   404   404
cases:share             GET    in     404    404    200   200   403   403   404   404   404   404   404   404
cases:share             POST   in     404    404    ok    ok    403   403   404   404   404   404   404   404
cases:share/secret      GET    in     404    404    200   404   403   404   404   404   404   404   404   404
cases:share/secret      POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
shares:list             GET    in     200    200    200   200   200   200   200   200   200   200   200   200
shares:detail           GET    in     404    404    200   200   200   200   404   404   404   404   200   404
shares:detail/late      GET    in     404    404    200   200   200   200   404   404   404   404   404   404
shares:detail/asked     GET    in     404    404    200   200   200   200   404   404   404   404   404   404
shares:again            GET    in     404    404    403   403   403   403   404   404   404   404   403   404
shares:again/asked      GET    in     404    404    200   403   403   403   404   404   404   404   404   404
shares:again/asked      POST   in     404    404    ok    403   403   403   404   404   404   404   404   404
shares:decide           GET    in     ok     ok     ok    ok    ok    ok    ok    ok    ok    ok    ok    ok
shares:decide           POST   in     404    404    403   403   403   409   404   404   404   404   403   404
shares:decide/asked     POST   in     404    404    403   403   403   ok    404   404   404   404   404   404
shares:step             GET    in     404    404    403   403   403   200   404   404   404   404   403   404
shares:step             POST   in     404    404    403   403   403   ok    404   404   404   404   403   404
shares:step/late        POST   in     404    404    403   403   403   409   404   404   404   404   404   404
shares:step/asked       GET    in     404    404    200   403   403   403   404   404   404   404   404   404
shares:step/asked       POST   in     404    404    ok    403   403   403   404   404   404   404   404   404
shares:detail/secret    GET    in     404    404    200   404   200   404   404   404   404   404   404   404
shares:decide/secret    POST   in     404    404    403   404   403   404   404   404   404   404   404   404
shares:again/secret     GET    in     404    404    200   404   403   404   404   404   404   404   404   404
shares:again/secret     POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
shares:step/secret      GET    in     404    404    200   404   403   404   404   404   404   404   404   404
shares:step/secret      POST   in     404    404    ok    404   403   404   404   404   404   404   404   404
shares:step/unknown     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:item/doc          GET    in     404    404    200   200   200   200   404   404   404   404   200   404
cases:file/doc          GET    in     404    404    200   200   200   200   404   404   404   404   200   404
cases:file/paper        GET    in     404    404    200   200   200   200   404   404   404   404   404   404
cases:file              GET    in     404    404    404   404   404   404   404   404   404   404   404   404
cases:document_create   GET    in     404    404    200   200   200   403   404   404   404   404   404   404
cases:document_create   POST   in     404    404    ok    ok    ok    403   404   404   404   404   404   404
cases:document_create/secret POST in 404    404    ok    404   ok    404   404   404   404   404   404   404
mla:take_over           GET    in     404    404    403   403   403   403   403   403   403   403   404   404
mla:take_over           POST   in     404    404    403   403   403   403   403   403   403   403   404   404
mla:take_over/left      GET    in     404    404    200   200   403   403   404   404   404   404   404   404
mla:take_over/left      POST   in     404    404    ok    ok    403   403   404   404   404   404   404   404
password_change         GET    in     200    200    200   200   200   200   200   200   200   200   200   200
password_change         POST   in     bad    bad    bad   bad   bad   bad   bad   bad   bad   bad   bad   bad
sign_ins                GET    in     200    200    200   200   200   200   200   200   200   200   200   200
sign_ins                POST   in     404    404    404   404   404   404   404   404   404   404   404   404
password_forgotten      GET    200    200    200    200   200   200   200   200   200   200   200   200   200
password_forgotten      POST   200    200    200    200   200   200   200   200   200   200   200   200   200
password_new            GET    200    200    200    200   200   200   200   200   200   200   200   200   200
password_new            POST   in     in     in     in    in    in    in    in    in    in    in    in    in
password_new/none       GET    404    404    404    404   404   404   404   404   404   404   404   404   404
password_new/used       POST   410    410    410    410   410   410   410   410   410   410   410   410   410
join                    GET    200    403    403    403   403   403   403   403   403   403   403   403   403
join                    POST   in     403    403    403   403   403   403   403   403   403   403   403   403
join/none               GET    404    404    404    404   404   404   404   404   404   404   404   404   404
join/none               POST   404    404    404    404   404   404   404   404   404   404   404   404   404
join/used               GET    410    410    410    410   410   410   410   410   410   410   410   410   410
join/used               POST   410    410    410    410   410   410   410   410   410   410   410   410   410
join/officer            GET    200    403    403    200   403   403   403   403   403   403   403   403   403
join/officer            POST   bad    403    403    ok    403   403   403   403   403   403   403   403   403
people:index            GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:invite           GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:invite           POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:invite/their     GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:invite/their     POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:invitation       GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:invitation       POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:invitation/used  GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:invitation/unknown GET  in     -      403    403   403   403   403   403   403   403   403   403   403
people:send_roster      GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:send_roster      POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:roster           GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:roster           POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:confirm_roster   POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:proposals        GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:proposals        POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:withdraw_role    GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:withdraw_role    POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:handover         GET    in     -      404    404   200   404   404   404   404   404   404   404   404
people:handover         POST   in     -      404    404   ok    404   404   404   404   404   404   404   404
people:end_role         GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:end_role         POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:end_role/own     POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:member           GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:member/own       GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:member/their     GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:role             GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:role             POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:role/own         GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:role/their       POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:dismiss          GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:dismiss          POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:dismiss/own      POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:dismiss/their    POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:hand_over        GET    in     -      403    403   403   403   403   403   403   403   403   403   403
people:hand_over        POST   in     -      403    403   403   403   403   403   403   403   403   403   403
people:hand_over/their  POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:index        GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:enter        GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:enter        POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:agencies     GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:find_account GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:account      GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:account      POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:account/own  POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:account/none GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:withdraw_change GET in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:withdraw_change POST in    -      403    403   403   403   403   403   403   403   403   403   403
onboarding:detail       GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:detail       POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:detail/own   POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:detail/none  GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:change       GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:change       POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:change/own   GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:change/own   POST   in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:withdraw     GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:withdraw/own GET    in     -      403    403   403   403   403   403   403   403   403   403   403
onboarding:withdraw/own POST   in     -      403    403   403   403   403   403   403   403   403   403   403
register:list           GET    in     200    200    200   200   200   200   200   200   200   200   200   200
register:export         GET    in     403    200    200   200   200   200   200   200   200   200   200   200
register:export/xlsx    GET    in     403    200    200   200   200   200   200   200   200   200   200   200
register:export/pdf     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
register:acknowledge    GET    in     404    404    403   403   403   403   403   403   200   403   404   404
register:acknowledge    POST   in     404    404    403   403   403   403   403   403   409   403   404   404
register:acknowledge/waits GET in     404    404    403   403   403   403   403   403   200   404   404   404
register:acknowledge/waits POST in    404    404    403   403   403   403   403   403   ok    404   404   404
register:acknowledge/secret POST in   404    404    403   404   403   404   404   404   404   404   404   404
register:acknowledge/none GET  in     404    404    404   404   404   404   404   404   404   404   404   404
register:paper_create   GET    in     403    -      403   403   403   403   200   403   200   403   403   403
register:paper_create   POST   in     403    -      403   403   403   403   ok    403   ok    403   403   403
register:paper          GET    in     404    404    404   404   404   404   200   200   404   404   404   404
register:paper/none     GET    in     404    404    404   404   404   404   404   404   404   404   404   404
register:paper_edit     GET    in     404    404    404   404   404   404   200   403   404   404   404   404
register:paper_edit     POST   in     404    404    404   404   404   404   ok    403   404   404   404   404
register:paper_edit/void GET   in     404    404    404   404   404   404   403   403   404   404   404   404
register:paper_edit/void POST  in     404    404    404   404   404   404   409   403   404   404   404   404
register:paper_void     GET    in     404    404    404   404   404   404   200   403   404   404   404   404
register:paper_void     POST   in     404    404    404   404   404   404   ok    403   404   404   404   404
register:paper_void/void POST  in     404    404    404   404   404   404   409   403   404   404   404   404
api:me                  GET    401    200    200    200   200   200   200   200   200   200   200   200   200
api:schema              GET    401    200    200    200   200   200   200   200   200   200   200   200   200
api:docs                GET    in     200    200    200   200   200   200   200   200   200   200   200   200
api:cases               GET    401    200    200    200   200   200   200   200   200   200   200   200   200
api:cases               POST   401    403    -      201   201   201   403   403   403   403   201   201   201
api:case                GET    401    404    404    200   200   200   200   404   404   404   404   404   404
api:case/secret         GET    401    404    404    200   404   200   404   404   404   404   404   404   404
api:case/none           GET    401    404    404    404   404   404   404   404   404   404   404   404   404
api:items               GET    401    404    404    200   200   200   200   404   404   404   404   404   404
api:items               POST   401    404    404    201   201   201   403   404   404   404   404   404   404
api:items/secret        GET    401    404    404    200   404   200   404   404   404   404   404   404   404
api:items/secret        POST   401    404    404    201   404   201   404   404   404   404   404   404   404
api:item                GET    401    404    404    200   200   200   200   404   404   404   404   200   404
api:item/hidden         GET    401    404    404    200   200   200   200   404   404   404   404   404   404
api:item/secret         GET    401    404    404    200   404   200   404   404   404   404   404   404   404
api:item/doc            GET    401    404    404    200   200   200   200   404   404   404   404   200   404
api:access              GET    401    404    404    200   200   200   200   404   404   404   404   403   404
api:access/hidden       GET    401    404    404    200   200   200   200   404   404   404   404   404   404
api:access/secret       GET    401    404    404    200   404   200   404   404   404   404   404   404   404
api:shares              GET    401    200    200    200   200   200   200   200   200   200   200   200   200
api:shares              POST   401    404    404    201   201   403   403   404   404   404   404   404   404
api:shares/secret       POST   401    404    404    201   404   403   404   404   404   404   404   404   404
api:share               GET    401    404    404    200   200   200   200   404   404   404   404   200   404
api:share/late          GET    401    404    404    200   200   200   200   404   404   404   404   404   404
api:share/asked         GET    401    404    404    200   200   200   200   404   404   404   404   404   404
api:share/secret        GET    401    404    404    200   404   200   404   404   404   404   404   404   404
api:share_step          POST   401    404    404    403   403   403   200   404   404   404   404   403   404
api:share_step/late     POST   401    404    404    403   403   403   409   404   404   404   404   404   404
api:share_step/asked    POST   401    404    404    200   403   403   403   404   404   404   404   404   404
api:share_step/secret   POST   401    404    404    200   404   403   404   404   404   404   404   404   404
api:share_step/unknown  POST   401    404    404    400   400   400   400   404   404   404   404   400   404
api:requests            GET    401    200    200    200   200   200   200   200   200   200   200   200   200
api:requests            POST   401    404    404    201   201   403   403   404   404   404   404   404   404
api:requests/secret     POST   401    404    404    201   404   403   404   404   404   404   404   404   404
api:request             GET    401    404    404    200   200   200   200   200   200   200   200   404   404
api:request/secret      GET    401    404    404    200   404   200   404   404   404   404   404   404   404
api:request/none        GET    401    404    404    404   404   404   404   404   404   404   404   404   404
api:check               GET    401    404    404    403   403   403   403   403   403   403   403   404   404
api:check               POST   401    404    404    403   403   403   403   403   403   403   403   404   404
api:check/secret        GET    401    404    404    200   404   403   404   404   404   404   404   404   404
api:check/secret        POST   401    404    404    200   404   403   404   404   404   404   404   404   404
api:request_step        POST   401    404    404    403   403   403   403   403   403   403   200   404   404
api:request_step/secret POST   401    404    404    200   404   403   404   404   404   404   404   404   404
api:request_step/unknown POST  401    404    404    400   400   400   400   400   400   400   400   404   404
api:request_step/none   POST   401    404    404    404   404   404   404   404   404   404   404   404   404
"""
# Where the three of `others`, or the four of `admins`, differ, in the order of COLUMNS.
OTHERS = {
    ("audit:list", "GET"): ("403", "403", "200", "403"),
    ("audit:export", "GET"): ("403", "403", "200", "403"),
    ("figures:index", "GET"): ("403", "403", "403", "200"),
    ("figures:csv", "GET"): ("403", "403", "403", "200"),
    ("exports:index", "GET"): ("403", "200", "200"),
    ("exports:index", "POST"): ("403", "bad", "403"),
    ("exports:detail/ready", "GET"): ("404", "200", "404"),
    ("exports:file/ready", "GET"): ("404", "200", "404"),
    ("exports:step/ready", "POST"): ("404", "ok", "404"),
    ("api:cases", "POST"): ("201", "201", "403"),
    ("cases:create", "GET"): ("200", "200", "403"),
    ("cases:create", "POST"): ("bad", "bad", "403"),
    # Agency admin, platform admin, auditor, observer. A platform admin is the admin of the secretariat's people, and
    # the second person of the agency admin, who has no other.
    **{
        tuple(line.split()[:2]): tuple(line.split()[2:])
        for line in """
            people:index GET 200 200 403 403
            people:invite GET 200 200 403 403
            people:invite POST ok ok 403 403
            people:invite/their GET 404 200 403 403
            people:invite/their POST 404 ok 403 403
            people:invitation GET 200 404 403 403
            people:invitation POST ok 404 403 403
            people:invitation/used GET 403 404 403 403
            people:invitation/unknown GET 404 404 403 403
            people:send_roster GET 200 200 403 403
            people:send_roster POST ok ok 403 403
            people:roster GET 200 404 403 403
            people:roster POST ok 404 403 403
            people:confirm_roster POST bad 404 403 403
            people:proposals GET 200 200 403 403
            people:proposals POST bad ok 403 403
            people:withdraw_role GET 200 404 403 403
            people:withdraw_role POST ok 404 403 403
            people:handover GET 200 404 404 404
            people:handover POST ok 404 404 404
            people:end_role GET 200 404 403 403
            people:end_role POST ok 404 403 403
            people:end_role/own POST 403 404 403 403
            people:member GET 200 404 403 403
            people:member/own GET 200 404 403 403
            people:member/their GET 404 404 403 403
            people:role GET 200 404 403 403
            people:role POST ok 404 403 403
            people:role/own GET 403 404 403 403
            people:role/their POST 404 404 403 403
            people:dismiss GET 200 404 403 403
            people:dismiss POST ok 404 403 403
            people:dismiss/own POST 403 404 403 403
            people:dismiss/their POST 404 404 403 403
            people:hand_over GET 200 404 403 403
            people:hand_over POST ok 404 403 403
            people:hand_over/their POST 404 404 403 403
            onboarding:index GET 403 200 403 403
            onboarding:enter GET 403 200 403 403
            onboarding:enter POST 403 ok 403 403
            onboarding:agencies GET 403 200 403 403
            onboarding:find_account GET 403 200 403 403
            onboarding:account GET 403 200 403 403
            onboarding:account POST 403 ok 403 403
            onboarding:account/own POST 403 403 403 403
            onboarding:account/none GET 403 404 403 403
            onboarding:withdraw_change GET 403 200 403 403
            onboarding:withdraw_change POST 403 403 403 403
            onboarding:detail GET 403 200 403 403
            onboarding:detail POST 403 ok 403 403
            onboarding:detail/own POST 403 403 403 403
            onboarding:detail/none GET 403 404 403 403
            onboarding:change GET 403 403 403 403
            onboarding:change POST 403 403 403 403
            onboarding:change/own GET 403 200 403 403
            onboarding:change/own POST 403 ok 403 403
            onboarding:withdraw GET 403 403 403 403
            onboarding:withdraw/own GET 403 200 403 403
            onboarding:withdraw/own POST 403 ok 403 403
        """.strip().splitlines()
    },
    ("register:paper_create", "GET"): ("403", "403", "200"),
    ("register:paper_create", "POST"): ("403", "403", "ok"),
}
# Answered slowly, and by 503 while a part of the portal is missing: see test_readyz.
APART = {"readyz"}
# Where JSON is sent.
PROGRAMS = "/api/"
# Pages that know nobody and nothing.
FREE_OF_PEOPLE = {"healthz", "parts", "account_login", "account_logout"}
FREE_OF_PEOPLE |= {"password_forgotten", "password_new", "password_new/none", "password_new/used", "join/none"}


class Staff:
    """What the admins have in hand: something of each kind, proposed, invited, entered."""

    def __init__(self, walk: "Walk") -> None:
        users = walk.people.users
        admin, platform = users["agency_admin"], users["platform_admin"]
        drafting, home = walk.world.bodies[Body.DRAFTING], secretariat()
        second = person(home, Role.PLATFORM_ADMIN)
        self.members = {
            "": Membership.objects.get(user=users["liaison"]),
            "own": Membership.objects.get(user=admin),
            "their": Membership.objects.get(user=users["executor"]),
            "drafts": Membership.objects.get(user=users["officer"]),
        }
        self.roles = {which: row.roles.get() for which, row in self.members.items()}
        self.receiver = Membership.objects.get(user=users["colleague"])
        invite = {"actor": admin, "agency_id": drafting.pk, "name": "New Person", "post_held": "", "language": "en"}
        self.invitations = {
            which: invitations.invite(**invite, email=email, roles=["officer"])
            for which, email in {"": "new@kg.example", "used": "used@kg.example"}.items()
        }
        invitations.accept_as_new(
            token=self.invitations["used"].token(), name="Used", language="en", password=offices.PASSWORD
        )
        self.officer_invited = invitations.invite(
            **invite | {"actor": person(agency("KG-CUS"), Role.AGENCY_ADMIN), "agency_id": agency("KG-CUS").pk},
            email=users["officer"].email,
            roles=["officer"],
        )
        self.proposal = RoleProposal.objects.get()
        heads = "E-mail;Name\n"
        self.roster = rosters.send_roster(
            actor=admin, agency_id=drafting.pk, content=f"{heads}wrong;A\nright@kg.example;B\n".encode()
        )
        leaver = Membership.objects.get(user=users["supervisor"])
        self.handover = handovers.hand_over(actor=admin, giver_id=leaver.pk, receiver_id=self.receiver.pk)
        content = offices.APPLICATION | {"home_state": factories.state("KG")}
        enter = applications.enter_application
        self.applications = {
            "": enter(actor=second, content=content, designations=[]),
            "own": enter(actor=platform, content=content | {"code": "KG-OWN"}, designations=[]),
        }
        self.change = accounts.propose_change(actor=second, person_id=users["addressee"].pk, wanted="deactivate")
        self.links = {}
        for which in ("", "used"):
            ends = timezone.now() + timedelta(hours=1)
            self.links[which] = PasswordLink.objects.create(person=second, expires_at=ends)
        PasswordLink.objects.filter(pk=self.links["used"].pk).update(used_at=timezone.now())


class Walk:
    """A world in which there is something of each kind to be found."""

    def __init__(
        self,
        world: World,
        state: str = "in_execution",
        line: Line | None = None,
        secret: Line | None = None,
        waits: Line | None = None,
    ) -> None:
        def make() -> dict[str, Any]:
            self._make(world, state, line, secret, waits)
            return vars(self)

        # With requests of its own it is made anew: those are known to whoever made them.
        vars(self).update(make() if line else memory.recall(("walk", state), make))

    def _make(self, world: World, state: str, line: Line | None, secret: Line | None, waits: Line | None) -> None:
        self.world = world
        self.people = People(world)
        self.line = line or Line(world).walk_to(state)
        self.left = left_draft(world)
        self.secret = secret or Line(world, need_to_know=True, members=[world.supervisor])
        self.waits = waits or Line(world).walk_to("transmitted")
        self.papers = {which: paper(world.sender, world.bodies[Body.SENDING]) for which in ("", "void")}
        void_paper(actor=world.sender, pk=self.papers["void"].pk, version=1, reason="Entered twice.")
        officer, liaison = world.drafter, self.people.users["liaison"]
        self.items = {
            "": put(self.line.case, officer),
            "hidden": put(self.line.case, officer),
            "secret": put(self.secret.case, officer),
            "doc": put_paper(self.line.case, officer),
            "paper": put_paper(self.line.case, officer),
        }
        self.items["astray"] = self.items["hidden"]
        self.search = look_for(actor=officer, term="An invented note").search
        self.filter = save_filter(actor=officer, place="requests", query="state=draft", name="Drafts")
        self.shares = {
            "": give(ask(self.items[""], agency("KZ-MIA"), by=officer), liaison),
            "doc": give(ask(self.items["doc"], agency("KZ-MIA"), by=officer), liaison),
            "late": expire(give(ask(self.items[""], agency("KZ-CUS"), by=officer), liaison)),
            "asked": ask(self.items["hidden"], agency("KZ-MIA"), by=officer),
            "secret": ask(self.items["secret"], agency("KZ-MIA"), by=officer),
        }
        # The officer's own bell has an entry about the case.
        self.entry = Notification.objects.create(
            id=uuid.uuid4(), person=officer, event="case.name", subject_type="case", subject_id=self.line.case.pk
        )

        self.staff = Staff(self)

        # One that waits for its second person; and one of another state's agency, made whole.
        self.exports = {
            "": services.ask(actor=world.supervisor, agency=self.line.case.owner, reason="archive"),
            "ready": ready_export(self.people.users["other_side"], agency("UZ-CUS")),
        }

    def url(self, address: str) -> str:
        """The address of a row, with what it is about."""
        name, _, which = address.partition("/")
        about = ABOUT.get(address) or ABOUT.get(name)
        kwargs, query = about(self, which) if about else ({}, "")
        return reverse(name, kwargs=kwargs) + query

    def form(self, address: str) -> dict[str, Any]:
        """A form that is filled in whole."""
        name, _, which = address.partition("/")
        return FORMS[name](self, which) if name in FORMS else {}

    def of(self, which: str) -> Line:
        """The request and case that all of the agency see, that only named people see, on its way, or left."""
        return {"secret": self.secret, "waits": self.waits, "left": self.left}.get(which, self.line)

    def case(self, which: str) -> Any:
        """The case that all of its agency sees, the one that only named people see, or none."""
        if which == "none":
            return uuid.UUID(int=1)
        return self.of("secret" if which == "astray" else which).case.pk

    def share(self, which: str) -> Share:
        """An approved share, one that has ended, one that waits, one of the need-to-know case that waits."""
        return self.shares.get(which) or self.shares[""]

    def request(self, which: str) -> Any:
        """The request in each of them."""
        if which == "none":
            return uuid.UUID(int=1)
        return self.of(which).pk

    def compare(self, address: str, method: str, url: str, form: dict[str, Any], who: str, wanted: str) -> list[str]:
        """One click; what is to be said when its answer is not the wanted one."""
        got = word(self.ask(who, method, url, form))
        return [] if got == wanted else [f"{method} {address} by {who}: {got}, wanted {wanted}"]

    def ask(self, who: str, method: str, url: str, data: dict[str, Any] | None = None) -> HttpResponse:
        """One click, which leaves no trace."""
        with undone():
            client = self.people.client(who, raise_request_exception=False)
            sent: dict[str, Any] = {"data": data} if method == "POST" else {}
            if sent and url.startswith(PROGRAMS):
                sent["content_type"] = "application/json"
            return getattr(client, method.lower())(url, **sent)


def left_draft(world: World) -> Line:
    """A draft whose drafter has left the agency."""
    line = Line(world)
    leaver = world.new(Body.DRAFTING, Role.OFFICER)
    AssistanceRequest.objects.unscoped("a test").filter(pk=line.pk).update(drafter=leaver)
    end_membership(membership=leaver.memberships.get())
    return line


def ready_export(asker: Any, at: Any) -> AgencyExport:
    """An export of an agency's data that can be fetched."""
    export = services.ask(actor=asker, agency=at, reason="archive")
    services.take(actor=factories.person(at, Role.LIAISON), pk=export.pk, step="confirm")
    building.build(export.pk)
    export.refresh_from_db()
    return export


About = Callable[[Walk, str], tuple[dict[str, Any], str]]
EXPORT_STEP = {"": "confirm", "ready": "cancel"}
STEP = {"secret": "submit", "unknown": "no_such_step"}
SHARE_STEP = {"asked": "cancel", "secret": "cancel", "unknown": "approve"}


def case_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a case."""
    return {"pk": walk.case(which)}, ""


def item_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an item: in its case, or astray in another."""
    return {"pk": walk.case(which), "item_pk": walk.items[which].pk}, ""


def share_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a share."""
    return {"pk": walk.share(which).pk}, ""


def entry_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an entry of the bell."""
    return {"pk": walk.entry.pk}, ""


def export_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an export."""
    return {"pk": uuid.UUID(int=1) if which == "none" else (walk.exports.get(which) or walk.exports[""]).pk}, ""


def filter_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of the officer's saved filter."""
    return {"pk": walk.filter.pk}, ""


def request_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a request."""
    return {"pk": walk.request(which)}, ""


def member_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a member: of the admin's agency, the admin, of another agency, with drafts."""
    return {"pk": walk.staff.members[which].pk}, ""


def application_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an application: entered by somebody else, one's own, none."""
    return {"pk": uuid.UUID(int=1) if which == "none" else walk.staff.applications[which].pk}, ""


def account_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an account."""
    who = {"own": "platform_admin"}.get(which, "executor")
    return {"pk": uuid.UUID(int=1) if which == "none" else walk.people.users[who].pk}, ""


def invitation_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a step of an invitation: open, accepted, of no kind."""
    row = walk.staff.invitations["used" if which == "used" else ""]
    return {"pk": row.pk, "name": "hide" if which == "unknown" else "revoke"}, ""


def join_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The link of an invitation."""
    staff = walk.staff
    row = staff.officer_invited if which == "officer" else staff.invitations["used" if which == "used" else ""]
    return {}, f"?token={'forged' if which == 'none' else row.token()}"


def draft_step_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """A step of the draft: its facts, or the one that is named."""
    which, _, name = which.partition("-")
    return {"pk": walk.request(which), "name": "no_such_step" if which == "unknown" else name or "facts"}, ""


def paper_of(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of a request on paper."""
    return {"pk": uuid.UUID(int=1) if which == "none" else walk.papers[which].pk}, ""


def item_alone(walk: Walk, which: str) -> tuple[dict[str, Any], str]:
    """The address of an item, whatever case it is in."""
    return {"pk": walk.items[which].pk}, ""


ABOUT: dict[str, About] = {
    "join": join_of,
    "password_new": lambda walk, which: (
        {},
        f"?token={walk.staff.links[which].token() if which in walk.staff.links else 'forged'}",
    ),
    "mla:take_over": request_of,
    "people:invite": lambda walk, which: ({}, "?agency=UZ-MIA" if which else ""),
    "people:invitation": invitation_of,
    "people:roster": lambda walk, which: ({"pk": walk.staff.roster.pk}, ""),
    "people:confirm_roster": lambda walk, which: ({"pk": walk.staff.roster.pk}, ""),
    "people:withdraw_role": lambda walk, which: ({"pk": walk.staff.proposal.pk}, ""),
    "people:handover": lambda walk, which: ({"pk": walk.staff.handover.pk}, ""),
    "people:end_role": lambda walk, which: ({"pk": walk.staff.roles[which].pk}, ""),
    "people:member": member_of,
    "people:role": member_of,
    "people:dismiss": member_of,
    "people:hand_over": member_of,
    "onboarding:account": account_of,
    "onboarding:withdraw_change": lambda walk, which: ({"pk": walk.staff.change.pk}, ""),
    "onboarding:detail": application_of,
    "onboarding:change": application_of,
    "onboarding:withdraw": application_of,
    "audit:export": lambda walk, which: ({"kind": which or "csv"}, ""),
    "exports:detail": export_of,
    "exports:file": export_of,
    "exports:step": lambda walk, which: (export_of(walk, which)[0] | {"name": EXPORT_STEP.get(which, which)}, ""),
    "api:access": item_alone,
    "api:case": case_of,
    "api:check": request_of,
    "api:item": item_alone,
    "api:items": case_of,
    "api:request": request_of,
    "api:request_step": request_of,
    "api:share": share_of,
    "api:share_step": share_of,
    "cases:detail": case_of,
    "cases:document_create": case_of,
    "cases:edit": case_of,
    "cases:file": item_of,
    "cases:item": item_of,
    "cases:item_create": lambda walk, which: ({"pk": walk.case(which), "kind": "note"}, ""),
    "cases:item_edit": item_of,
    "cases:name": case_of,
    "cases:share": case_of,
    "cases:unname": lambda walk, which: ({"pk": walk.case(which), "person": walk.world.supervisor.pk}, ""),
    "filters:change": filter_of,
    "filters:remove": filter_of,
    "mla:create": lambda walk, which: ({}, f"?case={walk.case(which)}"),
    "mla:detail": request_of,
    "mla:changes": request_of,
    "mla:print": request_of,
    "mla:comment": lambda walk, which: ({"pk": walk.request(which), "comment": uuid.UUID(int=1)}, ""),
    "mla:copy": request_of,
    "mla:draft": request_of,
    "mla:draft_check": request_of,
    "mla:draft_here": draft_step_of,
    "mla:draft_step": draft_step_of,
    "notifications:open_one": entry_of,
    "notifications:read_one": entry_of,
    "mla:step": lambda walk, which: (
        {"pk": walk.request(which), "name": STEP.get(which, "report_results")},
        "",
    ),
    "search:results": lambda walk, which: ({"pk": walk.search.pk}, ""),
    "register:acknowledge": lambda walk, which: ({}, f"?request={walk.request(which)}"),
    "register:export": lambda walk, which: ({"kind": which or "csv"}, ""),
    "register:paper": paper_of,
    "register:paper_edit": paper_of,
    "register:paper_void": paper_of,
    "shares:again": share_of,
    "shares:decide": share_of,
    "shares:detail": share_of,
    "shares:step": lambda walk, which: (
        {"pk": walk.share(which).pk, "name": SHARE_STEP.get(which, "revoke")},
        "",
    ),
}
CASE_FORM = {"title": "Another title", "offences": "Another article", "proceedings_number": "1-002"}
DRAFT_FORM = {"title": "Another hearing", "requested_state": "UZ", "basis": "chisinau-2002"}


PAPER_FORM = {
    "direction": "incoming",
    "number": "P-1/walked",
    "number_date": "2026-01-05",
    "other_state": "MN",
    "authority": "Invented ministry",
    "subject": "Service of an invented summons",
    "crossed_on": "2026-01-05",
}


def receipt_form(walk: Walk, which: str) -> dict[str, Any]:
    """The number of one request."""
    line = walk.of(which)
    said = {"version": line.request.requested_clock, "number": "A-1/walked", "number_date": "2026-01-05"}
    return {f"{line.pk}-{name}": value for name, value in said.items()}


def share_form(walk: Walk, which: str) -> dict[str, Any]:
    """Ask for one item, for an agency that has nothing yet."""
    item = walk.items[{"asked": "hidden"}.get(which, which)]
    words = {"purpose": "Evidence.", "until": factories.later(20), "version": walk.share(which).version}
    return words | {"recipient": agency("KZ-GPO").pk, f"item_{item.pk}": "on"}


def decision_form(walk: Walk, which: str) -> dict[str, Any]:
    """Approve what was asked, or give a reason for any other step."""
    share = walk.share(which)
    items = [str(row.item_id) for row in share.share_items.all()]
    words = {"decision": "approve", "looked": "on", "reason": "For a reason.", "until": share.until}
    return words | {"items": items, "version": share.version}


TWICE = {"password": offices.PASSWORD, "password_again": offices.PASSWORD}
APPLICATION_FORM = offices.APPLICATION | {
    "home_state": "KG",
    "code": "KG-NEW",
    "designations-TOTAL_FORMS": 0,
    "designations-INITIAL_FORMS": 0,
}
INVITE_FORM = {"email": "another@kg.example", "name": "Another", "language": "en"}
DECISION = {"decision": "confirm", "looked": "on"}
# One way for each kind; whom a kind does not concern is not asked about it.
MAIL_FORM = {kind.code.replace(".", "_"): "digest" for kind in kinds()} | {"digest_hour": "9", "paused_until": ""}


def share_body(walk: Walk, which: str) -> dict[str, Any]:
    """What a program sends to ask for one item."""
    item = walk.items[which]
    words = {"recipient": "KZ-GPO", "purpose": "Evidence.", "until": str(factories.later(20))}
    return words | {"case": str(item.case_id), "items": [str(item.pk)]}


def share_step_body(walk: Walk, which: str) -> dict[str, Any]:
    """What a program sends to take a step of a share."""
    name = {"unknown": "ask_again"}.get(which) or SHARE_STEP.get(which, "revoke")
    return {"transition": name, "version": walk.share(which).version, "reason": "For a reason."}


def step_body(walk: Walk, which: str) -> dict[str, Any]:
    """What a program sends to take a step of a request."""
    name, line = STEP.get(which, "report_results"), walk.of(which)
    return sendable(line, name) if name in BY_NAME else {"transition": name, "version": 1}


FORMS: dict[str, Callable[[Walk, str], dict[str, Any]]] = {
    "join": lambda walk, which: TWICE | {"name": "New Person", "language": "en"},
    "password_new": lambda walk, which: TWICE,
    "password_forgotten": lambda walk, which: {"email": "nobody@nowhere.example"},
    "password_change": lambda walk, which: TWICE | {"present_password": "wrong"},
    "sign_ins": lambda walk, which: {"name": "none"},
    "mla:take_over": lambda walk, which: {"version": walk.of(which).request.requesting_clock},
    "people:invite": lambda walk, which: INVITE_FORM | ({"roles": ["agency_admin"]} if which else {}),
    "people:send_roster": lambda walk, which: {"file": Paper("list.csv", b"E-mail;Name\na@b.example;A\n")},
    "people:roster": lambda walk, which: {"version": 1, "email_2": "now.right@kg.example", "name_2": "A"},
    "people:confirm_roster": lambda walk, which: {"version": 1},
    "people:proposals": lambda walk, which: DECISION | {"proposals": [str(walk.staff.proposal.pk)]},
    "people:handover": lambda walk, which: DECISION,
    "people:role": lambda walk, which: {"role": "supervisor"},
    "people:hand_over": lambda walk, which: {"receiver": walk.staff.receiver.pk},
    "onboarding:enter": lambda walk, which: APPLICATION_FORM,
    "onboarding:change": lambda walk, which: APPLICATION_FORM | {"version": 1},
    "onboarding:detail": lambda walk, which: DECISION | {"version": 1},
    "onboarding:account": lambda walk, which: {"wanted": "deactivate"},
    "exports:index": lambda walk, which: {
        "agency": walk.line.case.owner_id,
        "reason": "archive",
        "understood": "on",
    },
    "api:cases": lambda walk, which: {"title": "Another title"},
    "api:check": lambda walk, which: {"reasons": {}},
    "api:items": lambda walk, which: NOTE | {"kind": "note"},
    "api:request_step": step_body,
    "api:requests": lambda walk, which: DRAFT_FORM | {"case": str(walk.case(which))},
    "api:share_step": share_step_body,
    "api:shares": share_body,
    "account_login": lambda walk, which: {"login": "nobody@comity.example", "password": "wrong"},
    "cases:create": lambda walk, which: CASE_FORM | {"agency": walk.line.case.owner_id},
    "cases:edit": lambda walk, which: CASE_FORM | {"version": walk.of(which).case.version},
    "cases:document_create": lambda walk, which: {"file": Paper(), "marking": "unmarked"},
    "cases:item_create": lambda walk, which: NOTE,
    "cases:item_edit": lambda walk, which: NOTE | {"version": 1},
    "cases:name": lambda walk, which: {"person": walk.people.users["liaison"].pk},
    "cases:share": share_form,
    "filters:change": lambda walk, which: {"name": "Another name"},
    "filters:save": lambda walk, which: {"name": "Drafts", "place": "requests", "query": "state=draft"},
    "desk_view": lambda walk, which: {"view": "agency"},
    "language": lambda walk, which: {"language": "ru"},
    "theme": lambda walk, which: {"theme": "dark"},
    "mla:create": lambda walk, which: DRAFT_FORM,
    "mla:comment": lambda walk, which: {"answer": "As asked."},
    "mla:copy": lambda walk, which: {"case": walk.of(which).case.pk, "requested_states": ["KZ"]},
    "mla:draft_step": lambda walk, which: {"facts": "Other facts.", "version": 0, "go": "on"},
    "mla:step": lambda walk, which: (
        form_data(walk.of(which), STEP.get(which, "report_results")) if which != "unknown" else {}
    ),
    "notifications:settings": lambda walk, which: MAIL_FORM,
    "search:begin": lambda walk, which: {"term": "An invented note", "place": "cases"},
    "register:acknowledge": receipt_form,
    "register:paper_create": lambda walk, which: PAPER_FORM,
    "register:paper_edit": lambda walk, which: PAPER_FORM | {"version": walk.papers[which].version},
    "register:paper_void": lambda walk, which: {"reason": "Entered twice.", "version": walk.papers[which].version},
    "shares:again": share_form,
    "shares:decide": decision_form,
    "shares:step": decision_form,
}


def rows() -> Iterator[tuple[str, str, dict[str, str]]]:
    """The table: address, method, and what each person is answered."""
    head, *lines = (line.split() for line in TABLE.strip().splitlines())
    for line in lines:
        assert len(line) == len(head), line
        answers = dict(zip(head[2:], line[2:], strict=True))
        expected = {}
        for column, people in COLUMNS.items():
            several = OTHERS[line[0], line[1]] if answers[column] == "-" else [answers[column]] * len(people)
            expected |= dict(zip(people, several, strict=True))
        yield line[0], line[1], expected


def names(patterns: list[Any] | None = None, space: str = "") -> Iterator[str]:
    """Every name of the URLconf with its namespaces; of an address without a name, the pattern."""
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            yield from names(pattern.url_patterns, inner)
        else:
            assert isinstance(pattern, URLPattern)
            yield f"{space}{pattern.name or pattern.pattern}"


def word(response: HttpResponse) -> str:
    """The answer in a word of the table."""
    if response.status_code in (301, 302, 303):
        return "in" if response["Location"].startswith(reverse(settings.LOGIN_URL)) else "ok"
    sent = response.request["REQUEST_METHOD"] == "POST"
    if sent and response.status_code == 200 and any(form_errors(response)):
        return "bad"
    return str(response.status_code)


def form_errors(response: HttpResponse) -> Iterator[bool]:
    """Whether each form of the page was sent and has errors."""
    found = response.context or []
    # Of a page without parts Django keeps the one context, not a list of one.
    for context in found if isinstance(found, list) else [found]:
        for form in context.flatten().values():
            if isinstance(form, BaseForm | BaseFormSet) and form.is_bound:
                yield not form.is_valid()


@pytest.fixture
def walk(world: World) -> Walk:
    """Everybody, and a request in execution."""
    return Walk(world)


def test_every_address_has_a_row() -> None:
    """And every row an address: what nobody thought about cannot be reached."""
    assert set(names()) - APART == {address.partition("/")[0] for address, _, _ in rows()}


def test_every_person_has_a_column(walk: Walk) -> None:
    """Nobody is left out of the walk."""
    assert set(walk.people) == {person for column in COLUMNS.values() for person in column}


# These answer people who are not signed in, and say themselves what method they take.
OPEN = {"account_login", "account_logout", "healthz", "exercise", "help", "language", "limits"}
OPEN |= {"join", "password_new", "password_forgotten"}


# Who stands like somebody else who is walked: only the drill walks them too.
ALIKE = {"colleague", "other_state", "role_ended"}


@pytest.mark.timeout(1200)
def test_everybody_everywhere(walk: Walk) -> None:
    """All rows, by all but three who stand like others; and for each address, all methods that have none.

    Those by one of a few in turn, since they are refused before it is asked who comes. In the drill, everything by
    everybody.
    """
    differs = []
    given: dict[str, set[str]] = {}
    for address, method, expected in rows():
        given.setdefault(address.partition("/")[0], set()).add(method)
        url, form = walk.url(address), walk.form(address)
        for who, answer in expected.items():
            if THOROUGH or who not in ALIKE:
                differs += walk.compare(address, method, url, form, who, closed(who, address) or answer)
    a_few = cycle(("anonymous", "officer", "other_agency", "ended", "platform_admin"))
    for address, methods in given.items():
        for method in sorted(set(METHODS) - methods):
            for who in walk.people if THOROUGH else islice(a_few, 1):
                answer = out(address) if who in SIGNED_OUT and address not in OPEN else "405"
                differs += walk.compare(address, method, walk.url(address), {}, who, closed(who, address) or answer)
    assert not differs, "\n".join(differs)


def closed(who: str, address: str) -> str:
    """A live session whose access has ended is ended by its first click, wherever that goes."""
    return out(address) if who in ("ended", "role_ended") else ""


def out(address: str) -> str:
    """What who is signed out is answered: a page to sign in, or 401 where a program asks."""
    return "401" if address.startswith("api:") and address != "api:docs" else "in"


# Who sees a request in each state that is walked, beside its drafters.
DRAFTERS = ("officer", "colleague", "supervisor", "liaison")
SEES = {
    "draft": (),
    "at_central_authority": ("sender", "signatory"),
    "transmitted": ("sender", "signatory", "addressee"),
    "in_execution": ("sender", "signatory", "addressee", "executor"),
    "results_reported": ("sender", "signatory", "addressee", "executor"),
    "closed": ("sender", "signatory", "addressee", "executor"),
}
# Who may take each step, and in which of these states. Elsewhere they are told that it has moved on.
STEPS = """
submit                officer    draft
return_to_drafter     supervisor -
pass_on               supervisor -
return_from_authority sender     at_central_authority
sign                  signatory  at_central_authority
transmit              sender     -
discard               officer    draft at_central_authority
acknowledge           addressee  transmitted
start_review          addressee  -
ask_information       addressee  in_execution
write_answer          officer    -
answer_information    sender     -
accept_and_assign     addressee  -
start_execution       executor   -
report_results        executor   in_execution
return_results        addressee  results_reported
send_response         addressee  results_reported
receive_response      sender     -
send_back             officer    -
close                 officer    -
withdraw              sender     transmitted in_execution results_reported
"""
# The drafter's colleagues hold the same role: these steps are theirs too, except what is the drafter's alone.
ALONE = {"submit", "discard"}


def steps() -> dict[str, tuple[str, set[str]]]:
    """The table of steps: who, and in which states."""
    return {name: (who, set(states)) for name, who, *states in map(str.split, STEPS.strip().splitlines())}


def test_every_step_has_a_row() -> None:
    """The walk knows all steps of the line."""
    assert set(steps()) == set(BY_NAME)


def wanted(state: str, name: str, who: str, method: str) -> str:
    """The answer to one step in one state."""
    if who not in (*DRAFTERS, *SEES[state]):
        return "404"
    holder, states = steps()[name]
    takes = who == holder or (holder == "officer" and who == "colleague")
    if not takes:
        return "403"
    if state in states:
        alone = name in ALONE and who != "officer"
        return "403" if alone else "200" if method == "GET" else "ok"
    if method == "GET" or (name == "transmit" and state == "at_central_authority"):
        # Not signed yet: right person, right state, and still not open.
        return "403"
    return "409"


@pytest.mark.parametrize("state", SEES)
def test_request_in_each_state(world: World, state: str) -> None:
    """One request, each of its steps, by everybody who might be near it."""
    walk = Walk(world, state)
    near = ["other_agency", *DRAFTERS, "sender", "signatory", "addressee", "executor", "given"]
    forms = {name: full_form(walk.line, name) for name in steps()}
    # Whoever does not see it is told the same at each of its steps: each is tried by somebody, in the drill by all.
    in_turn = cycle(forms)
    differs = []
    for who in near:
        sees = who in (*DRAFTERS, *SEES[state])
        differs += walk.compare("mla:detail", "GET", walk.url("mla:detail"), {}, who, "200" if sees else "404")
        editable = state == "draft" and who in ("officer", "colleague")
        answer = "200" if editable else "403" if sees else "404"
        differs += walk.compare("mla:draft_step", "GET", walk.url("mla:draft_step"), {}, who, answer)
        for name in forms if sees or THOROUGH else islice(in_turn, len(forms) // 4):
            form = forms[name]
            url = reverse("mla:step", kwargs={"pk": walk.line.pk, "name": name})
            # That nobody looks at a page of what they do not see is walked by `test_everybody_everywhere`; that a page
            # which only says why not is shown, in the drill.
            for method in ("GET", "POST") if sees else ("POST",):
                answer = wanted(state, name, who, method)
                if method == "GET" and answer != "200" and not THOROUGH:
                    continue
                differs += walk.compare(f"{name} in {state}", method, url, form, who, answer)
    assert not differs, "\n".join(differs)


def full_form(line: Line, name: str) -> dict[str, Any]:
    """The form of a step, filled in; where no questions are open, without answers to them."""
    try:
        return form_data(line, name)
    except InformationRound.DoesNotExist:
        return {"version": line.clock(name)}


def test_readyz(walk: Walk) -> None:
    """Open to all who watch over the portal; 503 while a part is missing, here the worker."""
    for who in ("anonymous", "officer"):
        response = walk.people.client(who).get(reverse("readyz"))
        assert (response.status_code, set(response.json())) == (
            503,
            {"status", "database", "broker", "migrations", "worker"},
        )
    for method in set(METHODS) - {"GET"}:
        assert walk.ask("officer", method, reverse("readyz")).status_code == 405
