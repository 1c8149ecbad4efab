#!/usr/bin/env python3
"""Makes the small voice of the tests: a network of the shape of a Piper voice (VITS) with random weights.

    python3 -m venv /tmp/venv && /tmp/venv/bin/pip install onnx==1.23.2 numpy==2.4.6
    /tmp/venv/bin/python scripts/small_voice.py tests/fixtures/voices/small
    /tmp/venv/bin/python scripts/small_voice.py --medium /tmp/medium        # as large as a voice of quality medium

It hums instead of speaking, but it has what a real one has: a text encoder with relative attention, a
duration predictor with noise and a masked spline, the rounding up of lengths, the spreading of symbols
over frames, a coupling flow, an upsampling decoder, two speakers; and the operators that exporters write
for them. The same seed and versions give the same bytes.
"""
import argparse
import dataclasses
import json
import pathlib

import numpy as np
import onnx
from onnx import TensorProto, helper, numpy_helper

SYMBOLS = 160
HEADS = 2
WINDOW = 4
BINS = 4
TAIL = 3.0
SPEAKERS = 2
UPSAMPLING = ((8, 16), (8, 16), (4, 8))
HOP = 256
RATE_HZ = 22050
# Frames a symbol lasts, about; what the sum of all weights makes of the level.
FRAMES = 2.6
LOUDNESS = 0.1
SEED = 20260101



@dataclasses.dataclass(frozen=True)
class Shape:
    """How large a network is, and the quality that its file claims."""

    quality: str
    channels: int
    encoder_layers: int
    filter: int
    couplings: int
    coupling_layers: int
    decoder: int
    # Kernel and dilations of the blocks between two upsamplings, whose mean counts.
    blocks: tuple[tuple[int, tuple[int, ...]], ...]


SMALL = Shape("x_low", 32, 1, 64, 2, 1, 64, ((3, (1, 3)),))
# The sizes of Piper's quality medium; its duration predictor, which costs next to nothing, stays small.
MEDIUM = Shape("medium", 192, 6, 768, 4, 4, 256, ((3, (1, 2)), (5, (2, 6)), (7, (3, 12))))

PHONEMES = (
    " !'(),-.:;?"
    "abcdefhijklmnopqrstuvwxyz"
    "æçðøħŋœɐɑɒɓɔɕɖɗɘəɚɛɜɞɟɡɢɣɤɥɦɧɨɪɫɬɭɮɯɰɱɲɳɴɵɶɸɹɺɻɽɾʀʁʂʃʄʈʉʊʋʌʍʎʏʐʑʒʔʕʝʟᵻβθχ"
    "ˈˌːˑʰʲˤ˞"
    "\u0303\u0327\u0329\u032a\u032f"
)


