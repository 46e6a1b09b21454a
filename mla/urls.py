"""Addresses of requests."""

from django.urls import path

from mla.views import draft, papers, requests

app_name = "mla"
urlpatterns = [
    path("", requests.index, name="list"),
    path("new/", draft.create, name="create"),
    path("<uuid:pk>/", requests.detail, name="detail"),
    path("<uuid:pk>/draft/", draft.tasks, name="draft"),
    path("<uuid:pk>/draft/check/", draft.check, name="draft_check"),
    path("<uuid:pk>/draft/<slug:name>/", draft.step, name="draft_step"),
    path("<uuid:pk>/draft/<slug:name>/here/", draft.here, name="draft_here"),
    path("<uuid:pk>/comments/<uuid:comment>/", draft.answer, name="comment"),
    path("<uuid:pk>/print/", papers.letter, name="print"),
    path("<uuid:pk>/changes/", papers.compare, name="changes"),
    path("<uuid:pk>/copy/", draft.copy, name="copy"),
    path("<uuid:pk>/take-over/", draft.take_over, name="take_over"),
    path("<uuid:pk>/steps/<slug:name>/", requests.step, name="step"),
]
