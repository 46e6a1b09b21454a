"""Addresses for programs, version 1."""

from django.urls import path

from api.views import cases, items, me, reference, requests, shares

app_name = "api"

urlpatterns = [
    path("me/", me.MeView.as_view(), name="me"),
    path("cases/", cases.CasesView.as_view(), name="cases"),
    path("cases/<uuid:pk>/", cases.CaseView.as_view(), name="case"),
    path("cases/<uuid:pk>/items/", cases.ItemsView.as_view(), name="items"),
    path("items/<uuid:pk>/", items.ItemView.as_view(), name="item"),
    path("items/<uuid:pk>/access/", items.AccessView.as_view(), name="access"),
    path("shares/", shares.SharesView.as_view(), name="shares"),
    path("shares/<uuid:pk>/", shares.ShareView.as_view(), name="share"),
    path("shares/<uuid:pk>/transitions/", shares.ShareStepsView.as_view(), name="share_step"),
    path("requests/", requests.RequestsView.as_view(), name="requests"),
    path("requests/<uuid:pk>/", requests.RequestView.as_view(), name="request"),
    path("requests/<uuid:pk>/check/", requests.CheckView.as_view(), name="check"),
    path("requests/<uuid:pk>/transitions/", requests.RequestStepsView.as_view(), name="request_step"),
    path("schema/", reference.SchemaView.as_view(), name="schema"),
    path("docs/", reference.docs, name="docs"),
]
