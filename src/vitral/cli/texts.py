"""What the commands say, in English and Spanish."""

_TEXTS = {
    "test_accuracy": ("Test accuracy", "Exactitud en prueba"),
    "test_loss": ("Test loss", "Pérdida en prueba"),
    "train_accuracy": ("Train accuracy", "Exactitud en entrenamiento"),
    "validation_accuracy": ("Validation accuracy", "Exactitud en validación"),
    "time": ("Time", "Tiempo"),
    "memory": ("Peak memory", "Memoria máxima"),
    "report": ("Report", "Informe"),
    "run": ("Run", "Experimento"),
    "next": ("Try next", "A continuación"),
    "warning": ("Warning", "Aviso"),
    "epochs": ("Epochs", "Épocas"),
    "epochs_of": ("{done} of {planned}", "{done} de {planned}"),
    "parameters": ("Parameters", "Parámetros"),
    "data": ("Data", "Datos"),
    "data_sizes": (
        "{name}: {train} train, {validation} validation, {test} test",
        "{name}: {train} de entrenamiento, {validation} de validación, {test} de prueba",
    ),
    "optimizer": ("Optimizer", "Optimizador"),
    "loss": ("Loss", "Pérdida"),
    "status": ("Status", "Estado"),
    "status_running": ("running", "en marcha"),
    "status_waiting": ("waiting", "pendiente"),
    "status_finished": ("finished", "terminado"),
    "status_interrupted": ("interrupted", "interrumpido"),
    "status_failed": ("failed", "fallido"),
    "kind_published": ("as published", "tal como se publicó"),
    "kind_improved": ("improved", "versión mejorada"),
    "figure": ("Figure", "Cifra"),
    "published": ("Published", "Publicado"),
    "reproduced": ("Reproduced", "Reproducido"),
    "improved": ("Improved", "Mejorado"),
    "variant": ("Variant", "Variante"),
    "recipe": ("Recipe", "Receta"),
    "title": ("What it is", "Qué es"),
    "dataset": ("Data set", "Conjunto"),
    "recipes": ("Recipes", "Recetas"),
    "runs": ("Runs", "Experimentos"),
    "overfit": ("Over-fits", "Sobreajuste"),
    "overfit_from": (
        "after epoch {epoch}: the validation loss gets no better",
        "tras la época {epoch}: la pérdida de validación ya no mejora",
    ),
    "interrupted": (
        "Interrupted after {done} of {planned} epochs; everything so far is saved.",
        "Interrumpido tras {done} de {planned} épocas; todo lo hecho está guardado.",
    ),
    "study_interrupted": (
        "Interrupted; everything so far is saved.",
        "Interrumpido; todo lo hecho está guardado.",
    ),
    "finished_already": (
        "This run has finished already; nothing is trained.",
        "Este experimento ya terminó; no se entrena nada.",
    ),
    "diverged": (
        "from epoch {epoch} on the loss is no finite number (NaN or infinity): the training diverged",
        "desde la época {epoch} la pérdida deja de ser un número finito (NaN o infinito): el entrenamiento divergió",
    ),
    "continue": ("Continue with", "Continuar con"),
    "error": ("Error", "Error"),
    "none_yet": ("none yet; make one: vitral run {recipe}", "todavía ninguno; para hacer uno: vitral run {recipe}"),
    "recorded": ("Recorded", "Registrado"),
    "measured": ("Measured now", "Medido ahora"),
    "same": ("The figures are the recorded ones.", "Las cifras coinciden con las registradas."),
    "different": (
        "The figures differ from the recorded ones: the data, the model or the arithmetic has changed.",
        "Las cifras difieren de las registradas: han cambiado los datos, el modelo o la aritmética.",
    ),
    "library": ("Library", "Biblioteca"),
    "demo_offline": (
        "MNIST cannot be reached ({reason}); using scikit-learn's digits instead.",
        "No hay acceso a MNIST ({reason}); se usan los dígitos de scikit-learn.",
    ),
    "page": ("Page", "Página"),
    "images": ("Images", "Imágenes"),
    "classes": ("Classes", "Clases"),
    "constant_pixels": ("Constant pixels", "Píxeles constantes"),
    "outliers": ("Outliers", "Atípicas"),
    "duplicates": ("Test images in train", "De prueba en entrenamiento"),
    "validation_loss": ("Validation loss", "Pérdida en validación"),
    "train_loss": ("Train loss", "Pérdida en entrenamiento"),
    "comparison": ("Comparison", "Comparación"),
}


def say(key: str, lang: str, **values: object) -> str:
    """The text of a key in a language, its {names} filled in.

    >>> say("epochs_of", "es", done=3, planned=15)
    '3 de 15'
    """
    english, spanish = _TEXTS[key]
    return (spanish if lang == "es" else english).format(**values)
