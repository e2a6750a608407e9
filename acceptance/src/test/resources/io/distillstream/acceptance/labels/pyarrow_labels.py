"""Reads a file of labels, checks it, and writes one of the same labels as others would: Snappy, doubles, no logits
of its own order, a column more, and a row that is of no use."""

import sys

import pyarrow as pa
import pyarrow.parquet as pq

table = pq.read_table(sys.argv[1])
assert table.schema.field("received_at").type == pa.timestamp("us", tz="UTC"), table.schema
assert table.schema.field("logits").type.value_type == pa.float32(), table.schema
rows = table.to_pylist()
for row in rows:
    assert len(row["labels"]) == len(row["logits"]) == len(row["probabilities"]), row
    assert row["label"] in row["labels"] and row["label_space"] and not row["relabelled"], row
    assert abs(max(row["probabilities"]) - 0.5) < 1e-3, row
print(len(rows), "rows,", sum(row["ground_truth"] is not None for row in rows), "with a true label")

for row in rows:
    row["split"] = "train"
    del row["label_space"], row["embedding"], row["weights"], row["draws"]
rows.append(rows[0] | {"request_id": "of-no-use", "labels": []})
doubles = pa.list_(pa.float64())
other = pa.Table.from_pylist(rows)
for column in ("logits", "probabilities"):
    index = other.schema.get_field_index(column)
    other = other.set_column(index, column, other.column(column).cast(doubles))
pq.write_table(other, sys.argv[2], compression="snappy")
