"""OpenVINO: a model traced from torch, and compiled for the CPU. The only file that imports openvino."""

from __future__ import annotations

import functools
import sys
import warnings
from collections import deque
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from retrieval.cores import giving_way

if TYPE_CHECKING:
    from retrieval.narrowing import Narrow  # which a process that answers has no use for

Outputs = Sequence[NDArray[np.float32]]
Pass = TypeVar("Pass")
AHEAD = 8  # passes that are in hand at a time
PLACES = "position_ids"  # the input that takes the tokens' places, as transformers call it
TOGETHER = 128  # numbers of an activation that share a scale where they are multiplied by weights in 8 bits
_UNSEEN = np.float32(-1e9)  # what is added to the likeness of tokens that do not look at each other


class Compiled:
    """A compiled model with its requests; one that is not in use is taken before another is made."""

    def __init__(self, file: Path, options: Mapping[str, str]) -> None:
        """`options` are openvino's own, by their names; of several passes at a time, `NUM_STREAMS`, the threads give way to all others."""
        fixed = {"DYNAMIC_QUANTIZATION_GROUP_SIZE": str(TOGETHER)}
        compile_model = functools.partial(library().Core().compile_model, file, "CPU", {**fixed, **options})
        self.at_once = int(options["NUM_STREAMS"])
        self._model = compile_model() if self.at_once == 1 else giving_way(compile_model)
        self._free: deque[Request] = deque()

    def run(self, passes: Sequence[Pass], fill: Callable[[Request, Pass], None], keep: Callable[[Pass, Outputs], None]) -> None:
        """`fill` a request for each pass, and `keep` what comes of it, in order; of several the next are at hand when one is done.

        So the model waits for no thread of Python's, of which another may be running. Safe to use from several threads.
        """
        started: deque[tuple[Pass, Request]] = deque()
        try:
            for each in passes:
                if len(started) == AHEAD:
                    self._finish(started, keep)
                request = self._taken()
                fill(request, each)
                request.start(alone=len(passes) == 1 and self.at_once == 1)
                started.append((each, request))
            while started:
                self._finish(started, keep)
        finally:
            for _, request in started:
                request.outputs()
                self._free.append(request)

    def _finish(self, started: deque[tuple[Pass, Request]], keep: Callable[[Pass, Outputs], None]) -> None:
        each, request = started.popleft()
        try:
            keep(each, request.outputs())
        finally:
            self._free.append(request)

    def _taken(self) -> Request:
        """A request that nobody else has meanwhile."""
        try:
            return self._free.pop()
        except IndexError:
            return Request(self._model)


class Request:
    """One pass at a time through a compiled model, by arrays that stay bound to it as long as their shape is the same."""

    def __init__(self, model: Any) -> None:
        self._request = model.create_infer_request()
        self._kinds = [
            (given.element_type.to_dtype(), tuple(axis.get_length() for axis in given.partial_shape[2:])) for given in model.inputs
        ]
        self._inputs: list[NDArray[Any]] = []
        self._outputs = range(len(model.outputs))
        self._begun = False

    def inputs(self, texts: int, tokens: int) -> list[NDArray[Any]]:
        """The model's inputs in order, to be filled: zeros at first, then as the last pass has left them. Shape: (texts, tokens, …)."""
        if not self._inputs or self._inputs[0].shape[:2] != (texts, tokens):
            tensor = library().Tensor
            self._inputs = [np.zeros((texts, tokens, *others), kind) for kind, others in self._kinds]
            for place, array in enumerate(self._inputs):
                self._request.set_input_tensor(place, tensor(array, shared_memory=True))
        return self._inputs

    def start(self, *, alone: bool) -> None:
        """Begin a pass; one that is `alone` is done by this thread, at once."""
        if alone:
            self._request.infer(share_outputs=True)
        else:
            self._request.start_async()
        self._begun = not alone

    def outputs(self) -> Outputs:
        """The model's outputs in order, when they are there; they hold until the next pass."""
        if self._begun:
            self._request.wait()
        return [self._request.get_output_tensor(place).data for place in self._outputs]


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
    """Write a model, what is wider than 16 bits in 16; fixed at so many texts and tokens where a shape is given."""
    if shape is not None:
        model = model.clone()
        model.reshape({given: [*shape, *given.partial_shape[2:]] for given in model.inputs})
    library().save_model(model, file, compress_to_fp16=True)


def read(file: Path) -> Any:
    """A model that was saved; its file may be written anew meanwhile."""
    openvino = library()
    core = openvino.Core()
    core.set_property({"ENABLE_MMAP": "NO"})
    return core.read_model(file)


