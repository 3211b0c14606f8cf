"""What a network has learned of the digits 0 to 4 helps with the digits 5 to 9."""

import vitral as keras

(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, x_test = x_train[..., None].astype("float32") / 255.0, x_test[..., None].astype("float32") / 255.0

small_train, small_test = y_train < 5, y_test < 5
first_digits = (x_train[small_train][:6000], y_train[small_train][:6000])
last_digits = (x_train[~small_train][:500], y_train[~small_train][:500] - 5)
last_digits_test = (x_test[~small_test][:2000], y_test[~small_test][:2000] - 5)

base = keras.Sequential(
    [
        keras.Input(shape=(28, 28, 1)),
        keras.layers.Conv2D(16, 3, activation="relu", name="conv_1"),
        keras.layers.MaxPooling2D(name="pool_1"),
        keras.layers.Conv2D(32, 3, activation="relu", name="conv_2"),
        keras.layers.MaxPooling2D(name="pool_2"),
        keras.layers.Flatten(name="features"),
        keras.layers.Dense(64, activation="relu"),
        keras.layers.Dense(5, activation="softmax"),
    ]
)
base.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
base.fit(*first_digits, epochs=3, batch_size=64, verbose=2)

# The convolutions stay as they are; only a new head is trained.
features = keras.Model(base.inputs, base.get_layer("features").output, name="frozen")
features.trainable = False
inputs = keras.Input(shape=(28, 28, 1))
x = features(inputs, training=False)
x = keras.layers.Dense(32, activation="relu")(x)
outputs = keras.layers.Dense(5, activation="softmax")(x)
model = keras.Model(inputs, outputs)
model.compile(optimizer="adam", loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*last_digits, epochs=15, batch_size=32, verbose=2)
head_accuracy = model.evaluate(*last_digits_test, verbose=0)[1]

# Then all of it, in small steps.
features.trainable = True
model.compile(optimizer=keras.optimizers.Adam(1e-4), loss="sparse_categorical_crossentropy", metrics=["accuracy"])
model.fit(*last_digits, epochs=3, batch_size=32, verbose=2)
test_loss, test_accuracy = model.evaluate(*last_digits_test, verbose=0)
print(f"Test accuracy: {head_accuracy:.4f} with a new head, {test_accuracy:.4f} after fine-tuning")
