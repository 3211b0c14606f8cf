"""Images that are flipped, shifted and turned anew in each epoch, by layers in front of the network."""

import vitral as keras

(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = x_train[:4000, ..., None], keras.utils.to_categorical(y_train[:4000], 10)
x_test, y_test = x_test[:2000, ..., None], keras.utils.to_categorical(y_test[:2000], 10)

augmentation = keras.Sequential(
    [
        keras.layers.RandomFlip("horizontal"),
        keras.layers.RandomTranslation(0.05, 0.05, fill_mode="constant"),
        keras.layers.RandomRotation(0.02, fill_mode="constant"),
        keras.layers.RandomZoom(0.05, fill_mode="constant"),
    ],
    name="augmentation",
)

inputs = keras.Input((28, 28, 1))
x = augmentation(inputs)
x = keras.layers.Rescaling(1.0 / 255)(x)
x = keras.layers.Conv2D(16, 3, activation="relu")(x)
x = keras.layers.MaxPooling2D()(x)
x = keras.layers.Conv2D(32, 3, activation="relu")(x)
x = keras.layers.MaxPooling2D()(x)
x = keras.layers.Flatten()(x)
x = keras.layers.Dropout(0.3)(x)
outputs = keras.layers.Dense(10, activation="softmax")(x)
model = keras.Model(inputs, outputs)

model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
callbacks = [keras.callbacks.ReduceLROnPlateau(monitor="val_loss", factor=0.5, patience=2)]
model.fit(x_train, y_train, epochs=6, batch_size=64, validation_split=0.1, callbacks=callbacks, verbose=2)
test_accuracy = model.evaluate(x_test, y_test, return_dict=True, verbose=0)["accuracy"]
print(f"Test accuracy: {test_accuracy:.4f}")