def traced(reference: Any, *, placed: bool = False) -> tuple[Any, tuple[str, ...]]:
    """The model as openvino has it, for any number of texts of any length, and the names of its inputs in order.

    Where it is to be `placed`, one of them takes the place that each token has in its text.
    """
    openvino = library()
    import torch
    from openvino.frontend import FrontEndManager
    from openvino.frontend.pytorch.ts_decoder import TorchScriptPythonDecoder

    read = reference.preprocess(["one two three", "four"])
    features = {k: v for k, v in read.items() if isinstance(v, torch.Tensor) and v.any()}  # the kind of a token is 0 for a text alone
    if placed:
        features[PLACES] = torch.arange(read["input_ids"].shape[1]).expand(read["input_ids"].shape)
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
        given.get_node().set_element_type(openvino.Type.i32)  # as the CPU has them: else it would convert them at each pass
        targets, wide = given.get_target_inputs(), openvino.opset13.convert(given.get_node(), np.int64).output(0)
        for target in targets:
            target.replace_source_output(wide)
    converted.validate_nodes_and_infer_types()
    return converted, inputs


def parted(model: Any, name: str) -> bool:
    """Have tokens look only at those for which the input of this name has the same number; False where the model cannot be made to.

    So far it said by 1 and 0 what is text and what is filling, which still holds: filling looks at filling.
    """
    op = library().opset13
    given = next(given for given in model.inputs if name in given.names)
    one, other = (op.unsqueeze(given, op.constant(np.array(axes, dtype=np.int64))) for axes in ([1, 3], [1, 2]))
    mask = op.select(op.equal(one, other), op.constant(np.float32(0)), op.constant(_UNSEEN))
    masked = [node for node in model.get_ordered_ops() if node.get_type_name() == "ScaledDotProductAttention" and len(node.inputs()) > 3]
    for node in masked:
        node.input(3).replace_source_output(mask.output(0))
    model.validate_nodes_and_infer_types()
    return bool(masked)


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


def weights(model: Any) -> list[NDArray[np.float32]]:
    """A model's matrices of weights in the order of computing. Shape of each: (rows, columns)."""
    return [np.asarray(_behind(product.input_value(1)).data, dtype=np.float32) for product in _products(model)]


def together(model: Any) -> list[list[int]]:
    """The matrices of weights, by their numbers in the order of computing, of which all in a list are multiplied with the same."""
    found: dict[Any, list[int]] = {}
    for number, product in enumerate(_products(model)):
        found.setdefault(product.input_value(0), []).append(number)
    return list(found.values())


def watched(model: Any) -> Any:
    """A copy of a model that also gives out what each matrix of weights is multiplied with, in order."""
    copied = model.clone()
    copied.add_results([library().opset13.result(product.input_value(0)) for product in _products(copied)])  # add_outputs takes each once
    return copied


def narrowed(model: Any, narrow: Mapping[int, Narrow]) -> Any:
    """A copy of a model with some of its matrices of weights in 8 bits, by their numbers in the order of computing."""
    op, copied = library().opset13, model.clone()
    products = _products(copied)
    for numbers in together(copied):
        given = products[numbers[0]].input_value(0)
        divisor = next((narrow[number].divisor for number in numbers if number in narrow), None)
        divided = given if divisor is None else op.multiply(given, op.constant(1 / divisor)).output(0)
        for number in narrow.keys() & numbers:
            products[number].input(0).replace_source_output(divided)
            products[number].input(1).replace_source_output(op.convert(_widened(narrow[number]), np.float32).output(0))
    copied.validate_nodes_and_infer_types()
    return copied


def _widened(narrow: Narrow) -> Any:
    """What gives a matrix in 16 bits from one in 8.

    openvino's INT8_ASYM, by groups (docs.openvino.ai, "Weight compression"); the CPU multiplies such weights without widening
    them first, where it can.
    """
    op = library().opset13
    code, zero = (op.convert(op.constant(part), np.float16) for part in (narrow.code, narrow.zero))
    wide = op.multiply(op.subtract(code, zero), op.constant(narrow.scale))
    return op.reshape(wide, op.constant(list(narrow.shape), np.int64), special_zero=False)


def _products(model: Any) -> list[Any]:
    """The products by a matrix of weights, whose rows are what is multiplied, in the order of computing."""
    named = (node for node in model.get_ordered_ops() if node.get_type_name() == "MatMul")
    products = (node for node in named if node.get_attributes()["transpose_b"] and not node.get_attributes()["transpose_a"])
    weights = ((node, _behind(node.input_value(1))) for node in products)
    return [node for node, behind in weights if behind.get_type_name() == "Constant" and len(behind.shape) == 2]


def _behind(value: Any) -> Any:
    """The node that gives a value, conversions of its type left out."""
    node = value.get_node()
    while node.get_type_name() == "Convert":
        node = node.input_value(0).get_node()
    return node
