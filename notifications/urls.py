"""Addresses of the bell."""

from django.urls import path

from notifications import views

app_name = "notifications"
urlpatterns = [
    path("", views.index, name="index"),
    path("read/", views.read_all, name="read_all"),
    path("settings/", views.settings, name="settings"),
    path("<uuid:pk>/read/", views.read_one, name="read_one"),
    path("<uuid:pk>/open/", views.open_one, name="open_one"),
]
