"""ONNX files from anywhere: one piece, no larger than it is, and with numbers where it says so."""

import math
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from vitral.errors import ModelFileError
from vitral.saving.onnx.package import OPSET, import_onnx

_OLDEST = 7


def read_onnx(path: Path) -> Any:
    """The content of the file, checked by onnx and brought to opset 21 if it is older.

    Raises ModelFileError, in one line, if the file is missing, damaged, keeps numbers elsewhere, or holds code of its
    own (functions, or operators of another domain).
    """
    onnx = import_onnx()
    try:
        content = onnx.load_model_from_string(path.read_bytes())
    except OSError as error:
        raise ModelFileError(f"{path}: cannot be read ({error.strerror})") from None
    except Exception as error:  # what protobuf raises is not of any public class
        raise ModelFileError(f"{path}: not an ONNX file, or a damaged one ({_line(error)})") from None
    if not content.graph.node:
        raise ModelFileError(f"{path}: not an ONNX file, or one without any nodes")
    if content.functions or content.training_info:
        raise ModelFileError(f"{path}: has functions or a training of its own; expected an inference graph alone")
    for tensor in _tensors(content.graph):
        problem = _problem(onnx, tensor)
        if problem:
            raise ModelFileError(f"{path}: {problem}")
    version = next((entry.version for entry in content.opset_import if entry.domain in ("", "ai.onnx")), 0)
    if version < _OLDEST:
        raise ModelFileError(f"{path}: is of opset {version}; expected {_OLDEST} or newer")
    try:
        onnx.checker.check_model(content)
        return content if version >= OPSET else onnx.version_converter.convert_version(content, OPSET)
    except (onnx.checker.ValidationError, RuntimeError, ValueError, TypeError, OSError) as error:
        raise ModelFileError(f"{path}: is no valid ONNX graph ({_line(error)})") from None


def _tensors(graph: Any) -> Iterator[Any]:
    yield from graph.initializer
    for sparse in graph.sparse_initializer:
        yield sparse.values
    for node in graph.node:
        for attribute in node.attribute:
            if attribute.HasField("t"):
                yield attribute.t
            yield from attribute.tensors


def _problem(onnx: Any, tensor: Any) -> str | None:
    """What is wrong with a tensor, found without making an array of it."""
    if tensor.data_location == onnx.TensorProto.EXTERNAL or tensor.external_data:
        return f"keeps {tensor.name} in another file; expected all numbers in this one"
    if any(size < 0 for size in tensor.dims):
        return f"{tensor.name} has the shape {list(tensor.dims)}; expected whole numbers from 0 on"
    try:
        dtype = onnx.helper.tensor_dtype_to_np_dtype(tensor.data_type)
    except (KeyError, TypeError):
        return f"{tensor.name} is of an unknown type, {tensor.data_type}"
    claimed = math.prod(tensor.dims)
    if tensor.HasField("raw_data"):
        stored = len(tensor.raw_data) // dtype.itemsize
    else:
        fields = ("float_data", "int32_data", "int64_data", "double_data", "uint64_data", "string_data")
        stored = sum(len(getattr(tensor, field)) for field in fields)
    if claimed != stored:
        return f"{tensor.name} claims {claimed} numbers, of shape {list(tensor.dims)}; the file has {stored}"
    return None


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200]
