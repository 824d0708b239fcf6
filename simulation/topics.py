"""What people write about: topics and tones, with their weights on escalation.

A topic's ``weight`` and a tone's weight are terms of the escalation logit (``incidents.py``).
Slots in braces are filled by ``texts.py``.
"""

from dataclasses import dataclass


@dataclass(frozen=True)
class Topic:
    """A subject of incidents.

    Attributes
    ----------
    kinds
        Relative frequency of petition, complaint and claim.
    problems
        Ways of saying it.
    answer
        What an agent replies, and the knowledge base's article.
    """

    name: str
    product: str
    subject: str
    share: float
    weight: float
    kinds: tuple[float, float, float]
    problems: tuple[str, ...]
    answer: str


@dataclass(frozen=True)
class Tone:
    """How it is said."""

    name: str
    share: float
    weight: float
    phrases: tuple[str, ...]


TONES = (
    Tone(
        "calm",
        0.46,
        0.0,
        (
            "Quedo atento a su respuesta.",
            "Agradezco la ayuda que me puedan dar.",
            "Gracias de antemano por su colaboración.",
            "Por favor me confirman cuando puedan.",
            "Espero que se pueda resolver pronto.",
        ),
    ),
    Tone(
        "annoyed",
        0.30,
        0.7,
        (
            "Ya es la segunda vez que escribo por lo mismo.",
            "Me parece una falta de seriedad.",
            "Llevo varios días esperando y nadie responde.",
            "No entiendo por qué demoran tanto.",
            "Estoy inconforme con la atención recibida.",
        ),
    ),
    Tone(
        "angry",
        0.16,
        1.6,
        (
            "¡Esto es un abuso, exijo una solución inmediata!",
            "Es el colmo, pésimo servicio, se burlan de los clientes.",
            "Estoy indignado, nunca me habían tratado tan mal.",
            "¡Qué descaro! Nadie se hace responsable.",
            "Son unos ladrones, exijo hablar con un supervisor.",
        ),
    ),
    Tone(
        "legal",
        0.08,
        2.6,
        (
            "Si no responden acudiré a la Superintendencia.",
            "Voy a interponer una tutela y una demanda.",
            "Mi abogado ya está enterado del caso.",
            "Presentaré recurso de reposición y en subsidio apelación.",
            "Denunciaré el caso ante la autoridad de protección al consumidor.",
        ),
    ),
)
