"""Addresses of one's own account: they stand beside sign-in and sign-out."""

from django.urls import path

from agencies.views import account

urlpatterns = [
    path("password/", account.change_password, name="password_change"),
    path("password/new/", account.new_password, name="password_new"),
    path("forgotten/", account.forgotten, name="password_forgotten"),
    path("sign-ins/", account.own_sign_ins, name="sign_ins"),
]
