"""OpenVINO: a model traced from torch, and compiled for the CPU. The only file that imports openvino."""

from __future__ import annotations

import os
import sys
import warnings
from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

APART = 16  # tokens of filling from which a text is better off in a pass of its own


def cores() -> int:
    """How many cores this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1


def batched(lengths: Sequence[int], at_once: int) -> list[list[int]]:
    """Texts by place, put together so that a pass has at most `at_once` tokens, of its longest text each; the longest first.

    A word goes not beside a long question, up to whose length it would have to be filled.
    """
    batches: list[list[int]] = []
    for place in sorted(range(len(lengths)), key=lambda place: -lengths[place]):
        longest = lengths[batches[-1][0]] if batches else 0
        if not batches or (len(batches[-1]) + 1) * longest > at_once or longest - lengths[place] > APART:
            batches.append([])
        batches[-1].append(place)
    return batches


class Compiled:
    """A compiled model with its requests; one that is not in use is taken before another is made."""

    def __init__(self, file: Path, options: Mapping[str, str]) -> None:
        """`options` are openvino's own, by their names."""
        self._model = library().Core().compile_model(file, "CPU", dict(options))
        self._free: deque[Any] = deque()

    @contextmanager
    def request(self) -> Iterator[Any]:
        """A request that nobody else has meanwhile."""
        try:
            taken = self._free.pop()
        except IndexError:
            taken = self._model.create_infer_request()
        try:
            yield taken
        finally:
            self._free.append(taken)


def library() -> Any:
    """The library without its converter of foreign models, which costs a third of the import and brings telemetry."""
    converter = "openvino.tools"
    wanted = sys.modules.get(converter)
    sys.modules[converter] = None  # type: ignore[assignment]  # what is None here counts as not installed
    try:
        import openvino
    finally:
        if wanted is None:
            del sys.modules[converter]
        else:
            sys.modules[converter] = wanted
    return openvino


def save(model: Any, file: Path, shape: tuple[int, int] | None = None) -> None:
    """Write a model, its weights in 16 bits; fixed at so many texts and tokens where a shape is given."""
    if shape is not None:
        model.reshape({given: [*shape, *given.partial_shape[2:]] for given in model.inputs})
    library().save_model(model, file, compress_to_fp16=True)


def traced(reference: Any) -> tuple[Any, tuple[str, ...]]:
    """The model as openvino has it, for any number of texts of any length, and the names of its inputs in order."""
    openvino = library()
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    features = {k: v for k, v in reference.preprocess(["one two three", "four"]).items() if isinstance(v, torch.Tensor)}
    inputs = tuple(features)

    class Whole(torch.nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.model = reference

        def forward(self, *given: torch.Tensor) -> tuple[torch.Tensor, torch.Tensor]:
            out = self.model.forward(dict(zip(inputs, given, strict=True)))
            return out["token_embeddings"], out["sentence_embedding"]

    # The front end itself, not openvino.convert_model, which would report its use over the network.
    front = FrontEndManager().load_by_framework("pytorch")
    with torch.inference_mode(), warnings.catch_warnings():
        warnings.simplefilter("ignore")  # tracing warns of what the check below would find
        decoder = TorchScriptPythonDecoder(Whole().eval(), example_input=tuple(features.values()))
        converted = front.convert(front.load(decoder))
    for name, given in zip(inputs, converted.inputs, strict=True):
        given.get_tensor().set_names({name})
        given.get_node().set_partial_shape(openvino.PartialShape([-1, -1]))
        given.get_node().set_element_type(openvino.Type.i64)
    converted.validate_nodes_and_infer_types()
    return converted, inputs


def taken_out(model: Any, name: str) -> NDArray[np.float16] | None:
    """The vectors of single tokens, taken out of the model, which gets an input of this name for them; None where it has none."""
    openvino = library()
    for node in model.get_ordered_ops():
        if node.get_type_name() == "Gather" and "input_ids" in _behind(node.input_value(1)).output(0).get_names():
            table = _behind(node.input_value(0))
            if table.get_type_name() != "Constant":
                continue
            found = np.asarray(table.data, dtype=np.float16)
            given = openvino.opset13.parameter([-1, -1, found.shape[1]], np.float32, name=name)
            given.output(0).set_names({name})
            for target in node.output(0).get_target_inputs():
                target.replace_source_output(given.output(0))
            model.add_parameters([given])
            model.validate_nodes_and_infer_types()
            return found
    return None


def _behind(value: Any) -> Any:
    """The node that gives a value, conversions of its type left out."""
    node = value.get_node()
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return node
