# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Free hours of training (TRN-01)."""


def split_hours(promised: float, used: float, hours: float) -> tuple:
    """Share ``hours`` of a training into free and chargeable ones.

    :param promised: free hours the customer was promised in all
    :param used: free hours that were given before
    :return: (free, chargeable), in hours; their sum is ``hours``
    :raises ValueError: a negative number of hours
    """
    if min(promised, used, hours) < 0:
        raise ValueError("hours are never negative")
    free = min(hours, max(promised - used, 0.0))
    return free, hours - free
