"""The forms of items, made from the tables of their kinds."""

from typing import Any

from django import forms
from django.conf import settings
from django.db import models
from django.http import QueryDict
from django.utils.translation import gettext_lazy as _

from accounts.dates import PartialDateField
from accounts.forms import OnceForm
from accounts.formsets import RowsFormSet, one_row_more, wants_row
from accounts.text import TextField
from cases.items import KINDS, PARTIAL_DATES, Content, fields_of
from cases.models import CaseItem, Document, Firearm, StoredFile
from cases.models.items import Row

ROWS_AT_MOST = 50


def form_field(field: models.Field, **kwargs: Any) -> forms.Field | None:
    """The form's field of a model's field: text without hidden marks, dates of which a part may be known."""
    common = {"label": _first_upper(field), "help_text": field.help_text, "required": not field.blank}
    if field.name in PARTIAL_DATES:
        return PartialDateField(**common)
    if isinstance(field, models.TextField):
        return TextField(lines=4, max_length=field.max_length, **common)
    if isinstance(field, models.CharField) and not field.choices:
        return TextField(max_length=field.max_length, **common)
    return field.formfield(label=common["label"], **kwargs)


class FirearmForm(forms.ModelForm):
    """A number that was read is needed; one that could not be read is none."""

    def clean(self) -> dict[str, Any]:
        """The state of the number and the number agree."""
        data = super().clean() or {}
        read = data.get("serial_state") in {Firearm.SerialState.READ, Firearm.SerialState.RESTORED}
        if read and not data.get("serial"):
            self.add_error("serial", _("Type the number as it stands, or choose why there is none."))
        if data.get("serial_state") == Firearm.SerialState.NONE and data.get("serial"):
            self.add_error("serial_state", _("There is a number: choose how it was found."))
        return data


def below_the_ceiling(marking: str) -> str:
    """The marking, unless it is above 'for official use': then ValidationError with the reason."""
    if marking == Document.Marking.SECRET:
        raise forms.ValidationError(ABOVE_THE_CEILING, code="above_the_ceiling")
    return marking


class DocumentForm(forms.ModelForm):
    """What the uploader says of a file. What is secret is not held here."""

    def clean_marking(self) -> str:
        """Refuse what is above the ceiling, with the reason."""
        return below_the_ceiling(self.cleaned_data["marking"])


ABOVE_THE_CEILING = _(
    "This portal holds nothing above 'for official use'. The file was not kept. Send it by your protected channel."
)
BASES: dict[str, type[forms.ModelForm]] = {CaseItem.Kind.FIREARM: FirearmForm, CaseItem.Kind.DOCUMENT: DocumentForm}


def detail_form(kind: str) -> type[forms.ModelForm]:
    """The form of a kind's own table."""
    model = KINDS[kind].model
    return forms.modelform_factory(
        model,
        form=BASES.get(kind, forms.ModelForm),
        # What a file is stays as it was judged when it came in.
        fields=[field.name for field in fields_of(model) if field.editable],
        formfield_callback=form_field,
    )


class NamesFormSet(RowsFormSet):
    """Rows of which one is needed: the names of a person."""

    default_error_messages = {"too_few_forms": _("Write at least one name.")}


def rows_formset(model: type[Row], *, at_least: int) -> type[forms.BaseFormSet]:
    """The form of a kind's rows. A row left empty is none."""
    form = forms.modelform_factory(
        model, fields=[field.name for field in fields_of(model)], formfield_callback=form_field
    )
    return forms.formset_factory(
        form,
        formset=NamesFormSet if at_least else RowsFormSet,
        extra=0 if at_least else 1,
        min_num=at_least,
        validate_min=bool(at_least),
        max_num=ROWS_AT_MOST,
        validate_max=True,
        absolute_max=ROWS_AT_MOST + 1,
    )


