"""What python-task-queue gets done on a file queue, as results that the report reads.

python3 python-task-queue.py DIRECTORY
"""
import json
import sys
import time
from functools import partial

from taskqueue import TaskQueue, queueable

TASKS = 5_000


@queueable
def downsample(layer_path, mip, shape, offset, fill_missing, axis, factor):
    pass


def bound():
    return partial(
        downsample,
        "gs://bucket/dataset/layer",
        3,
        [512, 512, 64],
        [10240, 20480, 128],
        True,
        "z",
        [2, 2, 1],
    )


def result(method, score, unit):
    return {
        "benchmark": "dev.fq.bench.PythonTaskQueue." + method,
        "threads": 1,
        "params": {"contender": "python-task-queue"},
        "primaryMetric": {"score": score, "scoreUnit": unit},
    }


def main():
    queue = TaskQueue("fq://" + sys.argv[1])

    start = time.perf_counter()
    queue.insert((bound() for _ in range(TASKS)), total=TASKS)
    insert_seconds = time.perf_counter() - start

    start = time.perf_counter()
    for _ in range(TASKS):
        queue.delete(queue.lease(seconds=300))
    work_seconds = time.perf_counter() - start

    print(f"insert: {TASKS / insert_seconds:,.0f} tasks/s", file=sys.stderr)
    print(f"lease and delete: {work_seconds / TASKS * 1e6:,.0f} us a task", file=sys.stderr)
    print(
        json.dumps(
            [
                result("insert", TASKS / insert_seconds, "ops/s"),
                result("leaseComplete", work_seconds / TASKS * 1e6, "us/op"),
            ]
        )
    )


if __name__ == "__main__":
    main()
