"""The weights as ONNX, laid out as Chroma's own download is, which needs a network. Runs in an environment with torch, transformers, ONNX.

python to_onnx.py WEIGHTS FOLDER
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

import torch
from transformers import AutoModel

INPUTS = ("input_ids", "attention_mask", "token_type_ids")
FILES = ("config.json", "special_tokens_map.json", "tokenizer_config.json", "tokenizer.json", "vocab.txt")


class Whole(torch.nn.Module):
    """The model with its inputs in Chroma's order, and the token vectors as its only output."""

    def __init__(self, weights: str) -> None:
        super().__init__()
        self.model = AutoModel.from_pretrained(weights, attn_implementation="eager").eval()

    def forward(self, input_ids: torch.Tensor, attention_mask: torch.Tensor, token_type_ids: torch.Tensor) -> torch.Tensor:
        """Shape of each input: (texts, tokens); of the output: (texts, tokens, dimension)."""
        return self.model(input_ids=input_ids, attention_mask=attention_mask, token_type_ids=token_type_ids).last_hidden_state


def main(weights: Path, folder: Path) -> None:
    """Write the model below `folder`, with the files that Chroma looks for."""
    there = folder / "onnx"
    there.mkdir(parents=True, exist_ok=True)
    for name in FILES:
        shutil.copyfile(weights / name, there / name)
    texts, tokens = torch.export.Dim("texts", min=1, max=4096), torch.export.Dim("tokens", min=2, max=512)
    example = tuple(torch.ones((2, 8), dtype=torch.int64) for _ in INPUTS)
    made = torch.onnx.export(
        Whole(str(weights)), example, dynamo=True, input_names=list(INPUTS), output_names=["last_hidden_state"],
        dynamic_shapes=tuple({0: texts, 1: tokens} for _ in INPUTS),
    )  # fmt: skip
    made.save(there / "model.onnx", include_initializers=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), Path(sys.argv[2]))
