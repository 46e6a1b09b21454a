"""The shape of what is typed: the steps of a draft, and the steps of a request's line."""

from mla.forms.draft import AnswerForm, CopyForm, DraftStepForms, ReasonsForm
from mla.forms.steps import StepForm

__all__ = ["AnswerForm", "CopyForm", "DraftStepForms", "ReasonsForm", "StepForm"]
