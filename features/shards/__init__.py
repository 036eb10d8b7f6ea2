"""HoG of any number of pictures: a folder of shards, which survives any interruption.

A plan says what is to be done, once and for all: inputs, settings, version. Each
shard of the inputs has a data file, an index with a line for every input, and a
receipt with their hashes. The receipt is written last: a shard without one has
not been done. So whoever died, was interrupted or ran out of disk, on whichever
machine, the same command goes on, to the same bytes.

    FOLDER/plan.json
    FOLDER/inputs/00042.jsonl
    FOLDER/data/00042.npy
    FOLDER/index/00042.jsonl
    FOLDER/receipts/00042.json
"""

from .compute import compute_shard
from .opening import open_shards
from .plan import ShardPlan, make_plan
from .plan_files import is_shard_folder, read_plan, write_plan
from .run import run_shards
from .verify import verify_shards

__all__ = [
    "ShardPlan",
    "compute_shard",
    "is_shard_folder",
    "make_plan",
    "open_shards",
    "read_plan",
    "run_shards",
    "verify_shards",
    "write_plan",
]
