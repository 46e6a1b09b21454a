"""Addresses of the auditor's pages."""

from django.urls import path

from audit import views

app_name = "audit"
urlpatterns = [
    path("", views.index, name="list"),
    path("export/<slug:kind>/", views.export, name="export"),
]
