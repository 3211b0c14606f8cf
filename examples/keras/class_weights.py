"""One class is rare, and counts for more: shirts among T-shirts."""

import numpy as np

import vitral as keras

T_SHIRT, SHIRT = 0, 6


def two_classes(images, labels):
    wanted = (labels == T_SHIRT) | (labels == SHIRT)
    return images[wanted].astype("float32") / 255.0, (labels[wanted] == SHIRT).astype("float32")


(x_train, y_train), (x_test, y_test) = keras.datasets.fashion_mnist.load_data()
x_train, y_train = two_classes(x_train, y_train)
x_test, y_test = two_classes(x_test, y_test)
rare = np.flatnonzero(y_train == 1)[:400]
kept = np.sort(np.concatenate([np.flatnonzero(y_train == 0)[:4000], rare]))
x_train, y_train = x_train[kept], y_train[kept]

count = np.bincount(y_train.astype(int), minlength=2)
class_weight = {0: len(y_train) / (2.0 * count[0]), 1: len(y_train) / (2.0 * count[1])}
print("weights of the classes:", class_weight)

model = keras.Sequential(
    [
        keras.layers.Input(shape=(28, 28)),
        keras.layers.Reshape((28, 28, 1)),
        keras.layers.Conv2D(16, (3, 3), activation="relu"),
        keras.layers.MaxPooling2D((2, 2)),
        keras.layers.Flatten(),
        keras.layers.Dense(32, activation="relu"),
        keras.layers.Dense(1, activation="sigmoid"),
    ]
)
model.compile(
    optimizer=keras.optimizers.Adam(learning_rate=1e-3),
    loss=keras.losses.BinaryCrossentropy(),
    metrics=[
        "accuracy",
        keras.metrics.Precision(name="precision"),
        keras.metrics.Recall(name="recall"),
        keras.metrics.AUC(name="auc"),
    ],
)
model.fit(x_train, y_train, batch_size=64, epochs=6, class_weight=class_weight, verbose=2)
results = model.evaluate(x_test, y_test, verbose=0, return_dict=True)
test_accuracy = results["accuracy"]
print({name: round(float(value), 4) for name, value in results.items()})
