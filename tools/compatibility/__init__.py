"""What of Keras' public names Vitral has: the page docs/compatibility.md, and what it is made from.

    KERAS_BACKEND=jax python -m tools.compatibility.keras_names    # writes keras_names.json; needs Keras, not Vitral
    python -m tools.compatibility.accuracy --python /a/venv/bin/python    # writes accuracy.json; that Python has Keras
    python -m tools.compatibility    # writes the page from both and scope.toml

`scope.toml` says in words what is left out and what differs; everything else is read from the code.
"""
