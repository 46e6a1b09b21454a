"""What an item says, by kind. Each hangs on its item and is read only through it.

Fields follow Minsk and Chisinau 7 (persons, organisations) and the tracing instruments (firearms: ITI 8 and 17,
ISACS 05.31). Names and numbers stand as they were read; nothing is transliterated silently.
"""

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from cases.models.case import CaseItem


class Script(models.TextChoices):
    """The script in which a name is written."""

    CYRILLIC = "cyrillic", _("Cyrillic")
    LATIN = "latin", _("Latin")
    ARABIC = "arabic", _("Arabic")


class Detail(models.Model):
    """What one item says: a row of its kind's own table."""

    item = models.OneToOneField(CaseItem, on_delete=models.CASCADE, primary_key=True)

    class Meta:
        abstract = True


class Row(models.Model):
    """One of several things of a kind in an item, in order."""

    item = models.ForeignKey(CaseItem, on_delete=models.CASCADE, related_name="+")
    number = models.PositiveSmallIntegerField(default=1, editable=False)

    class Meta:
        abstract = True
        ordering = ["number"]


class Person(Detail):
    """A person, as fully as the treaties ask; only a name is needed. People with one name write it as the name."""

    class Status(models.TextChoices):
        """Standing in the proceedings."""

        SUSPECT = "suspect", _("suspect")
        ACCUSED = "accused", _("accused")
        CONVICTED = "convicted", _("convicted person")
        VICTIM = "victim", _("victim")
        WITNESS = "witness", _("witness")
        EXPERT = "expert", _("expert")
        OTHER = "other", _("other")

    born = models.CharField(
        _("date of birth"), max_length=10, blank=True, help_text=_("What is known: 1988, 03.1988 or 14.03.1988.")
    )
    place_of_birth = models.CharField(_("place of birth"), max_length=200, blank=True)
    citizenships = models.CharField(
        _("citizenships"), max_length=200, blank=True, help_text=_("One or several, with commas.")
    )
    procedural_status = models.CharField(_("procedural status"), max_length=15, choices=Status.choices, blank=True)
    residence = models.CharField(_("residence"), max_length=300, blank=True)
    telephone = models.CharField(_("telephone"), max_length=100, blank=True)
    occupation = models.CharField(_("occupation"), max_length=200, blank=True)
    parents = models.CharField(_("parents' names"), max_length=200, blank=True)
    personal_number = models.CharField(_("personal number"), max_length=40, blank=True)
    remarks = models.TextField(_("remarks"), max_length=10000, blank=True)

    class Meta:
        verbose_name = _("person")
        verbose_name_plural = _("persons")

    def __str__(self) -> str:
        return str(self.item_id)


class PersonName(Row):
    """A person's name as it stands somewhere, in one script. The first is the one by which the record is listed."""

    surname = models.CharField(_("surname"), max_length=150, blank=True)
    name = models.CharField(_("name"), max_length=150, help_text=_("Given name; of a person with one name, that."))
    patronymic = models.CharField(_("patronymic"), max_length=150, blank=True)
    script = models.CharField(_("script"), max_length=10, choices=Script.choices)
    source = models.CharField(
        _("where it stands"), max_length=100, blank=True, help_text=_("Passport, waybill, own words.")
    )

    class Meta(Row.Meta):
        verbose_name = _("name")
        verbose_name_plural = _("names")

    def __str__(self) -> str:
        return " ".join(part for part in (self.surname, self.name, self.patronymic) if part)


class PersonDocument(Row):
    """A document that says who a person is."""

    class Kind(models.TextChoices):
        """What it is."""

        PASSPORT = "passport", _("passport")
        ID_CARD = "id_card", _("identity card")
        DRIVING_LICENCE = "driving_licence", _("driving licence")
        OTHER = "other", _("other document")

    kind = models.CharField(_("document"), max_length=20, choices=Kind.choices)
    value = models.CharField(_("number of the document"), max_length=60)
    issued_by = models.CharField(_("issued by, and when"), max_length=200, blank=True)

    class Meta(Row.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.value}"


class Organisation(Detail):
    """A legal person: name and seat, and the bank and tax numbers that Chisinau 7 asks for."""

    name = models.CharField(pgettext_lazy("of a thing", "name"), max_length=300)
    other_names = models.CharField(_("name in other scripts"), max_length=300, blank=True)
    country = models.CharField(_("country of registration"), max_length=100, blank=True)
    registration_number = models.CharField(_("number of registration"), max_length=60, blank=True)
    tax_number = models.CharField(_("tax number"), max_length=60, blank=True)
    bank_details = models.CharField(_("bank details"), max_length=300, blank=True)
    address = models.CharField(_("legal address"), max_length=300, blank=True)
    telephone = models.CharField(_("telephone"), max_length=100, blank=True)
    representatives = models.CharField(_("representatives"), max_length=300, blank=True)
    remarks = models.TextField(_("remarks"), max_length=10000, blank=True)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")

    def __str__(self) -> str:
        return self.name


