"""Money: stored as integer fen (分), written in 元 or 万元."""

from __future__ import annotations

from decimal import Decimal

FEN_PER_UNIT = {"元": 100, "万元": 1_000_000}


def to_fen(amount: Decimal, unit: str) -> int:
    """Turn an amount in ``unit`` (元 or 万元) into fen.

    Raises ``KeyError`` for another unit and ``ValueError`` for an amount finer than one fen.
    """
    fen = amount * FEN_PER_UNIT[unit]
    if fen != fen.to_integral_value():
        raise ValueError(f"{amount} {unit} is finer than one fen")
    return int(fen)


def from_fen(fen: int, unit: str) -> Decimal:
    """The exact amount of ``fen`` in ``unit``."""
    return Decimal(fen) / FEN_PER_UNIT[unit]
