"""Addresses of the figures."""

from django.urls import path

from figures import views

app_name = "figures"
urlpatterns = [path("", views.index, name="index"), path("csv/", views.as_csv, name="csv")]
