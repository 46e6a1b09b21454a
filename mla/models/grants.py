"""Grant rows of requests: the drafter's agency, the two authorities, the executing agency."""

from django.db import models

from cases.models.grants import GroupGrant, PersonGrant, newest, once
from mla.models.request import AssistanceRequest


class RequestGroupGrant(GroupGrant):
    """A request given to an agency."""

    content_object = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="group_grants")

    class Meta:
        constraints = [once("group")]
        indexes = [newest("group")]


class RequestPersonGrant(PersonGrant):
    """A request in a need-to-know case, given to a named person."""

    content_object = models.ForeignKey(AssistanceRequest, on_delete=models.CASCADE, related_name="person_grants")

    class Meta:
        constraints = [once("user")]
        indexes = [newest("user")]
