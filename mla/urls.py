"""Addresses of requests."""

from django.urls import path

from mla import views

app_name = "mla"
urlpatterns = [
    path("", views.index, name="list"),
    path("new/", views.create, name="create"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/edit/", views.edit, name="edit"),
    path("<uuid:pk>/take-over/", views.take_over, name="take_over"),
    path("<uuid:pk>/steps/<slug:name>/", views.step, name="step"),
]
