"""Addresses of a person's saved filters."""

from django.urls import path

from cases.views import lists

app_name = "filters"
urlpatterns = [
    path("", lists.saved, name="list"),
    path("save/", lists.save, name="save"),
    path("<uuid:pk>/", lists.change, name="change"),
    path("<uuid:pk>/remove/", lists.remove, name="remove"),
]
