"""The models of the cases app, one file a concern."""

from cases.models.case import Case, CaseItem, CaseMember
from cases.models.files import Document, StoredFile
from cases.models.grants import CaseGroupGrant, CasePersonGrant, GrantSource, ItemGroupGrant, ItemPersonGrant
from cases.models.items import Firearm, Mark, Note, Organisation, Person, PersonDocument, PersonName
from cases.models.search import SavedFilter, Search, Searched, SearchText
from cases.models.shares import ItemVersion, Share, ShareItem

__all__ = [
    "Case",
    "CaseGroupGrant",
    "CaseItem",
    "CaseMember",
    "CasePersonGrant",
    "Document",
    "Firearm",
    "GrantSource",
    "ItemGroupGrant",
    "ItemPersonGrant",
    "ItemVersion",
    "Mark",
    "Note",
    "Organisation",
    "Person",
    "PersonDocument",
    "PersonName",
    "SavedFilter",
    "Search",
    "SearchText",
    "Searched",
    "Share",
    "ShareItem",
    "StoredFile",
]
