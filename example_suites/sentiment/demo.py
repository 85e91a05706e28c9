"""Judge the fine-tuned model, then a rushed checkpoint of the same training, by the same suite.

    python example_suites/sentiment/demo.py

Exits with 0 if the first is accepted and the second is not.
"""

import os
import subprocess
import sys
from pathlib import Path

from pytest_accept import explain, read_record

HERE = Path(__file__).parent


def shown(path: Path) -> str:
    """Return a path as one would type it here."""
    return os.path.relpath(path)


def judge(checkpoint: str) -> bool:
    """Run the suite on a checkpoint; return whether every criterion was accepted."""
    report = HERE / "runs" / f"{checkpoint}.json"
    command = [
        sys.executable, "-m", "pytest", "-m", "acceptance", shown(HERE), "-q",
        "--accept-model", shown(HERE / "runs" / checkpoint),
        "--accept-report", f"json:{shown(report)}",
    ]  # fmt: skip
    print(f"\n$ {' '.join(['pytest', *command[3:]])}\n", flush=True)
    status = subprocess.run(command, check=False).returncode
    if status not in (0, 1):
        sys.exit(f"pytest could not run the suite (exit status {status})")
    accepted = [each.verdict.status == "accepted" for each in read_record(report).criteria]
    if all(accepted) != (status == 0):
        sys.exit(f"the record and pytest's exit status {status} disagree")
    print(f"\n{checkpoint}: {sum(accepted)} of {len(accepted)} criteria accepted", flush=True)
    return all(accepted)


def show_smallest_edits(checkpoint: str) -> None:
    """Print what the searches and rates found: the smallest edits that flip a prediction."""
    record = read_record(HERE / "runs" / f"{checkpoint}.json")
    print(f"\nThe smallest edits that flip the {checkpoint} model, though it is accepted:\n")
    for criterion in record.criteria:
        examples = [e for evidence in criterion.verdict.evidence for e in evidence.examples]
        if any(example.edited for example in examples):
            print(explain(criterion.verdict))


if __name__ == "__main__":
    final, rushed = judge("final"), judge("rushed")
    show_smallest_edits("final")
    print(f"\nship the final model: {'yes' if final else 'NO'}")
    print(f"ship the rushed checkpoint: {'YES' if rushed else 'no'}")
    sys.exit(0 if final and not rushed else 1)
