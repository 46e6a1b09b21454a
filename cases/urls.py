"""Addresses of cases."""

from django.urls import path

from cases import views

app_name = "cases"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.create, name="create"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/people/name/", views.name, name="name"),
    path("<uuid:pk>/people/<uuid:person>/unname/", views.unname, name="unname"),
]
