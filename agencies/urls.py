"""Addresses of the directory."""

from django.urls import path

from agencies import views

app_name = "agencies"
urlpatterns = [path("", views.directory, name="directory")]
