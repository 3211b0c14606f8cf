"""Ten lines: train a small network on scikit-learn's handwritten digits, no download needed."""

import vitral as keras
from vitral import datasets, layers

(x_train, y_train), (x_test, y_test) = datasets.digits.load_data()
model = keras.Sequential(
    [
        layers.Input(shape=(8, 8)),
        layers.Rescaling(1 / 16),
        layers.Flatten(),
        layers.Dense(64, activation="relu"),
        layers.Dense(10, activation="softmax"),
    ]
)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(x_train, y_train, epochs=20, validation_data=(x_test, y_test))
model.save("digits.keras")
