"""How well suggested replies match what solved each incident."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from models.replies import Asked, Reply, ReplyRanker


@dataclass(frozen=True)
class RankingQuality:
    """How well suggestions match what solved each incident.

    Attributes
    ----------
    recall
        k → share of incidents whose solving reply is among the first k.
    reciprocal_rank
        Mean of 1 ÷ rank of the solving reply; 0 where it is not suggested (MRR).
    answered
        Share of incidents with any suggestion.
    """

    recall: Mapping[int, float]
    reciprocal_rank: float
    answered: float


def quality_of(
    ranker: ReplyRanker, solved: Sequence[Reply], cuts: Sequence[int] = (1, 3, 5)
) -> RankingQuality:
    """Judge a ranker on replies that it has not indexed: does it suggest what solved the incident.

    Parameters
    ----------
    solved
        Later replies, with their questions, that were used and solved the incident. The right
        suggestion is the one that says the same.
    """
    most = max(cuts)
    found = ranker.rank_each([Asked(r.question, language=r.language) for r in solved], most)
    ranks = np.array(
        [
            next((i + 1 for i, s in enumerate(row) if s.source.identity == r.identity), np.inf)
            for row, r in zip(found, solved, strict=True)
        ]
    )
    return RankingQuality(
        recall={cut: float(np.mean(ranks <= cut)) for cut in cuts},
        reciprocal_rank=float(np.mean(1.0 / ranks)),
        answered=float(np.mean([bool(row) for row in found])),
    )
