"""Whether two runs gave the same rows: a digest of every batch, without keeping any."""

from __future__ import annotations

import hashlib

import pyarrow as pa


class Fingerprint:
    """The same text for the same columns and rows in the same order, read in batches of the same size."""

    def __init__(self) -> None:
        self._digest = hashlib.sha256()

    def add(self, batch: pa.RecordBatch) -> None:
        self._digest.update(str(batch.schema).encode())
        self._digest.update(_plain(batch).serialize())

    def text(self) -> str:
        """32 characters; an empty result has one too."""
        return self._digest.hexdigest()[:32]


def _plain(batch: pa.RecordBatch) -> pa.RecordBatch:
    """A dictionary does not travel with its batch, so its words take the place of their numbers."""
    if not any(pa.types.is_dictionary(field.type) for field in batch.schema):
        return batch
    arrays = [column.dictionary_decode() if pa.types.is_dictionary(column.type) else column for column in batch.columns]
    return pa.RecordBatch.from_arrays(arrays, names=batch.schema.names)
