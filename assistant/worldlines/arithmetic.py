"""Random streams and an exponential that give the same bits on every machine.

Each hinge and each weight has a counter-based stream of its own (Philox), keyed by the seed and a stable hash of its
name. So what is drawn for one hinge depends neither on the order of the hinges nor on what happens elsewhere: two runs
that differ in a lever share all their luck, and their difference is the lever's doing (common random numbers).

NumPy's own `exp` takes another path on another processor and may differ in the last bit, which would now and then turn
an outcome. `exponential` uses only additions, multiplications and roundings, which IEEE 754 fixes to the bit.
What may still differ between NumPy releases is the way it makes normal numbers of a stream; the lock file pins it.
"""

from __future__ import annotations

import hashlib

import numpy as np
from numpy.typing import NDArray

__all__ = ["Bools", "Floats", "Floats64", "Outcomes", "exponential", "normals", "uniforms"]

Floats = NDArray[np.float32]
Floats64 = NDArray[np.float64]
Bools = NDArray[np.bool_]
Outcomes = NDArray[np.int8]

LARGEST_LOGIT = 40.0
"""Logits are held within this: e**40 is odds of 10**17, and its square still fits float32."""

_LOG2_E = np.float32(1.44269504088896341)
_LN2_HIGH = np.float32(0.693359375)
_LN2_LOW = np.float32(-2.12194440e-4)
# Coefficients of the Cephes library's expf on |r| <= ln(2)/2, highest power first; relative error below 2e-7.
_TERMS = tuple(
    np.float32(term)
    for term in (1.9875691500e-4, 1.3981999507e-3, 8.3334519073e-3, 4.1665795894e-2, 1.6666665459e-1, 5.0000001201e-1)
)


def exponential(x: Floats) -> Floats:
    """Return e**x of a float32 array with |x| <= 80, to a relative error below 3e-7, the same bits everywhere."""
    power: Floats = np.rint(x * _LOG2_E)
    rest: Floats = x - power * _LN2_HIGH
    rest -= power * _LN2_LOW
    value: Floats = rest * _TERMS[0]
    for term in _TERMS[1:]:
        value += term
        value *= rest
    value *= rest
    value += rest
    value += np.float32(1)
    # 2**power, written straight into the exponent bits.
    bits = power.astype(np.int32)
    bits += np.int32(127)
    bits <<= np.int32(23)
    value *= bits.view(np.float32)
    return value


def uniforms(seed: int, name: str, shape: tuple[int, ...]) -> Floats:
    """Return uniform numbers in [0, 1) of the stream of this name."""
    return _stream(seed, name).random(shape, dtype=np.float32)


def normals(seed: int, name: str, shape: tuple[int, ...]) -> Floats:
    """Return standard normal numbers of the stream of this name."""
    return _stream(seed, name).standard_normal(shape).astype(np.float32)


def _stream(seed: int, name: str) -> np.random.Generator:
    """Open the stream: a Philox generator whose 128-bit key is the seed and the hash of the name."""
    label = int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little")
    key = np.array([seed % 2**64, label], dtype=np.uint64)
    return np.random.Generator(np.random.Philox(key=key))
