# License AGPL-3.0 or later (https://www.gnu.org/licenses/agpl).
"""Who bears a damage, and how much of it (RMA-03, RMA-04)."""

# What becomes of the share of each party.
OUTCOMES = {
    "customer": "charge",
    "engineer": "charge",
    "carrier": "claim",
    "vendor": "claim",
    "house": "write_off",
}


def is_complete(percents: list[float]) -> bool:
    """Do the shares (in per cent) account for the whole damage?"""
    return abs(sum(percents) - 100.0) < 0.005 and all(part > 0 for part in percents)


def split(amount: float, percents: list[float], digits: int = 2) -> list[float]:
    """Share ``amount`` out by ``percents``; not a cent is lost or made.

    :param amount: the damage, in units of the currency
    :param percents: complete shares (see ``is_complete``)
    :param digits: decimals of the currency
    :returns: amounts in the order of the shares; they differ from the exact value
        by less than one smallest coin, the largest remainders get the last coins
    :raises ValueError: the shares are not complete
    """
    if not is_complete(percents):
        raise ValueError(f"shares make {sum(percents):g} per cent, not 100")
    coins = round(amount * 10**digits)
    exact = [coins * part / sum(percents) for part in percents]
    shares = [int(value) for value in exact]
    order = sorted(range(len(exact)), key=lambda index: shares[index] - exact[index])
    for index in order[: coins - sum(shares)]:
        shares[index] += 1
    return [share / 10**digits for share in shares]
