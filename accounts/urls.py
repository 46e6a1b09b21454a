"""Of django-allauth only sign-in and sign-out are mounted; then the language."""

from allauth.account import views as allauth_views
from django.urls import path

from accounts import views

urlpatterns = [
    path("login/", allauth_views.login, name="account_login"),
    path("logout/", allauth_views.logout, name="account_logout"),
    path("language/", views.language, name="language"),
]
