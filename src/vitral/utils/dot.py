"""A model as a graph in the language of Graphviz."""

import json
from typing import Any

from vitral.errors import MissingExtraError
from vitral.utils.boxes import boxes_of, check_drawable


def model_to_dot(
    model: Any,
    show_shapes: bool = False,
    show_dtype: bool = False,
    show_layer_names: bool = True,
    rankdir: str = "TB",
    expand_nested: bool = False,
    dpi: int = 200,
    subgraph: bool = False,
    show_layer_activations: bool = False,
    show_trainable: bool = False,
    splines: str = "ortho",
) -> Any:
    """A built model as a `pydot.Dot`, or, with `subgraph`, as a `pydot.Cluster` of the model's name.

    The arguments are those of `plot_model`, which needs no Graphviz; `splines` is Graphviz's word for the shape of
    arrows. A model inside is one box. Raises ConfigError for a model that is not built, or arguments that cannot work,
    MissingExtraError without pydot.
    """
    check_drawable(model, rankdir, expand_nested, "model_to_dot")
    try:
        import pydot
    except ImportError:
        raise MissingExtraError("pydot", needed_for="model_to_dot", extra="dot") from None
    graph: Any
    if subgraph:
        graph = pydot.Cluster(json.dumps(model.name), label=json.dumps(model.name), labeljust="l", style="dashed")
    else:
        graph = pydot.Dot("model", graph_type="digraph", rankdir=rankdir, dpi=dpi, splines=splines, concentrate=True)
    boxes = boxes_of(model, show_shapes, show_dtype, show_layer_names, show_layer_activations, show_trainable)
    numbers = {id(box): str(number) for number, box in enumerate(boxes)}
    for box in boxes:
        label = json.dumps("\n".join(box.lines), ensure_ascii=False)
        graph.add_node(pydot.Node(numbers[id(box)], label=label, shape="box"))
        for source in box.sources:
            graph.add_edge(pydot.Edge(numbers[id(source)], numbers[id(box)]))
    return graph
