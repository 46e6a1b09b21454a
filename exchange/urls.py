"""Every address of the portal. tests/security/test_walker.py has a row for each."""

from django.urls import include, path

from exchange import views

urlpatterns = [
    path("", views.desk, name="desk"),
    path("accounts/", include("accounts.urls")),
    path("cases/", include("cases.urls")),
    path("shares/", include("cases.share_urls")),
    path("requests/", include("mla.urls")),
    path("search/", include("cases.search_urls")),
    path("filters/", include("cases.filter_urls")),
    path("register/", include("mla.register_urls")),
    path("directory/", include("agencies.urls")),
    path("notifications/", include("notifications.urls")),
    path("parts/", views.parts, name="parts"),
    path("healthz", views.healthz, name="healthz"),
    path("readyz", views.readyz, name="readyz"),
]

handler403 = "exchange.views.forbidden"
handler404 = "exchange.views.not_found"
