"""The mla app."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class MlaConfig(AppConfig):
    """Requests for mutual legal assistance."""

    name = "mla"
    verbose_name = _("Mutual legal assistance")

    def ready(self) -> None:
        """Teach bell, log and search this app's words, the case page its requests, the agencies how drafts pass on."""
        from agencies import work
        from cases import panels as case_panels
        from mla import auditing, crossing, expected, faces, lists, panels, subjects
        from mla.services import handing_over

        subjects.register()
        auditing.register()
        expected.register_expected()
        lists.register()
        case_panels.register(
            panel=panels.requests_card,
            belongings=panels.requests_of,
            changed=faces.index_requests_of,
            named=crossing.open_answers_to,
            unnamed=crossing.close_answers_to,
        )
        work.register(
            count=handing_over.drafts_to_pass,
            hand_over=handing_over.pass_drafts,
            settle=handing_over.tell_of_left_drafts,
        )
