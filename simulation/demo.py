"""The demo's data: three tenants, a year, two rounds of deliveries, and the truth apart."""

from pathlib import Path

import numpy as np

from simulation import demo_banking, demo_snapshot, demo_telecom
from simulation.account import Account, Rejected
from simulation.delivery import Delivery, GeneratedTenant, Hints, Truth

__all__ = ["Account", "Delivery", "GeneratedTenant", "Hints", "Rejected", "Truth", "generate_demo"]


def generate_demo(
    folder: Path, *, seed: int = 7, scale: float = 1.0
) -> tuple[GeneratedTenant, ...]:
    """Write the three tenants' files under ``folder/<tenant>`` and return what they are.

    Parameters
    ----------
    folder
        Made where it is absent; files of the same name are written over.
    seed
        The same seed and scale give the same bytes.
    scale
        Size: at 1, customers number 2,500, 3,000 and 2,000.
    """
    makers = (
        ("andina-movil", demo_telecom.generate),
        ("caribe-conecta", demo_snapshot.generate),
        ("banco-quindio", demo_banking.generate),
    )
    streams = np.random.SeedSequence(seed).spawn(len(makers))
    return tuple(
        make(np.random.default_rng(stream), folder / name, scale)
        for (name, make), stream in zip(makers, streams, strict=True)
    )
