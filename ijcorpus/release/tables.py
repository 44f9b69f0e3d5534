"""Rows to Arrow tables and Parquet, the same bytes for the same rows."""

from __future__ import annotations

import hashlib
import io
import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import msgspec

from ijcorpus.errors import ReleaseError
from ijcorpus.release.features import Feature, Features
from ijcorpus.release.rows import Row


def schema(features: Features) -> Any:
    """The pyarrow Schema of a configuration, with the features in `datasets`' own metadata key."""
    import pyarrow as pa

    fields = [pa.field(name, _type(feature)) for name, feature in features.items()]
    return pa.schema(fields, {"huggingface": json.dumps({"info": {"features": features}})})


def table(rows: Sequence[Row], features: Features) -> Any:
    """Rows as one pyarrow Table; labels, given by name, become their places in the features.

    Raises ReleaseError for a label that the features do not name.
    """
    import pyarrow as pa

    named = pa.schema([pa.field(name, _type(f, names=True)) for name, f in features.items()])
    for number, row in enumerate(rows):
        if tuple(row) != tuple(features):
            raise ReleaseError(f"row {number} has the columns {list(row)}, not {list(features)}")
    drawn = pa.Table.from_pylist(list(rows), schema=named).combine_chunks()
    columns = [
        _encode(_array(drawn.column(name)), feature, name) for name, feature in features.items()
    ]
    return pa.Table.from_arrays(columns, schema=schema(features))


def parquet(data: Any) -> bytes:
    """A pyarrow Table as Parquet: one row group, fixed settings, nothing of time or place."""
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(
        data,
        sink,
        row_group_size=max(1, data.num_rows),
        version="2.6",
        data_page_version="1.0",
        compression="zstd",
        compression_level=9,
    )
    return sink.getvalue()


def rows_digest(rows: Iterable[Mapping[str, Any]], features: Features) -> tuple[str, int]:
    """SHA-256 and size in bytes of the rows as JSON lines, whatever writes the Parquet.

    The features, and so the order of the label names, are part of the digest.
    """
    digest, size = hashlib.sha256(msgspec.json.encode(features)), 0
    for row in rows:
        line = b"\n" + msgspec.json.encode(row)
        digest.update(line)
        size += len(line)
    return digest.hexdigest(), size


def yaml_features(features: Features) -> list[dict[str, Any]]:
    """The features as the card's YAML has them under `dataset_info`."""
    return [{"name": name, **_yaml(feature)} for name, feature in features.items()]


def _type(feature: Feature, *, names: bool = False) -> Any:
    import pyarrow as pa

    match feature.get("_type"):
        case "Value":
            return pa.type_for_alias(feature["dtype"])
        case "ClassLabel":
            return pa.string() if names else pa.int64()
        case "List":
            return pa.list_(_type(feature["feature"], names=names))
        case _:
            fields = [pa.field(name, _type(f, names=names)) for name, f in feature.items()]
            return pa.struct(fields)


def _array(column: Any) -> Any:
    import pyarrow as pa

    return column.chunk(0) if column.num_chunks else pa.array([], column.type)


def _encode(array: Any, feature: Feature, where: str) -> Any:
    """Label names to places, through lists and structs, column by column."""
    import pyarrow as pa
    from pyarrow import compute as untyped

    compute: Any = untyped  # its functions are made at run time
    match feature.get("_type"):
        case "Value":
            return array
        case "ClassLabel":
            names = pa.array(feature["names"], pa.string())
            places = compute.index_in(array, value_set=names)
            if places.null_count != array.null_count:
                unknown = set(array.to_pylist()) - {None, *feature["names"]}
                raise ReleaseError(
                    f"{where}: the scheme does not define {sorted(unknown)}. Mend the annotation, "
                    "or add it to the scheme."
                )
            return places.cast(pa.int64())
        case "List":
            values = _encode(array.values, feature["feature"], where)
            return pa.ListArray.from_arrays(array.offsets, values)
        case _:
            fields = [_encode(array.field(n), f, f"{where}.{n}") for n, f in feature.items()]
            return pa.StructArray.from_arrays(fields, fields=list(_type(feature)))


def _yaml(feature: Feature) -> dict[str, Any]:
    match feature.get("_type"):
        case "Value":
            return {"dtype": feature["dtype"]}
        case "ClassLabel":
            names = {str(place): name for place, name in enumerate(feature["names"])}
            return {"dtype": {"class_label": {"names": names}}}
        case "List":
            inner = _yaml(feature["feature"])
            short = {"dtype", "struct"} & set(inner) if len(inner) == 1 else set[str]()
            return {"list": inner[short.pop()] if short else inner}
        case _:
            return {"struct": [{"name": name, **_yaml(f)} for name, f in feature.items()]}
