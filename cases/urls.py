"""Addresses of cases."""

from django.urls import path

from cases.views import case

app_name = "cases"
urlpatterns = [
    path("", case.index, name="list"),
    path("new/", case.create, name="create"),
    path("<uuid:pk>/", case.detail, name="detail"),
    path("<uuid:pk>/edit/", case.edit, name="edit"),
    path("<uuid:pk>/people/name/", case.name, name="name"),
    path("<uuid:pk>/people/<uuid:person>/unname/", case.unname, name="unname"),
]
