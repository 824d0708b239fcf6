"""A server that is told to stop ends in time, whatever an engine or a training is still doing.

Streamlit stops serving, but waits for open connections, and Python then for the libraries' threads
(an engine's server, a training's pool): many seconds. What they write is committed table by table,
and a run that was cut goes on where it stopped, so nothing is lost by not waiting.

Only the main thread may handle signals in Python, and it is Streamlit's. `faulthandler` lets any
thread hear of one: it writes into a pipe and passes the signal on to Streamlit's own handler.
"""

import faulthandler
import os
import signal
import threading
import time

GRACE_SECONDS = 0.5
LAST_SECONDS = 3.0
SIGNALS = (signal.SIGTERM, signal.SIGINT)


def end_in_time() -> threading.Thread:
    """Start the thread that ends this process a little after it was told to stop."""
    heard, told = os.pipe()
    for number in SIGNALS:
        faulthandler.register(number, file=told, all_threads=False, chain=True)
    watch = threading.Thread(target=_watch, args=(heard,), daemon=True, name="ending")
    watch.start()
    return watch


def _watch(heard: int) -> None:
    """Wait for a signal, then for Streamlit to close its sessions, then end.

    Once Python has begun to finalize no thread of ours runs again: for that case the kernel is
    asked beforehand, by an alarm that nobody handles.
    """
    os.read(heard, 1)
    signal.setitimer(signal.ITIMER_REAL, LAST_SECONDS)
    time.sleep(GRACE_SECONDS)
    os._exit(0)
