"""What waits of exports, for the desk: its page is of an app that does not know exports."""

from django import template
from django.db.models import QuerySet

from agencies.standing import Standing
from exports.models import AgencyExport

register = template.Library()


@register.simple_tag
def waiting_exports(standing: Standing) -> QuerySet[AgencyExport]:
    """The exports that wait for this person as the second one."""
    return AgencyExport.objects.waiting_for(standing)
