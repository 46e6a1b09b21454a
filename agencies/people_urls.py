"""Addresses of an agency's people."""

from django.urls import path

from agencies.views import people, proposals, rosters

app_name = "people"
urlpatterns = [
    path("", people.index, name="index"),
    path("invite/", people.invite, name="invite"),
    path("invitations/<uuid:pk>/<slug:name>/", people.invitation_step, name="invitation"),
    path("list/", rosters.send, name="send_roster"),
    path("list/<uuid:pk>/", rosters.roster, name="roster"),
    path("list/<uuid:pk>/confirm/", rosters.confirm, name="confirm_roster"),
    path("proposals/", proposals.index, name="proposals"),
    path("proposals/<uuid:pk>/withdraw/", proposals.withdraw, name="withdraw_role"),
    path("hand-overs/<uuid:pk>/", proposals.handover, name="handover"),
    path("roles/<uuid:pk>/end/", people.end_role, name="end_role"),
    path("<uuid:pk>/", people.member, name="member"),
    path("<uuid:pk>/role/", people.role, name="role"),
    path("<uuid:pk>/end/", people.dismiss, name="dismiss"),
    path("<uuid:pk>/hand-over/", people.hand_over, name="hand_over"),
]
