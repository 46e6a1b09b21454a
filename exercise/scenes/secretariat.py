"""What waits for those who run the portal and its agencies, and see no case: an agency to admit, people to take in."""

from typing import Any

from agencies.models import Agency, State
from agencies.services import applications, invitations, roles
from exercise.stage import Stage, Story

BORDER_SERVICE: dict[str, Any] = {
    "code": "TJ-BOR",
    "kind": Agency.Kind.BORDER_SERVICE,
    "name_en": "Border Troops of the Republic of Tajikistan",
    "name_ru": "Пограничные войска Республики Таджикистан",
    "name_state": "Қӯшунҳои сарҳадии Ҷумҳурии Тоҷикистон",
    "source": "Exercise: letter of the invented liaison office, No. 12",
    "admin_name": "Холиқов Сафар",
    "admin_email": "safar.kholiqov@tj-bor.example",
    "admin_post": "Сардори шуъбаи иттилоот",
    "admin_language": "ru",
}
CUSTOMS: dict[str, Any] = {
    "code": "TM-CUS",
    "kind": Agency.Kind.CUSTOMS,
    "name_en": "State Customs Service of Turkmenistan",
    "name_ru": "Государственная таможенная служба Туркменистана",
    "name_state": "Türkmenistanyň Döwlet gümrük gullugy",
    "source": "Exercise: letter of the invented liaison office, No. 14",
    "admin_name": "Nuryýew Kerim",
    "admin_email": "kerim.nuryyew@tm-cus.example",
    "admin_post": "Maglumat ulgamlary bölüminiň başlygy",
    "admin_language": "ru",
}


def admission(stage: Stage) -> Story:
    """Two agencies want to join: one entered by each platform admin, so that each has one to decide."""
    first, second = (stage.who("platform_admin", "ORG-SEC", number) for number in (0, 1))
    yield stage.ago(3, "10:00")
    content = BORDER_SERVICE | {"home_state": State.objects.get(pk="TJ")}
    applications.enter_application(actor=second, content=content, designations=[])
    yield stage.ago(2, "15:20")
    content = CUSTOMS | {"home_state": State.objects.get(pk="TM")}
    applications.enter_application(actor=first, content=content, designations=[])


def staff(stage: Stage) -> Story:
    """An invitation that is on its way, and a deputy who is proposed for the time of a leave."""
    admin, agency = stage.who("agency_admin"), stage.agencies["KG-GPO"]
    yield stage.ago(3, "11:30")
    invitations.invite(
        actor=admin,
        agency_id=agency.pk,
        email="nurgul.sadykova@kg-gpo.example",
        name="Садыкова Нургүл",
        post_held="Прокурор отдела",
        language="ru",
        roles=["officer"],
    )
    yield stage.ago(1, "12:15")
    clerk, head = (stage.who(role).memberships.get() for role in ("ca_officer", "ca_signatory"))
    roles.propose_role(
        actor=admin,
        membership_id=clerk.pk,
        role="ca_signatory",
        first=stage.ahead(5),
        last=stage.ahead(19),
        acting_for=head.pk,
    )


SCENES = (admission, staff)