class Firearm(Detail):
    """A firearm as it was read. A serial number alone is no identity: type, make, model and calibre belong to it."""

    class Type(models.TextChoices):
        """Types, with converted and craft-made weapons apart."""

        PISTOL = "pistol", _("pistol")
        REVOLVER = "revolver", _("revolver")
        RIFLE = "rifle", _("rifle")
        CARBINE = "carbine", _("carbine")
        SUBMACHINE_GUN = "submachine_gun", _("submachine gun")
        ASSAULT_RIFLE = "assault_rifle", _("assault rifle")
        MACHINE_GUN = "machine_gun", _("machine gun")
        SHOTGUN = "shotgun", _("shotgun")
        LAUNCHER = "launcher", _("launcher")
        CONVERTED = "converted", _("converted weapon")
        CRAFT_MADE = "craft_made", _("craft-made weapon")
        PARTS = "parts", _("parts and components")
        OTHER = "other", _("other type")

    class SerialState(models.TextChoices):
        """How the serial number was found."""

        READ = "read", pgettext_lazy("a number", "read")
        NONE = "none", _("no number")
        OBLITERATED = "obliterated", _("obliterated")
        RESTORED = "restored", _("restored")
        ILLEGIBLE = "illegible", _("illegible")

    class ReadFrom(models.TextChoices):
        """Where the description comes from: most errors come from copying documents."""

        WEAPON = "weapon", _("read from the weapon")
        DOCUMENT = "document", _("read from a document")

    serial = models.CharField(
        _("serial number"),
        max_length=60,
        blank=True,
        help_text=_(
            "As it stands on the frame or receiver: letters, spaces and script kept, without the year beside it."
        ),
    )
    serial_state = models.CharField(
        _("state of the number"), max_length=15, choices=SerialState.choices, default="read"
    )
    read_from = models.CharField(_("how described"), max_length=10, choices=ReadFrom.choices, default="weapon")
    weapon_type = models.CharField(_("type"), max_length=20, choices=Type.choices)
    make = models.CharField(_("make (manufacturer)"), max_length=150, blank=True)
    model = models.CharField(_("model"), max_length=150, blank=True)
    calibre = models.CharField(_("calibre"), max_length=60, blank=True, help_text=_("As engraved."))
    country = models.CharField(
        _("country of manufacture"), max_length=100, blank=True, help_text=_("Also states that are no more: USSR.")
    )
    year = models.PositiveSmallIntegerField(
        _("year of manufacture"), null=True, blank=True, validators=[MinValueValidator(1800), MaxValueValidator(2100)]
    )
    converted_from = models.CharField(_("converted from"), max_length=150, blank=True)
    physical = models.CharField(_("barrel, finish, stock, capacity, action"), max_length=300, blank=True)
    recovered_on = models.CharField(
        _("date of the find"), max_length=10, blank=True, help_text=_("What is known: 2026, 09.2026 or 12.09.2026.")
    )
    recovered_at = models.CharField(_("place of the find"), max_length=300, blank=True)
    circumstances = models.TextField(_("circumstances of the find"), max_length=10000, blank=True)
    possessor = models.CharField(_("possessor"), max_length=200, blank=True)
    storage = models.CharField(_("place of storage"), max_length=200, blank=True)
    remarks = models.TextField(_("remarks"), max_length=10000, blank=True)

    class Meta:
        verbose_name = _("firearm")
        verbose_name_plural = _("firearms")

    def __str__(self) -> str:
        return self.serial or str(self.get_serial_state_display())


class Mark(Row):
    """A mark on a firearm: each is an event of its own, and none belongs into the field of the serial number."""

    class Kind(models.TextChoices):
        """What the mark says (Firearms Protocol 8)."""

        PART_NUMBER = "part_number", _("number on another part")
        FACTORY = "factory", _("factory mark")
        PROOF = "proof", _("proof mark")
        IMPORT = "import", _("import mark")
        TRANSFER = "transfer", _("mark of transfer from state stocks")
        DEPOT = "depot", _("depot or military-unit mark")
        OTHER = "other", _("other mark")

    kind = models.CharField(_("mark"), max_length=15, choices=Kind.choices)
    location = models.CharField(_("where on the weapon"), max_length=100, blank=True)
    text = models.CharField(_("as read, or described"), max_length=200)
    country = models.CharField(_("country"), max_length=100, blank=True)
    year = models.PositiveSmallIntegerField(
        _("year"), null=True, blank=True, validators=[MinValueValidator(1800), MaxValueValidator(2100)]
    )

    class Meta(Row.Meta):
        verbose_name = _("mark")
        verbose_name_plural = _("marks")

    def __str__(self) -> str:
        return f"{self.get_kind_display()}: {self.text}"


class Note(Detail):
    """A note: something worth keeping that is no person, organisation, weapon or file."""

    title = models.CharField(_("title"), max_length=200)
    text = models.TextField(_("text"), max_length=50000)
    author = models.CharField(_("author"), max_length=150, blank=True)

    class Meta:
        verbose_name = _("note")
        verbose_name_plural = _("notes")

    def __str__(self) -> str:
        return self.title
