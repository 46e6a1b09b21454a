"""Addresses of the register."""

from django.urls import path

from mla import paper_views, register_views

app_name = "register"
urlpatterns = [
    path("", register_views.index, name="list"),
    path("export/<slug:kind>/", register_views.export, name="export"),
    path("acknowledge/", register_views.acknowledge, name="acknowledge"),
    path("paper/new/", paper_views.create, name="paper_create"),
    path("paper/<uuid:pk>/", paper_views.detail, name="paper"),
    path("paper/<uuid:pk>/edit/", paper_views.edit, name="paper_edit"),
    path("paper/<uuid:pk>/void/", paper_views.void, name="paper_void"),
]
