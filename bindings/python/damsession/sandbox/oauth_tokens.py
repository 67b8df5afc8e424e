"""The codes, access tokens and refresh tokens of an OAuth server: how they are issued, renewed and
ended.

All tokens that come from one consent, or from one login of a script, are a family. When somebody
sends a refresh token that was replaced, two programs have it, one of which may be a thief: under
the rotation `single-use` the whole family then ends.
"""

from __future__ import annotations

from typing import Callable, Protocol

from .accounts import Application
from .clock import Clock
from .oauth_families import Access, Code, Family, Refresh

REFUSED, REVOKED, REUSED = "refused", "revoked", "reused"

#: Makes the value of an access token: of a family, now, until then.
Mint = Callable[[Family, float, float], str]


class Rules(Protocol):
    """The settings of a vendor: how long tokens live, and what a renewal does."""

    @property
    def access_life(self) -> int: ...

    @property
    def refresh_tokens(self) -> str: ...

    @property
    def renewal_ends_access(self) -> str: ...


class Numbers:
    """Counts the families of all vendors together, so that a number means one of them alone."""

    def __init__(self) -> None:
        self._last = 0

    def restart(self) -> None:
        self._last = 0

    def take(self) -> int:
        self._last += 1
        return self._last


class TokenTable:
    """All codes and tokens, by their values, and the live families by number."""

    def __init__(self, rules: Rules, clock: Clock, numbers: Numbers, mint: Mint) -> None:
        self._rules = rules
        self._clock = clock
        self._numbers = numbers
        self._mint = mint
        self._codes: dict[str, Code] = {}
        self._access: dict[str, Access] = {}
        self._ended: set[str] = set()
        self._refresh: dict[str, Refresh] = {}
        self._families: dict[int, Family] = {}
        self.revoked = 0

    def state(self) -> dict[str, int]:
        """What the state of the system tells of the tokens."""
        families = self.all_live()
        return {
            "tokens_live": sum(len(one.access) for one in families),
            "families_live": len(families),
            "families_revoked": self.revoked,
        }

    @property
    def life(self) -> int:
        """How long a new access token works, in seconds."""
        return self._rules.access_life

    def permit(
        self, application: Application, redirect_uri: str, challenge: str, user: str
    ) -> Code:
        code = Code(application, redirect_uri, challenge, user, self._clock.now())
        self._codes[code.value] = code
        return code

    def find_code(self, value: str) -> Code | None:
        return self._codes.get(value)

    def is_fresh(self, code: Code) -> bool:
        return self._clock.now() < code.expires

    def find_refresh(self, value: str) -> Refresh | None:
        return self._refresh.get(value)

    def find_access(self, value: str) -> Access | None:
        """The access token, if it works."""
        access = self._access.get(value)
        if access is None or self._clock.now() < access.expires:
            return access
        self.end_access(access)
        return None

    def has_ended(self, value: str) -> bool:
        """Whether it was an access token."""
        return value in self._ended

    def open(self, application: Application, user: str, lasting: bool) -> Family:
        """A new family. A lasting one has a refresh token."""
        family = Family(self._numbers.take(), application, user, self._clock.now())
        self._families[family.number] = family
        self._new_access(family)
        if lasting:
            self._new_refresh(family)
        return family

    def renew(self, refresh: Refresh) -> str | None:
        """The refresh token that the response tells of, or None for none, by the rotation. The new
        access token is the family's last.
        """
        family, how = refresh.family, self._rules.refresh_tokens
        if refresh.next is not None:
            access, follower = refresh.next
            self.end_access(access)
            follower.live = False
        family.renewals += 1
        if self._rules.renewal_ends_access == "on":
            self._end_all_access(family)
        access = self._new_access(family)
        if how == "fixed":
            return refresh.value
        if how == "optional" and family.renewals % 2:
            return None
        refresh.next = access, self._new_refresh(family)
        return refresh.next[1].value

    def refusal(self, refresh: Refresh) -> str:
        """Why a refresh token does not work, or "". One that was replaced may end its family."""
        how = self._rules.refresh_tokens
        if not (refresh.live and refresh.family.live):
            return REVOKED
        if refresh.next is None:
            return ""
        access, follower = refresh.next
        if how == "single-use-grace" and not access.used and follower.next is None:
            return ""
        if how == "single-use":
            self.end_family(refresh.family)
        return REUSED

    def end_access(self, access: Access) -> None:
        family = access.family
        if self._access.pop(access.value, None) is not None:
            family.access.remove(access)
            self._ended.add(access.value)
        if not family.access and family.refresh is None:
            family.live = False
            self._families.pop(family.number, None)

    def end_family(self, family: Family) -> None:
        if self._families.pop(family.number, None) is None:
            return
        self._end_all_access(family)
        family.live = False
        self.revoked += 1

    def expire(self, user: str = "", number: int = 0) -> int:
        """Ends all access tokens, or those of a user or a family. Returns how many there were."""
        return sum(self._end_all_access(one) for one in self._chosen(user, number))

    def revoke(self, user: str = "", number: int = 0) -> int:
        """Ends all families, or those of a user, or one. Returns how many there were."""
        families = self._chosen(user, number)
        for family in families:
            self.end_family(family)
        return len(families)

    def all_live(self) -> list[Family]:
        """The families that can still be used, oldest first."""
        for value in list(self._access):
            self.find_access(value)
        return list(self._families.values())

    def _chosen(self, user: str, number: int) -> list[Family]:
        return [
            one for one in self.all_live() if user in ("", one.user) and number in (0, one.number)
        ]

    def _end_all_access(self, family: Family) -> int:
        ended = list(family.access)
        for access in ended:
            self.end_access(access)
        return len(ended)

    def _new_access(self, family: Family) -> Access:
        now = self._clock.now()
        expires = now + self._rules.access_life
        access = Access(self._mint(family, now, expires), family, expires)
        self._access[access.value] = access
        family.access.append(access)
        return access

    def _new_refresh(self, family: Family) -> Refresh:
        refresh = Refresh(family)
        self._refresh[refresh.value] = family.refresh = refresh
        return refresh
