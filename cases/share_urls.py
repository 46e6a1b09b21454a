"""Addresses of shares."""

from django.urls import path

from cases.views import shares

app_name = "shares"
urlpatterns = [
    path("", shares.index, name="list"),
    path("<uuid:pk>/", shares.detail, name="detail"),
    path("<uuid:pk>/again/", shares.again, name="again"),
    path("<uuid:pk>/decide/", shares.decide, name="decide"),
    path("<uuid:pk>/steps/<slug:name>/", shares.step, name="step"),
]
