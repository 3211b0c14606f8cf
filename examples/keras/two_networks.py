"""The lab report's two networks on MNIST, and the first of them on CIFAR-10 with three optimizers; on parts of both."""

import numpy as np

import vitral as keras

BATCH_SIZE = 128
EPOCHS = 3


def normalize_images(images):
    return images.astype("float32") / 255.0


def net_1(input_shape):
    model = keras.models.Sequential(name="net_1")
    model.add(keras.layers.Conv2D(32, (3, 3), padding="same", activation="relu", input_shape=input_shape))
    model.add(keras.layers.Conv2D(64, (3, 3), padding="same", activation="relu"))
    model.add(keras.layers.MaxPooling2D((2, 2)))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model


def net_2(input_shape):
    model = keras.models.Sequential(name="net_2")
    model.add(keras.layers.Conv2D(32, (3, 3), padding="same", activation="relu", input_shape=input_shape))
    model.add(keras.layers.Conv2D(64, (3, 3), strides=2, padding="same", activation="relu"))
    model.add(keras.layers.Flatten())
    model.add(keras.layers.Dense(128, activation="relu"))
    model.add(keras.layers.Dense(10, activation="softmax"))
    return model


(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, y_train = normalize_images(np.expand_dims(x_train[:2000], -1)), keras.utils.to_categorical(y_train[:2000], 10)
x_test, y_test = normalize_images(np.expand_dims(x_test[:1000], -1)), keras.utils.to_categorical(y_test[:1000], 10)

accuracies = {}
for build in (net_1, net_2):
    model = build((28, 28, 1))
    model.summary()
    model.compile(optimizer="adam", loss="categorical_crossentropy", metrics=["accuracy"])
    model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS, verbose=2)
    loss, accuracies[f"MNIST {model.name}"] = model.evaluate(x_test, y_test, verbose=0)

(x_train, y_train), (x_test, y_test) = keras.datasets.cifar10.load_data()
x_train, y_train = normalize_images(x_train[:2000]), keras.utils.to_categorical(y_train[:2000], 10)
x_test, y_test = normalize_images(x_test[:1000]), keras.utils.to_categorical(y_test[:1000], 10)

for optimizer in ("adam", "adagrad", "adadelta"):
    model = net_1((32, 32, 3))
    model.compile(optimizer=optimizer, loss="categorical_crossentropy", metrics=["accuracy"])
    history = model.fit(x_train, y_train, batch_size=BATCH_SIZE, epochs=EPOCHS, validation_split=0.2, verbose=2)
    loss, accuracies[f"CIFAR-10 {optimizer}"] = model.evaluate(x_test, y_test, verbose=0)

for name, accuracy in accuracies.items():
    print(f"{name}: {accuracy:.4f}")
test_accuracy = float(np.mean(list(accuracies.values())))
