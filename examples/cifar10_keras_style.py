"""The lab report's CIFAR-10 network, written as an ordinary Keras script; only the first import is ours.

The last layer is kept as it was published: 20 units for 10 classes, and a sigmoid in front of a loss that
expects raw scores. Vitral trains it, and says what is wrong with it.
"""

import matplotlib.pyplot as plt
import numpy as np

import vitral as keras
from vitral import datasets, layers, models

(train_images, train_labels), (test_images, test_labels) = datasets.cifar10.load_data()
train_images, test_images = train_images / 255.0, test_images / 255.0

class_names = ["avión", "auto", "pájaro", "gato", "venado", "perro", "rana", "caballo", "barco", "camión"]

plt.figure(figsize=(10, 10))
for i in range(25):
    plt.subplot(5, 5, i + 1)
    plt.xticks([])
    plt.yticks([])
    plt.imshow(train_images[i])
    plt.xlabel(class_names[train_labels[i][0]])
plt.show()

model = models.Sequential()
model.add(layers.Conv2D(32, (3, 3), activation="relu", input_shape=(32, 32, 3)))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.MaxPooling2D((2, 2)))
model.add(layers.Conv2D(64, (3, 3), activation="relu"))
model.add(layers.Flatten())
model.add(layers.Dense(60, activation="relu"))
model.add(layers.Dense(20, activation="sigmoid"))
model.summary()

model.compile(
    optimizer="adam",
    loss=keras.losses.SparseCategoricalCrossentropy(from_logits=True),
    metrics=["accuracy"],
)
history = model.fit(train_images, train_labels, epochs=15, validation_data=(test_images, test_labels))

plt.figure()
plt.plot(history.history["accuracy"], label="accuracy")
plt.plot(history.history["val_accuracy"], label="val_accuracy")
plt.xlabel("Epoch")
plt.ylabel("Accuracy")
plt.legend(loc="lower right")
plt.show()

test_loss, test_accuracy = model.evaluate(test_images, test_labels, verbose=2)
print(f"Test accuracy: {test_accuracy:.4f}")

prediction = model.predict(test_images)[116]
print(f"Image 116: {class_names[int(np.argmax(prediction))]}, true class {class_names[test_labels[116][0]]}")
