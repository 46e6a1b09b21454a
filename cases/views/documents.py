"""Pages of documents: a file comes in, and goes out through the same door as its item."""

import hashlib
import uuid
from typing import IO, Any

from django.contrib import messages
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from accounts.refusals import Incomplete, NotAllowed, refuse
from accounts.submissions import once
from cases import policies
from cases.forms.items import NewDocumentForm
from cases.items import contents_of, headline
from cases.models import Case, CaseItem, Document, StoredFile
from cases.readings import note_reading, read_case, read_item
from cases.services import create_document
from cases.uploads import stored_name, take_in, throw_away, too_large
from cases.views.onward import back_from_form, onward

PIECE = 1024 * 1024


@require_http_methods(["GET", "HEAD", "POST"])
def create(request: HttpRequest, pk: uuid.UUID) -> HttpResponse:
    """Put a file into a case. A file that has arrived survives an error elsewhere in the form."""
    case = read_case(request.standing, pk)
    allowed = policies.may_edit(case, request.standing)
    others = _documents(request, case)
    if not allowed and request.method != "POST":
        return refuse(request, _("Only an officer or a supervisor of the owner agency can add to this case."))
    if request.method != "POST":
        return _page(request, NewDocumentForm(initial={"token": uuid.uuid4()}, others=others), case)
    waiting, problem = _arrived(request) if allowed else (None, "")
    form = NewDocumentForm(request.POST, others=others, waiting=waiting, problem=problem)
    if allowed and not form.is_valid():
        if waiting and form.has_error("marking", code="above_the_ceiling"):
            throw_away(waiting)
            form.waiting = None
        return _page(request, form, case)

    def act() -> str:
        made = create_document(
            actor=request.user,
            case_id=case.pk,
            file_id=waiting.pk if waiting else uuid.uuid4(),
            values={name: form.cleaned_data[name] for name in ("marking", "description") if name in form.cleaned_data},
            redacted_from=form.cleaned_data.get("redacted_from"),
        )
        return onward(request, case, made)

    try:
        token = form.cleaned_data.get("token") if form.is_valid() else None
        url = once(person=request.user, token=token, act=act)
    except NotAllowed as refused:
        return refuse(request, str(refused.reason))
    except StoredFile.DoesNotExist:
        form.waiting = None
        form.add_error("file", _("The file is no longer kept. Choose it again."))
        return _page(request, form, case)
    finally:
        # It is a document now, or it goes: refused, or the second file of a form that was sent twice.
        if waiting:
            throw_away(waiting)
    messages.success(request, _("Added to the case."))
    return redirect(url)


@require_safe
def download(request: HttpRequest, pk: uuid.UUID, item_pk: uuid.UUID) -> HttpResponseBase:
    """The file of a document, whole and checked, to whoever sees the document now. Each download is an event."""
    reading = read_item(request.user, request.standing, pk, item_pk)
    document = get_object_or_404(Document.objects.select_related("file"), item=reading.item)
    file = _whole(document)
    if file is None:
        note_reading(reading, request.standing, "item.damaged", always=True)
        return refuse(
            request, _("The stored file does not match its checksum, so it was not sent. Tell your agency's admin.")
        )
    note_reading(reading, request.standing, "item.download", always=True)
    return sent_as_file(file, document.name)


def sent_as_file(file: File | IO[bytes], name: str) -> FileResponse:
    """A file for the reader's disk: no browser shows it, guesses its kind or runs what is in it."""
    response = FileResponse(file, as_attachment=True, filename=name, content_type="application/octet-stream")
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cross-Origin-Resource-Policy"] = "same-origin"
    return response


def _whole(document: Document) -> File | None:
    """The stored file at its beginning; None when it is gone, or is not what its checksum says."""
    try:
        file = default_storage.open(stored_name(document.file))
    except FileNotFoundError:
        return None
    checksum = hashlib.sha256()
    while piece := file.read(PIECE):
        checksum.update(piece)
    if checksum.hexdigest() != document.checksum:
        file.close()
        return None
    file.seek(0)
    return file


def _arrived(request: HttpRequest) -> tuple[StoredFile | None, str]:
    """The file of this form: the one sent now, else the one kept from before; and what is wrong with it."""
    upload = request.FILES.get("file")
    kept = _kept(request)
    # Known only once the body has been read.
    if getattr(request, "upload_too_large", False):
        return None, too_large()
    if upload is None:
        return kept, ""
    try:
        arrived = take_in(upload, request.user)
    except Incomplete as gap:
        return None, str(gap.reason)
    if kept:
        throw_away(kept)
    return arrived, ""


def _kept(request: HttpRequest) -> StoredFile | None:
    """The person's own file that an earlier sending of this form left waiting, or that became a document by it."""
    try:
        pk = uuid.UUID(request.POST.get("kept", ""))
    except ValueError:
        return None
    return StoredFile.objects.filter(pk=pk, uploaded_by=request.user).first()


def _documents(request: HttpRequest, case: Case) -> list[tuple[CaseItem, str]]:
    """The documents of the case, by name: what a redacted copy can be of."""
    items = list(
        case.items.visible_to(request.user, now=request.standing.now).filter(kind=CaseItem.Kind.DOCUMENT)[:500]
    )
    contents = contents_of(items)
    return [(item, headline(contents[item.pk])) for item in items]


def _page(request: HttpRequest, form: Any, case: Case) -> HttpResponse:
    context = {"form": form, "case": case, "waiting": form.waiting, "back": back_from_form(request, case)}
    return render(request, "cases/document_form.html", context)