class Network:
    """A graph that grows node by node."""

    def __init__(self, shape: Shape) -> None:
        self.shape = shape
        self.channels = shape.channels
        self.random = np.random.Generator(np.random.PCG64(SEED))
        self.nodes: list[onnx.NodeProto] = []
        self.weights: list[onnx.TensorProto] = []

    def op(self, kind: str, *inputs: str, outputs: int = 1, **attributes) -> str | list[str]:
        names = [f"/{kind}_{len(self.nodes)}_output_{i}" for i in range(outputs)]
        self.nodes.append(helper.make_node(kind, list(inputs), names, name=f"/{kind}_{len(self.nodes)}", **attributes))
        return names[0] if outputs == 1 else names

    def constant(self, values, dtype=np.int64) -> str:
        name = f"constant_{len(self.weights)}"
        self.weights.append(numpy_helper.from_array(np.array(values, dtype=dtype), name))
        return name

    def floats(self, values) -> str:
        return self.constant(values, np.float32)

    def weight(self, *shape: int, scale: float = 1.0) -> str:
        fan_in = int(np.prod(shape[1:])) or 1
        values = self.random.standard_normal(shape) * scale / np.sqrt(fan_in)
        return self.floats(values)

    def conv(self, x: str, into: int, out: int, kernel: int, dilation: int = 1, group: int = 1, scale: float = 1.0) -> str:
        pad = dilation * (kernel - 1) // 2
        weight = self.weight(out, into // group, kernel, scale=scale)
        return self.op("Conv", x, weight, self.floats(self.random.standard_normal(out) * 0.05),
                       kernel_shape=[kernel], dilations=[dilation], pads=[pad, pad], strides=[1], group=group)

    def size(self, x: str, axis: int) -> str:
        """The length of an axis, as a vector of one."""
        return self.op("Unsqueeze", self.op("Gather", self.op("Shape", x), self.constant(axis), axis=0),
                       self.constant([0]))

    def concat(self, *parts: str, axis: int = 0) -> str:
        return self.op("Concat", *parts, axis=axis)

    def slice(self, x: str, start: str, end: str, axis: int) -> str:
        return self.op("Slice", x, start, end, self.constant([axis]))

    def norm(self, x: str, channels: int) -> str:
        """Layer norm over the channels, axis 1, as exporters of opset 15 write it."""
        x = self.op("Transpose", x, perm=[0, 2, 1])
        centred = self.op("Sub", x, self.op("ReduceMean", x, axes=[-1], keepdims=1))
        variance = self.op("ReduceMean", self.op("Pow", centred, self.floats(2.0)), axes=[-1], keepdims=1)
        deviation = self.op("Sqrt", self.op("Add", variance, self.floats(1e-5)))
        gain = self.floats(1 + 0.1 * self.random.standard_normal(channels))
        scaled = self.op("Add", self.op("Mul", self.op("Div", centred, deviation), gain), self.floats(np.zeros(channels)))
        return self.op("Transpose", scaled, perm=[0, 2, 1])

    def gelu(self, x: str) -> str:
        erf = self.op("Erf", self.op("Div", x, self.floats(np.sqrt(2.0))))
        return self.op("Mul", self.op("Mul", x, self.op("Add", erf, self.floats(1.0))), self.floats(0.5))

    def split(self, x: str, left: int, right: int) -> list[str]:
        return self.op("Split", x, self.constant([left, right]), outputs=2, axis=1)


def attention(net: Network, x: str) -> str:
    """Self-attention with learned relative positions (Shaw and others 2018)."""
    channels = net.channels
    width = channels // HEADS
    n = net.size(x, 2)

    def heads(y: str) -> str:
        shape = net.concat(net.constant([1, HEADS, width]), n)
        return net.op("Transpose", net.op("Reshape", y, shape), perm=[0, 1, 3, 2])

    query, key, value = (heads(net.conv(x, channels, channels, 1)) for _ in range(3))
    query = net.op("Div", query, net.floats(np.sqrt(width)))
    scores = net.op("MatMul", query, net.op("Transpose", key, perm=[0, 1, 3, 2]))
    # The window's positions, padded with nothing or cut to 2n − 1 of them.
    more = net.op("Sub", n, net.constant([WINDOW + 1]))
    pad = net.op("Relu", net.op("Cast", more, to=TensorProto.FLOAT))
    pad = net.op("Cast", pad, to=TensorProto.INT64)
    start = net.op("Relu", net.op("Cast", net.op("Neg", more), to=TensorProto.FLOAT))
    start = net.op("Cast", start, to=TensorProto.INT64)
    positions = net.op("Pad", net.weight(1, 2 * WINDOW + 1, width, scale=width**0.5),
                       net.concat(net.constant([0]), pad, net.constant([0, 0]), pad, net.constant([0])))
    span = net.op("Sub", net.op("Mul", n, net.constant([2])), net.constant([1]))
    positions = net.slice(positions, start, net.op("Add", start, span), 1)
    relative = net.op("MatMul", query, net.op("Transpose", net.op("Unsqueeze", positions, net.constant([0])),
                                              perm=[0, 1, 3, 2]))
    # From relative to absolute positions: pad, flatten, pad, fold, cut.
    relative = net.op("Pad", relative, net.constant([0, 0, 0, 0, 0, 0, 0, 1]))
    flat = net.op("Reshape", relative, net.constant([1, HEADS, -1]))
    one_less = net.op("Sub", n, net.constant([1]))
    flat = net.op("Pad", flat, net.concat(net.constant([0, 0, 0, 0, 0]), one_less))
    folded = net.op("Reshape", flat, net.concat(net.constant([1, HEADS]), net.op("Add", n, net.constant([1])), span))
    folded = net.slice(net.slice(folded, net.constant([0]), n, 2), one_less, net.constant([2**40]), 3)
    weights = net.op("Softmax", net.op("Add", scores, folded), axis=-1)
    mixed = net.op("Transpose", net.op("MatMul", weights, value), perm=[0, 1, 3, 2])
    mixed = net.op("Reshape", mixed, net.concat(net.constant([1, channels]), n))
    return net.conv(mixed, channels, channels, 1)


def encoder(net: Network, mask: str) -> str:
    channels, inner = net.channels, net.shape.filter
    embedded = net.op("Gather", net.weight(SYMBOLS, channels, scale=channels**0.5), "input", axis=0)
    x = net.op("Mul", net.op("Transpose", embedded, perm=[0, 2, 1]), mask)
    for _ in range(net.shape.encoder_layers):
        x = net.norm(net.op("Add", x, attention(net, x)), channels)
        hidden = net.op("Relu", net.conv(net.op("Mul", x, mask), channels, inner, 3))
        x = net.norm(net.op("Add", x, net.conv(hidden, inner, channels, 3)), channels)
    return x


def spline(net: Network, noise: str, x: str) -> str:
    """Noise [1, 1, n], bent where it lies within the tails by a line of `BINS` pieces that the text chooses."""
    inside = net.op("And", net.op("GreaterOrEqual", noise, net.floats(-TAIL)),
                    net.op("LessOrEqual", noise, net.floats(TAIL)))
    where = net.op("Transpose", net.op("NonZero", inside), perm=[1, 0])
    parameters = net.op("Transpose", net.conv(x, net.channels, 2 * BINS, 1), perm=[0, 2, 1])
    parameters = net.op("Unsqueeze", parameters, net.constant([1]))
    own = net.op("GatherND", parameters, where)
    value = net.op("Unsqueeze", net.op("GatherND", noise, where), net.constant([1]))

    def sides(start: int) -> tuple[str, str]:
        part = net.slice(own, net.constant([start]), net.constant([start + BINS]), 1)
        share = net.op("Mul", net.op("Softmax", part, axis=-1), net.floats(2 * TAIL))
        ends = net.op("CumSum", share, net.constant(1))
        return share, net.op("Sub", net.op("Sub", ends, share), net.floats(TAIL))

    widths, lefts = sides(0)
    heights, bottoms = sides(BINS)
    reached = net.op("Cast", net.op("GreaterOrEqual", value, lefts), to=TensorProto.INT64)
    index = net.op("Sub", net.op("ReduceSum", reached, net.constant([1]), keepdims=1), net.constant([1]))
    index = net.op("Where", net.op("Less", index, net.constant([0])), net.constant([0]), index)
    width, left, height, bottom = (net.op("GatherElements", y, index, axis=1) for y in (widths, lefts, heights, bottoms))
    slope = net.op("Div", height, net.op("Add", width, net.floats(1e-3)))
    bent = net.op("Add", bottom, net.op("Mul", net.op("Sub", value, left), slope))
    return net.op("ScatterND", noise, where, net.op("Squeeze", bent, net.constant([1])))


def durations(net: Network, x: str, mask: str, length_scale: str, noise_w: str) -> str:
    """Frames of every symbol, rounded up: the graph's only Ceil."""
    channels = net.channels
    hidden = net.conv(x, channels, channels, 3, group=channels)
    hidden = net.op("Add", x, net.gelu(net.norm(hidden, channels)))
    shape = net.concat(net.constant([1, 1]), net.size(x, 2))
    zeros = net.op("ConstantOfShape", shape, value=helper.make_tensor("value", TensorProto.FLOAT, [1], [0.0]))
    noise = net.op("Mul", net.op("RandomNormalLike", zeros, dtype=TensorProto.FLOAT), noise_w)
    bent = net.op("Mul", spline(net, noise, hidden), net.floats(0.15))
    spread = net.op("Softplus", net.conv(hidden, channels, 1, 1))
    log = net.op("Add", net.op("Mul", net.op("Add", spread, bent), net.floats(0.4)), net.floats(np.log(FRAMES) - 0.3))
    frames = net.op("Mul", net.op("Mul", net.op("Exp", log), mask), length_scale)
    return net.op("Ceil", frames)


def path(net: Network, frames: str) -> str:
    """[1, symbols, frames]: which frame is which symbol's."""
    total = net.op("Clip", net.op("ReduceSum", frames, net.constant([1, 2]), keepdims=0), net.floats(1.0))
    total = net.op("Squeeze", net.op("Cast", total, to=TensorProto.INT64), net.constant([0]))
    at = net.op("Range", net.constant(0), total, net.constant(1))
    at = net.op("Cast", net.op("Unsqueeze", at, net.constant([0, 1])), to=TensorProto.FLOAT)
    ends = net.op("Transpose", net.op("CumSum", frames, net.constant(2)), perm=[0, 2, 1])
    before_end = net.op("Cast", net.op("Less", at, ends), to=TensorProto.FLOAT)
    shifted = net.op("Pad", before_end, net.constant([0, 1, 0, 0, 0, 0]))
    shifted = net.slice(shifted, net.constant([0]), net.constant([-1]), 1)
    return net.op("Sub", before_end, shifted)


def flow(net: Network, z: str) -> str:
    channels = net.channels
    half = channels // 2
    backwards = net.constant(np.arange(channels)[::-1])
    for _ in range(net.shape.couplings):
        z = net.op("Gather", z, backwards, axis=1)
        left, right = net.split(z, half, half)
        hidden = net.conv(left, half, channels, 1)
        for _ in range(net.shape.coupling_layers):
            gates = net.conv(hidden, channels, 2 * channels, 5)
            tanh, sigmoid = net.split(gates, channels, channels)
            gated = net.op("Mul", net.op("Tanh", tanh), net.op("Sigmoid", sigmoid))
            hidden = net.op("Add", hidden, net.conv(gated, channels, channels, 1))
        right = net.op("Sub", right, net.conv(hidden, channels, half, 1))
        z = net.concat(left, right, axis=1)
    return z


def block(net: Network, x: str, width: int, kernel: int, dilations: tuple[int, ...]) -> str:
    for dilation in dilations:
        hidden = net.op("LeakyRelu", x, alpha=0.1)
        x = net.op("Add", x, net.conv(hidden, width, width, kernel, dilation))
    return x


def decoder(net: Network, z: str, speaker: str) -> str:
    width = net.shape.decoder
    x = net.op("Add", net.conv(z, net.channels, width, 7), net.conv(speaker, net.channels, width, 1))
    for stride, kernel in UPSAMPLING:
        x = net.op("LeakyRelu", x, alpha=0.1)
        weight = net.weight(width, width // 2, kernel, scale=2.0)
        pad = (kernel - stride) // 2
        width //= 2
        x = net.op("ConvTranspose", x, weight, net.floats(np.zeros(width)), kernel_shape=[kernel],
                   strides=[stride], pads=[pad, pad], dilations=[1], group=1)
        first, *others = [block(net, x, width, kernel, dilations) for kernel, dilations in net.shape.blocks]
        for other in others:
            first = net.op("Add", first, other)
        x = net.op("Div", first, net.floats(len(net.shape.blocks))) if others else first
    x = net.conv(net.op("LeakyRelu", x, alpha=0.01), width, 1, 7, scale=LOUDNESS)
    return net.op("Tanh", x)


def model(shape: Shape) -> onnx.ModelProto:
    net = Network(shape)
    channels = net.channels
    scale = {name: net.op("Gather", "scales", net.constant(i), axis=0)
             for i, name in enumerate(("noise_scale", "length_scale", "noise_w"))}
    n = net.op("Squeeze", net.size("input", 1), net.constant([0]))
    at = net.op("Unsqueeze", net.op("Range", net.constant(0), n, net.constant(1)), net.constant([0]))
    known = net.op("Less", at, net.op("Unsqueeze", "input_lengths", net.constant([1])))
    mask = net.op("Cast", net.op("Unsqueeze", known, net.constant([1])), to=TensorProto.FLOAT)
    x = encoder(net, mask)
    frames = durations(net, x, mask, scale["length_scale"], scale["noise_w"])
    way = path(net, frames)
    mean, log = net.split(net.op("MatMul", net.conv(x, channels, 2 * channels, 1), way), channels, channels)
    noise = net.op("Mul", net.op("RandomNormalLike", mean, dtype=TensorProto.FLOAT), net.op("Exp", log))
    z = net.op("Add", mean, net.op("Mul", noise, scale["noise_scale"]))
    speaker = net.op("Gather", net.weight(SPEAKERS, channels, scale=channels**0.5), "sid", axis=0)
    sound = decoder(net, flow(net, z), net.op("Unsqueeze", speaker, net.constant([-1])))
    last = helper.make_node("Unsqueeze", [sound, net.constant([1])], ["output"], name="/Unsqueeze_output")
    graph = helper.make_graph(
        [*net.nodes, last], "main_graph",
        [helper.make_tensor_value_info("input", TensorProto.INT64, ["batch_size", "phonemes"]),
         helper.make_tensor_value_info("input_lengths", TensorProto.INT64, ["batch_size"]),
         helper.make_tensor_value_info("scales", TensorProto.FLOAT, [3]),
         helper.make_tensor_value_info("sid", TensorProto.INT64, ["batch_size"])],
        [helper.make_tensor_value_info("output", TensorProto.FLOAT, ["batch_size", 1, 1, "time"])],
        net.weights)
    made = helper.make_model(graph, opset_imports=[helper.make_opsetid("", 15)], ir_version=8,
                             producer_name="listen/scripts/small_voice.py")
    onnx.checker.check_model(made, full_check=True)
    return made


def config(shape: Shape) -> dict:
    ids = {"_": [0], "^": [1], "$": [2]} | {symbol: [3 + i] for i, symbol in enumerate(PHONEMES)}
    assert 3 + len(PHONEMES) <= SYMBOLS
    return {
        "audio": {"sample_rate": RATE_HZ, "quality": shape.quality},
        "espeak": {"voice": "en-us"},
        "inference": {"noise_scale": 0.667, "length_scale": 1, "noise_w": 0.8},
        "phoneme_type": "espeak",
        "phoneme_map": {},
        "phoneme_id_map": ids,
        "num_symbols": SYMBOLS,
        "num_speakers": SPEAKERS,
        "speaker_id_map": {"one": 0, "two": 1},
        "hop_length": HOP,
        "language": {"code": "en_US"},
        "dataset": "random",
    }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("folder", type=pathlib.Path)
    parser.add_argument("--medium", action="store_true", help="a network as large as one of quality medium")
    options = parser.parse_args()
    shape, name = (MEDIUM, "medium") if options.medium else (SMALL, "small")
    options.folder.mkdir(parents=True, exist_ok=True)
    (options.folder / f"{name}.onnx").write_bytes(model(shape).SerializeToString(deterministic=True))
    (options.folder / f"{name}.onnx.json").write_text(json.dumps(config(shape), ensure_ascii=False, indent=1) + "\n")


if __name__ == "__main__":
    main()