class ItemForms:
    """All forms of one item: the once-only part, the kind's own fields, its rows."""

    def __init__(self, kind: str, data: QueryDict | None = None, initial: Content | None = None, **once: Any) -> None:
        self.kind = kind
        self.data = data
        self.once = OnceForm(data, initial=once)
        content = initial or {}
        self.detail = detail_form(kind)(data, initial=content)
        self.rows: list[tuple[str, str, forms.BaseFormSet]] = []
        self.asks_for_row = False
        for name, model in KINDS[kind].rows:
            formset = rows_formset(model, at_least=1 if name in KINDS[kind].fixed else 0)
            if data is not None and wants_row(data, name):
                self.asks_for_row = True
                made = one_row_more(formset, data, name)
            elif data is not None:
                made = formset(data, prefix=name)
            else:
                made = formset(prefix=name, initial=content.get(name, []))
            self.rows.append((name, str(model._meta.verbose_name), made))
        if self.asks_for_row:
            self._unjudged()

    def _unjudged(self) -> None:
        """One more row was asked for: show everything as typed, without errors."""
        assert self.data is not None
        self.detail = detail_form(self.kind)(initial=self.data.dict())
        self.once = OnceForm(initial=self.data.dict())
        for index, (name, label, made) in enumerate(self.rows):
            if made.is_bound:
                again = one_row_more(type(made), self.data, name)
                again.extra = 0
                self.rows[index] = (name, label, again)

    def is_valid(self) -> bool:
        """Whether every form is."""
        found = [self.once.is_valid(), self.detail.is_valid(), *(made.is_valid() for _n, _l, made in self.rows)]
        if not found[0] and not self.detail.non_field_errors():
            # Hidden fields have no place of their own on the page: what is wrong with them stands above the form.
            self.detail.add_error(None, [text for texts in self.once.errors.values() for text in texts])
        return all(found)

    @property
    def values(self) -> dict[str, Any]:
        """The kind's own fields."""
        return self.detail.cleaned_data

    @property
    def row_values(self) -> dict[str, list[dict[str, Any]]]:
        """The rows that say something."""
        return {
            name: [form.cleaned_data for form in made.forms if form.has_changed() and form.cleaned_data]
            for name, _label, made in self.rows
        }

    @property
    def formsets(self) -> list[forms.BaseFormSet]:
        """The rows' formsets."""
        return [made for _name, _label, made in self.rows]

    @property
    def in_order(self) -> list[forms.BaseForm | forms.BaseFormSet]:
        """Everything in the order of the page, for one summary of errors: names stand above the kind's own fields."""
        above = [made for name, _label, made in self.rows if name == "names"]
        below = [made for name, _label, made in self.rows if name != "names"]
        return [*above, self.detail, *below]


def _first_upper(field: models.Field) -> str:
    words = str(field.verbose_name)
    return words[:1].upper() + words[1:]


class NewDocumentForm(OnceForm):
    """A file and what its uploader says of it. A file that has arrived is kept while the rest is put right.

    The file comes last: of a file that is refused while it arrives, what was typed before it has arrived already.
    """

    kept = forms.UUIDField(widget=forms.HiddenInput, required=False)
    marking = forms.ChoiceField(
        label=_("Marking on the paper"),
        choices=Document.Marking.choices,
        widget=forms.RadioSelect,
        help_text=_("You state what the paper bears. Nothing above 'for official use' may be held here."),
    )
    description = TextField(label=_("Description"), required=False, max_length=300)
    redacted_from = forms.ModelChoiceField(
        label=_("Redacted copy of"),
        queryset=CaseItem.objects.none(),
        required=False,
        help_text=_("Only if parts of another document were blacked out in this one."),
    )
    file = forms.FileField(label=_("File"), required=False)

    def __init__(
        self,
        *args: Any,
        others: list[tuple[CaseItem, str]],
        waiting: StoredFile | None = None,
        problem: str = "",
        **kwargs: Any,
    ) -> None:
        super().__init__(*args, **kwargs)
        self.waiting = waiting
        self.problem = problem
        names = {item.pk: name for item, name in others}
        field = self.fields["redacted_from"]
        field.queryset = CaseItem.objects.unscoped("limited to the documents that the view has fetched").filter(
            pk__in=names
        )
        field.label_from_instance = lambda item: f"{names[item.pk]} ({item.reference})"
        limit = settings.UPLOAD_LIMIT_MB
        file = self.fields["file"]
        file.help_text = _("PDF, picture, office document or text; at most %(limit)d MB.") % {"limit": limit}
        # Needed, though not of the browser: it cannot know of the one that has arrived.
        file.optional_note = _("(only to replace the one that has arrived)") if waiting else ""

    def clean_marking(self) -> str:
        """Refuse what is above the ceiling, with the reason."""
        return below_the_ceiling(self.cleaned_data["marking"])

    def clean(self) -> dict[str, Any]:
        """A file is needed, now or from before."""
        data = super().clean() or {}
        if not self.waiting:
            self.errors.pop("file", None)
            self.add_error("file", self.problem or _("Choose a file."))
        return data
