"""The side of python-task-queue in dev/python/interop.

interop.py insert QUEUE DIRECTORY FROM TO SECONDS
interop.py work QUEUE LEASE
interop.py status QUEUE
"""
import os
import sys
import time

from taskqueue import RegisteredTask, TaskQueue


class Mark(RegisteredTask):
    """Takes a while, then leaves a line in a file of its own."""

    def __init__(self, directory, n, seconds):
        super().__init__(directory, n, seconds)

    def execute(self):
        time.sleep(self.seconds)
        with open(os.path.join(self.directory, str(self.n)), "a") as mark:
            mark.write(f"python {os.getpid()}\n")


def main(verb, path, *words):
    queue = TaskQueue("fq://" + path, progress=False)
    if verb == "insert":
        directory, first, last, seconds = words
        numbers = range(int(first), int(last) + 1)
        queue.insert([Mark(directory, n, float(seconds)) for n in numbers])
    elif verb == "work":
        queue.poll(lease_seconds=int(words[0]), tally=True, stop_fn=queue.is_empty)
    elif verb == "status":
        print(queue.inserted, queue.completed, queue.enqueued, queue.leased)


if __name__ == "__main__":
    main(*sys.argv[1:])
