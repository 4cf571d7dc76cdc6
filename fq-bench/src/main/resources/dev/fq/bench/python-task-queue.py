"""How long python-task-queue takes on a file queue, as one JSON object of seconds.

python3 python-task-queue.py DIRECTORY TASKS
"""
import json
import sys
import time
from functools import partial

from taskqueue import TaskQueue, queueable


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


def main():
    queue = TaskQueue("fq://" + sys.argv[1], progress=False)
    tasks = int(sys.argv[2])

    start = time.perf_counter()
    queue.insert((bound() for _ in range(tasks)), total=tasks)
    inserted = time.perf_counter()

    for _ in range(tasks):
        queue.delete(queue.lease(seconds=300), tally=True)
    worked = time.perf_counter()

    print(json.dumps({"insert": inserted - start, "work": worked - inserted}))


if __name__ == "__main__":
    main()
