"""Changeovers between product families on a work centre.

A matrix holds what was agreed: {(from, to): (minutes, cost)}, where ``None`` as from or to stands
for any other family. It need not be symmetric: black after white takes less cleaning than white
after black.
"""


def lookup(matrix, source, target):
    """Return (minutes, cost) of changing from a family to another one.

    The most exact entry counts: this pair, then from any other family to this one, then from this
    one to any other, then the default of the work centre. Without any of them, and within one
    family, it is (0.0, 0.0).

    :param matrix: {(from, to): (minutes, cost)}, cost in the company's currency
    :param source: family made before, ``None`` if it is unknown
    :param target: family made next, ``None`` if it is unknown
    """
    if source == target:
        return (0.0, 0.0)
    for pair in ((source, target), (None, target), (source, None), (None, None)):
        if pair in matrix:
            return matrix[pair]
    return (0.0, 0.0)
