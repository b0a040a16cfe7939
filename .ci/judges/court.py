"""What all judges share: programs are run, questions are answered, and the sitting ends with the count of answers."""

import subprocess
import sys

counts = {"passed": 0, "failed": 0}


def question(name, answer, detail="", told=True):
    """One answer, on a line of its own; where there are thousands, only those that are no are told."""
    counts["passed" if answer else "failed"] += 1
    if told or not answer:
        print(f"{'ok  ' if answer else 'FAIL'} {name} {detail if not answer else ''}".rstrip(), flush=True)


def run(*command):
    """What a program answers: its exit status, and all that it printed."""
    done = subprocess.run([str(part) for part in command], capture_output=True)
    return done.returncode, (done.stdout + done.stderr).decode("utf-8", "replace")


def close(what=""):
    """Ends the program, with 1 when any answer was no."""
    print(f"{what}{counts['passed']} passed, {counts['failed']} failed")
    sys.exit(1 if counts["failed"] else 0)
