"""The Python side of src/peers/serve.ts: answers lines of JSON on standard input, one line each."""

import json
import os
import statistics
import sys
import time

import numpy as np


def tensors(job):
    """Weights by name, the images and the targets (None: the images), as NumPy arrays of the job's file."""
    numbers = np.fromfile(job["file"], dtype="<f4")

    def load(stored):
        begin = stored["offset"]
        return numbers[begin : begin + int(np.prod(stored["shape"]))].reshape(stored["shape"])

    weights = {stored["name"]: load(stored) for stored in job["weights"]}
    return weights, load(job["images"]), load(job["targets"]) if "targets" in job else None


def fastest(makers, runs=3):
    """Of several ways to set an engine up, the one whose step is fastest here. One that fails is passed over."""
    failures = []

    def seconds(make):
        try:
            engine = make()
            times = []
            for _ in range(2 + runs):
                started = time.perf_counter()
                engine.step()
                times.append(time.perf_counter() - started)
        except Exception as error:
            failures.append(error)
            return float("inf")
        # The first two warm up.
        return statistics.median(times[2:])

    best = min(makers, key=seconds)
    if len(failures) == len(makers):
        raise failures[0]
    return best()


def serve(start):
    """`start(job, weights, images, targets)` gives an object with `version`, `forward()`, `step()` and `losses(count)`."""
    # Libraries print to standard output as well; answers have a channel of their own.
    answers = os.fdopen(os.dup(1), "w")
    os.dup2(2, 1)
    engine = None
    for line in sys.stdin:
        request = json.loads(line)
        try:
            if request["do"] == "start":
                job = request["job"]
                engine = start(job, *tensors(job))
                reply = {"version": engine.version}
            elif request["do"] == "output":
                np.ascontiguousarray(engine.forward(), dtype="<f4").tofile(request["file"])
                reply = {}
            elif request["do"] == "losses":
                reply = {"losses": engine.losses(request["count"])}
            elif request["do"] == "time":
                run = engine.step if request["task"] == "step" else engine.forward
                reply = {"milliseconds": times(run, request["milliseconds"])}
            else:
                reply = {"bytes": peak_memory()}
        except Exception as error:  # The harness names it beside the engine, and goes on with the others.
            reply = {"error": f"{type(error).__name__}: {error}"}
        answers.write(json.dumps(reply) + "\n")
        answers.flush()


def times(run, milliseconds):
    """Milliseconds of single runs, for about so long."""
    found = []
    while sum(found) < milliseconds:
        started = time.perf_counter()
        run()
        found.append((time.perf_counter() - started) * 1000)
    return found


def peak_memory():
    """Largest resident size in bytes; 0 where Python cannot tell."""
    try:
        import resource
    except ImportError:
        return 0
    size = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return size if sys.platform == "darwin" else size * 1024
