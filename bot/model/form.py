"""A form of a campaign: what it asks, without its words."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Question:
    """One entry of a form."""

    id: str
    step: str | None
    #: one of `choices`, else free text
    choice: bool
    #: ids of the answers; empty for free text, and where they are the person's own and known only
    #: when asked
    choices: tuple[str, ...]
    max_words: int | None
    required: bool
    #: asks nothing: it is read and passed by
    advice: bool


@dataclass(frozen=True, kw_only=True)
class Form:
    """A form's questions, in their order."""

    id: str
    source: str
    questions: tuple[Question, ...]

    def question(self, question_id: str) -> Question | None:
        """The question with this id, or None."""
        return next((question for question in self.questions if question.id == question_id), None)

    @property
    def steps(self) -> tuple[str, ...]:
        """The ids of its steps, in their order; empty where it has none."""
        return tuple(dict.fromkeys(question.step for question in self.questions if question.step))
