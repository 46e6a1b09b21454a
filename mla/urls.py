"""Addresses of requests."""

app_name = "mla"
urlpatterns = []
