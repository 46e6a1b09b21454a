"""Addresses of cases and their items."""

from django.urls import path

from cases.views import case, documents, items, shares

app_name = "cases"
urlpatterns = [
    path("", case.index, name="list"),
    path("new/", case.create, name="create"),
    path("<uuid:pk>/", case.detail, name="detail"),
    path("<uuid:pk>/edit/", case.edit, name="edit"),
    path("<uuid:pk>/people/name/", case.name, name="name"),
    path("<uuid:pk>/people/<uuid:person>/unname/", case.unname, name="unname"),
    path("<uuid:pk>/items/new/document/", documents.create, name="document_create"),
    path("<uuid:pk>/items/new/<slug:kind>/", items.create, name="item_create"),
    path("<uuid:pk>/items/<uuid:item_pk>/", items.detail, name="item"),
    path("<uuid:pk>/items/<uuid:item_pk>/edit/", items.edit, name="item_edit"),
    path("<uuid:pk>/items/<uuid:item_pk>/file/", documents.download, name="file"),
    path("<uuid:pk>/share/", shares.ask, name="share"),
]
