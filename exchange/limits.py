"""How often one account, and one address of the network, may try to sign in: docs/adr/0052."""


def sign_in_limits(a_minute: int) -> dict[str, str]:
    """The limits as django-allauth reads them, from how many sign-ins one address may make in a minute.

    Of an account, from wherever: five failures in five minutes. It is asked first, so that what is tried on a locked
    account uses up nothing of its address. Of an address that many in a minute, of which a tenth may fail, and no more
    failures in an hour than sign-ins in a minute.
    """
    failures = max(a_minute // 10, 1)
    return {"login": f"{a_minute}/m/ip", "login_failed": f"5/5m/key,{failures}/m/ip,{a_minute}/h/ip"}
