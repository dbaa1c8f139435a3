"""Searching for the smallest number that does."""


def smallest(passes, low, high, guesses=()):
    """Smallest number in (low, high] that passes, or None.

    The guesses are tried first, the least first. From one that passes it goes down, and from the
    last one that does not, up, in steps that double; then what is between is halved. What is found
    always passes; it is the smallest where more never is worse.
    """
    found = None
    for guess in sorted({guess for guess in guesses if low < guess <= high}):
        if passes(guess):
            found = guess
            break
        low = guess
    low, found = _climb(passes, low, high) if found is None else _descend(passes, low, found)
    while found is not None and found - low > 1:
        middle = (low + found) // 2
        if passes(middle):
            found = middle
        else:
            low = middle
    return found


def _climb(passes, low, high):
    """(the last number that does not pass, the first one that does or None)"""
    distance = 1
    while low < high:
        probe = min(low + distance, high)
        if passes(probe):
            return low, probe
        low, distance = probe, distance * 2
    return low, None


def _descend(passes, low, found):
    """(a number that does not pass, the least one above it that is known to pass)"""
    distance = 1
    while found - low > 1:
        probe = max(low + 1, found - distance)
        if not passes(probe):
            return probe, found
        found, distance = probe, distance * 2
    return low, found
