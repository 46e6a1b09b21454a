"""Of django-allauth only sign-in, in exercise/views.py, and sign-out are mounted; then a person's own choices."""

from allauth.account import views as allauth_views
from django.urls import path
from django.views.decorators.http import require_http_methods

from accounts import views

# allauth's own views would take a PUT for a POST.
forms_only = require_http_methods(["GET", "HEAD", "POST"])

urlpatterns = [
    path("logout/", forms_only(allauth_views.logout), name="account_logout"),
    path("language/", views.language, name="language"),
    path("theme/", views.theme, name="theme"),
    path("desk-view/", views.desk_view, name="desk_view"),
]
