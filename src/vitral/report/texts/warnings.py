"""What the library says about a doubtful model, in the language of the report.

The library speaks English, and so do the records of runs. Each pair below is one of its sentences, with names in place
of what differs, and the same in Spanish; a sentence that is in no pair stays as it is.
"""

import re
from dataclasses import dataclass
from functools import cache

_IN_SPANISH = (
    (
        '{loss}(from_logits=True) expects raw scores, but layer "{layer}" ends in {name}: the loss is taken from the '
        "values before it, as Keras on TensorFlow takes cross-entropies, and predict gives the values behind "
        "it; remove "
        "activation={quoted}, or set from_logits=False",
        "{loss}(from_logits=True) espera valores sin normalizar, pero la capa «{layer}» termina en {name}: la pérdida "
        "se calcula con los valores previos, como calcula Keras con TensorFlow las entropías cruzadas, y predict da "
        "los posteriores; quite "
        "activation={quoted} o ponga from_logits=False",
    ),
    (
        '{loss}(from_logits=True) expects raw scores, but layer "{layer}" ends in {name}: the loss is taken from the '
        "values before it, as Keras on TensorFlow takes cross-entropies, and predict gives the values behind "
        "it; remove "
        "activation={quoted}",
        "{loss}(from_logits=True) espera valores sin normalizar, pero la capa «{layer}» termina en {name}: la pérdida "
        "se calcula con los valores previos, como calcula Keras con TensorFlow las entropías cruzadas, y predict da "
        "los posteriores; quite "
        "activation={quoted}",
    ),
    (
        'binary_crossentropy scores every output by itself, but layer "{layer}" ends in {name}, whose {units} outputs '
        "sum to 1: use categorical_crossentropy or sparse_categorical_crossentropy",
        "binary_crossentropy evalúa cada salida por separado, pero la capa «{layer}» termina en {name}, cuyas {units} "
        "salidas suman 1: use categorical_crossentropy o sparse_categorical_crossentropy",
    ),
    (
        '{loss} expects probabilities that sum to 1, but layer "{layer}" ends in {name}, whose outputs do not: use '
        'activation="softmax"',
        "{loss} espera probabilidades que sumen 1, pero la capa «{layer}» termina en {name}, cuyas salidas no suman 1: "
        'use activation="softmax"',
    ),
    (
        '{loss} expects probabilities, but layer "{layer}" ends in {name}: use activation={quoted}, or set '
        "from_logits=True and leave the activation out",
        "{loss} espera probabilidades, pero la capa «{layer}» termina en {name}: use activation={quoted}, o ponga "
        "from_logits=True y deje la capa sin activación",
    ),
    (
        'layer "{layer}" has {units} outputs, but the labels name only the {classes} classes 0 to {last}: {unused} '
        "outputs can never be right; give the layer {wanted}",
        "la capa «{layer}» tiene {units} salidas, pero las etiquetas solo nombran las {classes} clases de 0 a {last}: "
        "{unused} de las salidas no pueden acertar nunca; dé a la capa {wanted} salidas",
    ),
    (
        "the model has no trainable weights: fit changes nothing",
        "el modelo no tiene pesos entrenables: el entrenamiento no cambia nada",
    ),
)
_AS_WRITTEN = re.compile(r"as the report's text has it \((?P<changes>.*?)\): (?P<warning>.*)", re.DOTALL)
_NAME = re.compile(r"\\\{(\w+)\\\}")


@dataclass(frozen=True)
class ModelRemark:
    """A warning about a model, and the language that it is in."""

    text: str
    lang: str


def translate_warning(warning: str, lang: str) -> ModelRemark:
    """A warning of the record in a language; in English where there are no other words for it.

    >>> translate_warning("the model has no trainable weights: fit changes nothing", "es").text
    'el modelo no tiene pesos entrenables: el entrenamiento no cambia nada'
    >>> translate_warning("something new", "es")
    ModelRemark(text='something new', lang='en')
    """
    if lang != "es":
        return ModelRemark(warning, "en")
    if written := _AS_WRITTEN.fullmatch(warning):
        inner = translate_warning(written["warning"], lang)
        if inner.lang == lang:
            return ModelRemark(f"tal como dice el texto del informe ({written['changes']}): {inner.text}", lang)
        return ModelRemark(warning, "en")
    for english, spanish in _patterns():
        if found := english.fullmatch(warning):
            return ModelRemark(spanish.format(**found.groupdict()), lang)
    return ModelRemark(warning, "en")


@cache
def _patterns() -> tuple[tuple[re.Pattern[str], str], ...]:
    return tuple((re.compile(_NAME.sub(r"(?P<\1>.+?)", re.escape(english))), es) for english, es in _IN_SPANISH)
