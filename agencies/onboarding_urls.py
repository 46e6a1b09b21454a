"""Addresses of the platform admins: applications, agencies, accounts."""

from django.urls import path

from agencies.views import onboarding

app_name = "onboarding"
urlpatterns = [
    path("", onboarding.index, name="index"),
    path("new/", onboarding.enter, name="enter"),
    path("agencies/", onboarding.agencies, name="agencies"),
    path("accounts/", onboarding.find_account, name="find_account"),
    path("accounts/<uuid:pk>/", onboarding.account, name="account"),
    path("accounts/changes/<uuid:pk>/withdraw/", onboarding.withdraw_change, name="withdraw_change"),
    path("<uuid:pk>/", onboarding.detail, name="detail"),
    path("<uuid:pk>/edit/", onboarding.change, name="change"),
    path("<uuid:pk>/withdraw/", onboarding.withdraw, name="withdraw"),
]
