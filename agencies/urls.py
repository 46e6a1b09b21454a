"""Addresses of the directory."""

from django.urls import path

from agencies.views import directory

app_name = "agencies"
urlpatterns = [path("", directory.directory, name="directory")]
