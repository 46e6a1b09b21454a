"""Every address of the portal. tests/security/test_walker.py has a row for each."""

from django.urls import include, path

from agencies.views.joining import join
from exchange import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("agencies.account_urls")),
    path("join/", join, name="join"),
    path("people/", include("agencies.people_urls")),
    path("onboarding/", include("agencies.onboarding_urls")),
    path("cases/", include("cases.urls")),
    path("shares/", include("cases.share_urls")),
    path("requests/", include("mla.urls")),
    path("register/", include("mla.register_urls")),
    path("directory/", include("agencies.urls")),
    path("notifications/", include("notifications.urls")),
    path("parts/", views.parts, name="parts"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler403 = "exchange.views.forbidden"
handler404 = "exchange.views.not_found"
