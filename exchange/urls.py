"""Every address of the portal. tests/security/test_walker.py has a row for each."""

from django.urls import include, path

from agencies.views.joining import join
from exchange import views
from exercise import views as exercise
from mla.views.desk import desk

urlpatterns = [
    path("", desk, name="desk"),
    path("accounts/login/", exercise.sign_in, name="account_login"),
    path("accounts/", include("accounts.urls")),
    path("accounts/", include("agencies.account_urls")),
    path("join/", join, name="join"),
    path("people/", include("agencies.people_urls")),
    path("onboarding/", include("agencies.onboarding_urls")),
    path("cases/", include("cases.urls")),
    path("shares/", include("cases.share_urls")),
    path("requests/", include("mla.urls")),
    path("search/", include("cases.search_urls")),
    path("filters/", include("cases.filter_urls")),
    path("register/", include("mla.register_urls")),
    path("figures/", include("figures.urls")),
    path("export/", include("exports.urls")),
    path("directory/", include("agencies.urls")),
    path("audit/", include("audit.urls")),
    path("notifications/", include("notifications.urls")),
    path("api/v1/", include("api.urls")),
    path("parts/", views.parts, name="parts"),
    path("exercise/", exercise.guide, name="exercise"),
    path("help/", views.help_page, name="help"),
    path("help/limits/", views.limits, name="limits"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler400 = "exchange.views.bad_request"
handler403 = "exchange.views.forbidden"
handler404 = "exchange.views.not_found"
handler429 = "exchange.views.too_many"
handler500 = "exchange.views.failed"
