"""Addresses of the search in all lists."""

from django.urls import path

from cases.views import lists

app_name = "search"
urlpatterns = [
    path("", lists.search, name="begin"),
    path("<uuid:pk>/", lists.results, name="results"),
]
