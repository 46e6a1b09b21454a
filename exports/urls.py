"""Addresses of exports."""

from django.urls import path

from exports import views

app_name = "exports"
urlpatterns = [
    path("", views.index, name="index"),
    path("<uuid:pk>/", views.detail, name="detail"),
    path("<uuid:pk>/file/", views.file, name="file"),
    path("<uuid:pk>/steps/<slug:name>/", views.step, name="step"),
]
