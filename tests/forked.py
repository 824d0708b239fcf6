"""A process for work that is killed: forked from a server that has imported all there is to import.

To start Python and import the lake's libraries takes longer than most of the work that is cut.
"""

from collections.abc import Callable

from benchmarks.faults.child import context

LONGEST_SECONDS = 200


def exit_code_of(work: Callable[..., object], *given: object) -> int:
    """Do the work in a process of its own and return its exit code: ``-9`` where it was killed.

    What does it must be importable by name.
    """
    process = context().Process(target=work, args=given, daemon=True)
    process.start()
    process.join(LONGEST_SECONDS)
    assert process.exitcode is not None, "it hangs"
    return process.exitcode
