"""Containers of the tree: every object knows its name and its parent, as traversal needs."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from itertools import chain
from typing import Any

from BTrees.LOBTree import LOBTree
from BTrees.OOBTree import OOBTree
from persistent import Persistent

#: Enough that simultaneous writers seldom meet in one tree. Fixed: stored keys depend on it.
SHARDS = 64


def shard_of(key: str) -> int:
    """The shard a key belongs to; the same in every process and for ever."""
    return zlib.crc32(key.encode()) % SHARDS


class Located(Persistent):
    """An object with a place in the tree."""

    __name__: str = ""
    __parent__: Any = None


class Folder(Located):
    """A small container: few children, seldom written."""

    def __init__(self) -> None:
        self._children = OOBTree()

    def __getitem__(self, name: str) -> Any:
        return self._children[name]

    def __setitem__(self, name: str, child: Any) -> None:
        if name in self._children:
            raise KeyError(f"{name} is taken")
        self._children[name] = child
        child.__name__, child.__parent__ = name, self

    def remove(self, name: str) -> None:
        """Take a child out; nothing happens when it is not there."""
        self._children.pop(name, None)

    def __contains__(self, name: str) -> bool:
        return name in self._children

    def __len__(self) -> int:
        return len(self._children)

    def get(self, name: str, default: Any = None) -> Any:
        """The child of that name, or the default."""
        return self._children.get(name, default)

    def keys(self) -> Iterator[str]:
        """Names in order."""
        return iter(self._children.keys())

    def values(self) -> Iterator[Any]:
        """Children in the order of their names."""
        return iter(self._children.values())


class ShardedFolder(Located):
    """A large container written by many at once: 64 trees chosen by a hash of the name."""

    def __init__(self) -> None:
        self._shards = tuple(OOBTree() for _ in range(SHARDS))

    def __getitem__(self, name: str) -> Any:
        return self._shards[shard_of(name)][name]

    def __setitem__(self, name: str, child: Any) -> None:
        shard = self._shards[shard_of(name)]
        if name in shard:
            raise KeyError(f"{name} is taken")
        shard[name] = child
        child.__name__, child.__parent__ = name, self

    def __delitem__(self, name: str) -> None:
        del self._shards[shard_of(name)][name]

    def __contains__(self, name: str) -> bool:
        return name in self._shards[shard_of(name)]

    def get(self, name: str, default: Any = None) -> Any:
        """The child of that name, or the default."""
        return self._shards[shard_of(name)].get(name, default)

    def values(self) -> Iterator[Any]:
        """Every child, shard by shard: in no order a reader may rely on."""
        return chain.from_iterable(shard.values() for shard in self._shards)


class Register(Persistent):
    """A large map from a text key to a plain value, sharded like ``ShardedFolder``."""

    def __init__(self) -> None:
        self._shards = tuple(OOBTree() for _ in range(SHARDS))

    def get(self, key: str) -> Any:
        """The value, or ``None``."""
        return self._shards[shard_of(key)].get(key)

    def claim(self, key: str, value: Any) -> bool:
        """Set the value if the key is free; answer whether it was."""
        return bool(self._shards[shard_of(key)].insert(key, value))

    def release(self, key: str) -> None:
        """Forget a key; nothing happens when it is not there."""
        self._shards[shard_of(key)].pop(key, None)


class Sequence(Persistent):
    """An append-only run of values numbered from 1."""

    def __init__(self) -> None:
        self._items = LOBTree()

    def append(self, value: Any) -> int:
        """Add a value and answer its number."""
        number = self.last + 1
        self._items[number] = value
        return number

    @property
    def last(self) -> int:
        """The number of the newest value; 0 when there is none."""
        return int(self._items.maxKey()) if self._items else 0

    def after(self, number: int) -> Iterator[tuple[int, Any]]:
        """Values with a greater number, oldest first."""
        return iter(self._items.items(number + 1))

    def __getitem__(self, number: int) -> Any:
        return self._items[number]

    def __iter__(self) -> Iterator[Any]:
        return iter(self._items.values())

    def __len__(self) -> int:
        return len(self._items)
