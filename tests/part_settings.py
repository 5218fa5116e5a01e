"""The settings of all parts that a field of a config may hold."""

from pydantic import BaseModel

from gcnlabel.registry import Registry


def models_of(annotation, metadata=()):
    """Settings that a value of this type may have; of a part, those of every part of its kind."""
    kinds = [each for each in (*metadata, *getattr(annotation, "__metadata__", ())) if isinstance(each, Registry)]
    if kinds:
        return [kind.settings(name) for kind in kinds for name in kind.names()]
    if isinstance(annotation, type) and issubclass(annotation, BaseModel):
        return [annotation]
    return [model for part in getattr(annotation, "__args__", ()) for model in models_of(part)]


def models_in(field):
    """Settings that a field may hold."""
    return models_of(field.annotation, field.metadata)
