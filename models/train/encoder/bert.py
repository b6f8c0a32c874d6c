"""The encoder's weights as a ``BertModel`` of transformers."""
# pyright: reportUnknownMemberType=false
# PyTorch's own types have holes.

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np
import torch
from transformers import BertConfig, BertModel

from models.train.encoder.e5s1 import E5File, E5Shape

_LAYER = (
    ("q", "attention.self.query"),
    ("k", "attention.self.key"),
    ("v", "attention.self.value"),
    ("ao", "attention.output.dense"),
    ("aln", "attention.output.LayerNorm"),
    ("fi", "intermediate.dense"),
    ("fo", "output.dense"),
    ("oln", "output.LayerNorm"),
)
_EMBEDDINGS = (
    ("emb.word", "embeddings.word_embeddings.weight"),
    ("emb.pos", "embeddings.position_embeddings.weight"),
    ("emb.type", "embeddings.token_type_embeddings.weight"),
    ("emb.ln.w", "embeddings.LayerNorm.weight"),
    ("emb.ln.b", "embeddings.LayerNorm.bias"),
)


def build_bert(file: E5File, rows: Sequence[int], layers: Sequence[int] | None = None) -> BertModel:
    """In evaluation mode, with those rows of the embedding table and (by default all) those layers."""
    layers = range(file.shape.layers) if layers is None else layers
    model: Any = BertModel(_config(file.shape, len(rows), len(layers)), add_pooling_layer=False)
    wanted = model.state_dict()
    state: dict[str, torch.Tensor] = {}
    for source, target in _names(layers):
        content = file.tensors[source]
        if source == "emb.word":
            content = content.reshape(file.shape.embedding_rows, -1)[np.asarray(rows)]
        state[target] = torch.from_numpy(content.copy()).reshape(wanted[target].shape)
    model.load_state_dict({**{name: value for name, value in wanted.items() if "_ids" in name}, **state})
    return model.eval()


def _names(layers: Sequence[int]) -> Iterator[tuple[str, str]]:
    """Tensor of the file, parameter of the model."""
    yield from _EMBEDDINGS
    for place, layer in enumerate(layers):
        for source, target in _LAYER:
            for short, long in (("w", "weight"), ("b", "bias")):
                yield f"l{layer}.{source}.{short}", f"encoder.layer.{place}.{target}.{long}"


def _config(shape: E5Shape, rows: int, layers: int) -> BertConfig:
    return BertConfig(
        vocab_size=rows,
        hidden_size=shape.hidden,
        num_hidden_layers=layers,
        num_attention_heads=shape.heads,
        intermediate_size=shape.feed_forward,
        max_position_embeddings=shape.positions,
        type_vocab_size=shape.token_types,
        layer_norm_eps=shape.norm_epsilon,
        hidden_act="gelu",
        pad_token_id=1,
    )
