"""What a comparison says about itself."""

from vitral.lab.record import Localized

VITRAL = Localized(en="Vitral", es="Vitral")
SKLEARN = Localized(
    en="scikit-learn, same start and batches (partial_fit)",
    es="scikit-learn, mismo inicio y mismos lotes (partial_fit)",
)
SKLEARN_FIT = Localized(
    en="scikit-learn as users call it (MLPClassifier.fit)", es="scikit-learn tal como se usa (MLPClassifier.fit)"
)
SKLEARN_FIT_NOTES = Localized(
    en=(
        "Same sizes, activation, update rule, rate, batch size and number of epochs; its own initial weights and batch "
        "order, its L2 penalty of 0.0001, and its early end when the loss stops falling. Its curve is the running "
        "training loss with the penalty."
    ),
    es=(
        "Mismos tamaños, activación, regla de actualización, tasa, tamaño de lote y número de épocas; sus propios "
        "pesos iniciales y orden de lotes, su penalización L2 de 0,0001 y su final anticipado si la pérdida deja de "
        "bajar. Su curva es la pérdida de entrenamiento con la penalización."
    ),
)
EQUAL = [
    Localized(en="training and test images, and their scaling", es="imágenes de entrenamiento y prueba, y su escala"),
    Localized(en="architecture and initial weights", es="arquitectura y pesos iniciales"),
    Localized(en="update rule and learning rate", es="regla de actualización y tasa de aprendizaje"),
    Localized(en="the batches, and their order in every epoch", es="los lotes y su orden en cada época"),
    Localized(en="32-bit numbers", es="números de 32 bits"),
]
DIFFERENT = [
    Localized(
        en="the order of additions inside a product, so last bits may differ, and differences grow",
        es="el orden de las sumas dentro de un producto: los últimos bits pueden diferir y eso crece",
    ),
    Localized(
        en="partial_fit checks its arguments at every batch, which costs time that fit does not spend",
        es="partial_fit comprueba sus argumentos en cada lote, lo que cuesta un tiempo que fit no gasta",
    ),
]
