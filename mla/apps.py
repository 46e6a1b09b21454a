"""The mla app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MlaConfig(AppConfig):
    """Requests for mutual legal assistance."""

    name = "mla"
    verbose_name = _("Mutual legal assistance")

    def ready(self) -> None:
        """Teach the bell this app's words and subjects, the search its list, and the case page its requests."""
        from cases import panels as case_panels
        from mla import crossing, expected, faces, lists, panels, subjects

        subjects.register()
        expected.register_expected()
        lists.register()
        case_panels.register(
            panel=panels.requests_card,
            belongings=panels.requests_of,
            changed=faces.index_requests_of,
            named=crossing.open_answers_to,
            unnamed=crossing.close_answers_to,
        )
