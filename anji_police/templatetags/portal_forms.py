"""Template tags of forms: error summary, and one field with label, hint, error and the attributes that tie them."""

from django import forms, template
from django.utils.translation import gettext as _

register = template.Library()


def _dated(widget):
    """The browser's own date picker for a date; it wants ISO dates whatever the language."""
    if isinstance(widget, forms.DateInput) and widget.input_type == "text":
        widget.input_type, widget.format = "date", "%Y-%m-%d"
    return widget


@register.inclusion_tag("components/errors.html")
def error_summary(form):
    """All errors of a bound form, each a link to its field; takes the focus when the page opens."""
    entries = []
    if form is not None and form.is_bound:
        entries = [(None, message) for message in form.non_field_errors()]
        for bound in form:
            anchor = bound.id_for_label or bound.auto_id
            if isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
                anchor = f"{bound.auto_id}_0"
            entries += [(anchor, message) for message in bound.errors]
    return {"entries": entries}


@register.inclusion_tag("components/field.html")
def field(bound, count: bool = False, css: str = "", label=None, autocomplete: str = ""):
    """One form field. `count` shows how many characters are left; the help text is the hint before the input."""
    widget = _dated(bound.field.widget)
    hint_id, error_id = f"{bound.auto_id}-h", f"{bound.auto_id}-e"
    described = [i for i, there in ((hint_id, bound.help_text), (error_id, bound.errors)) if there]
    attrs: dict = {}
    if count:
        described.append(f"{bound.auto_id}-c")
        attrs["data-count"] = f"{bound.auto_id}-c"
    if described:
        attrs["aria-describedby"] = " ".join(described)
    if bound.errors:
        attrs["aria-invalid"] = "true"
    if autocomplete:
        attrs["autocomplete"] = autocomplete
    grouped = isinstance(widget, (forms.RadioSelect, forms.CheckboxSelectMultiple))
    single = isinstance(widget, forms.CheckboxInput)
    if not (grouped or single):
        base = "form-select" if isinstance(widget, forms.Select) else "form-control"
        attrs["class"] = f"{widget.attrs.get('class', '')} {base}".strip()
    return {
        "bound": bound,
        "label": label or bound.label,
        "control": bound if grouped else bound.as_widget(attrs=attrs),
        "grouped": grouped,
        "single": single,
        "hint_id": hint_id,
        "error_id": error_id,
        "described": attrs.get("aria-describedby", ""),
        "count_id": f"{bound.auto_id}-c" if count else "",
        "css": css,
        "optional": not bound.field.required and not single,
        "columns": 2 if grouped and len(bound.field.choices) <= 2 else 3,
        "optional_word": _("optional"),
    }


@register.inclusion_tag("components/fields.html")
def fields(form):
    """All visible fields of a form in order, and the hidden ones."""
    return {"form": form}


@register.simple_tag
def filter_control(bound):
    """The bare control of a filter field, in the size of a filter row."""
    if isinstance(bound.field.widget, (forms.RadioSelect, forms.CheckboxSelectMultiple)):
        return bound
    select = isinstance(_dated(bound.field.widget), forms.Select)
    attrs = {"class": "form-select" if select else "form-control"}
    if isinstance(bound.field.widget, forms.CheckboxInput):
        attrs["class"] = "form-check-input"
    return bound.as_widget(attrs=attrs)
