"""What is not visible is not there: also when access ends between two looks of one click."""

from collections.abc import Callable
from functools import lru_cache

from django.apps import apps
from django.core.exceptions import ObjectDoesNotExist
from django.http import Http404, HttpRequest, HttpResponse


class NotVisibleNotThere:
    """A view or service that fetches a record through `visible_to` and finds none is answered by 404."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> None:
        """Called by Django for what a view raised, after its transaction was rolled back."""
        if isinstance(exception, not_visible()):
            raise Http404 from exception


@lru_cache
def not_visible() -> tuple[type[ObjectDoesNotExist], ...]:
    """What `get` raises for each model that people read through `visible_to`."""
    return tuple(model.DoesNotExist for model in apps.get_models() if hasattr(model._default_manager, "visible_to"))
