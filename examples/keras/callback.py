"""A callback that warms the rate up, keeps the best weights, and stops when nothing more is learned."""

import numpy as np

import vitral as keras


class WarmUpAndKeepBest(keras.callbacks.Callback):
    def __init__(self, rate, warm_up_steps, patience=2):
        super().__init__()
        self.rate = rate
        self.warm_up_steps = warm_up_steps
        self.patience = patience
        self.steps = 0

    def on_train_begin(self, logs=None):
        self.best = -np.inf
        self.best_weights = None
        self.waited = 0
        print(f"training for {self.params['epochs']} epochs of {self.params['steps']} steps")

    def on_train_batch_begin(self, batch, logs=None):
        self.steps += 1
        self.model.optimizer.learning_rate = self.rate * min(1.0, self.steps / self.warm_up_steps)

    def on_epoch_end(self, epoch, logs=None):
        if logs["val_accuracy"] > self.best:
            self.best = logs["val_accuracy"]
            self.best_weights = self.model.get_weights()
            self.waited = 0
        else:
            self.waited += 1
            self.model.stop_training = self.waited >= self.patience

    def on_train_end(self, logs=None):
        self.model.set_weights(self.best_weights)
        rate = float(self.model.optimizer.learning_rate)
        print(f"best validation accuracy {self.best:.4f}, last rate {rate:.4f}")


(x_train, y_train), (x_test, y_test) = keras.datasets.mnist.load_data()
x_train, y_train = x_train[:6000] / 255.0, y_train[:6000]
x_test, y_test = x_test[:2000] / 255.0, y_test[:2000]

model = keras.Sequential()
model.add(keras.layers.Flatten(input_shape=(28, 28)))
model.add(keras.layers.Dense(128, activation="relu", kernel_regularizer=keras.regularizers.l2(1e-4)))
model.add(keras.layers.Dropout(0.2))
model.add(keras.layers.Dense(10, activation="softmax"))
model.compile(
    optimizer=keras.optimizers.SGD(momentum=0.9, nesterov=True),
    loss="sparse_categorical_crossentropy",
    metrics=["accuracy"],
)
history = model.fit(
    x_train,
    y_train,
    batch_size=32,
    epochs=12,
    validation_split=0.15,
    callbacks=[WarmUpAndKeepBest(rate=0.05, warm_up_steps=200), keras.callbacks.TerminateOnNaN()],
    verbose=2,
)
test_loss, test_accuracy = model.evaluate(x_test, y_test, verbose=0)
print(f"Test accuracy: {test_accuracy:.4f} after {len(history.epoch)} epochs")
