"""The player in a page: one component of this project's own script and style, nothing from outside.

The sound goes to the browser inside the page's own connection, and never has an address that
somebody else could open.
"""

import base64
import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import streamlit as st

from operations.conversation.opening import Shown

HERE = Path(__file__).parent
NAME = "abcall_player"


def asked_for(key: str) -> bool:
    """Say whether somebody has asked this player for its sound; forgotten when they leave."""
    state: Any = st.session_state.get(key) or {}
    return bool(state.get("listening"))


def player(told: Mapping[str, Any], key: str, sound: Shown | None, problem: str | None) -> None:
    """Show a player.

    Parameters
    ----------
    told
        ``told.recording_of``.
    problem
        Why there is no sound although it was asked for.
    """
    style = (HERE / "player.css").read_text(encoding="utf-8")
    script = (HERE / "player.js").read_text(encoding="utf-8")
    mount = st.components.v2.component(NAME, css=style, js=script)
    data = {**told, "drawn": _digest(told), "problem": problem, "sound": _written(sound)}
    mount(key=key, data=data, default={"listening": False}, on_listening_change=_again)


def _again() -> None:
    """Let the page be made again with the sound."""


def _written(sound: Shown | None) -> dict[str, str] | None:
    if sound is None:
        return None
    return {"type": sound.media_type, "base64": base64.b64encode(sound.content).decode()}


def _digest(told: Mapping[str, Any]) -> str:
    return hashlib.sha256(json.dumps(told, sort_keys=True).encode()).hexdigest()
