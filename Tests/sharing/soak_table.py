"""The table at the end of the soak: what happened, and which promises were kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from soak import Stage

Row = tuple[str, object, bool]


def table(
    stage: Stage, state: dict[str, Any], kills_free: dict[str, tuple[int, int]], full_run: Row
) -> bool:
    """Prints what came of it; True when every promise was kept."""
    seen, counts = stage.seen, stage.reader.counts
    marks = sum(count.lost + count.interrupted for count in counts.values())
    rows: list[Row] = [
        (
            "processes that ended by themselves",
            " ".join(f"{n} {c}" for c, n in sorted(seen.processes.items())),
            True,
        ),
        ("processes that were killed", seen.kills.total(), True),
        ("requests answered", seen.answered, seen.answered > 0),
        (
            "authentication and other failures seen by callers",
            dict(seen.failures) or 0,
            not seen.failures,
        ),
    ]
    for system, (blows, logins) in kills_free.items():
        name = f"{system}, no kills: expiries forced, logins after the first"
        rows.append((name, f"{blows}, {logins - 1}", blows == logins - 1))
    for system, count in counts.items():
        logins = state[system]["logins_ok"]
        text = f"{logins} = 1 + {len(count.refused)} refused secrets + {count.interrupted} cut off by a kill"
        rows.append(
            (
                f"{system}, all: logins against their causes",
                text,
                logins == count.logins == count.causes,
            )
        )
        rows.append(
            (f"{system}, all: lock-outs", state[system]["lockouts"], state[system]["lockouts"] == 0)
        )
    rows += fotoware_rows(stage)
    rows += [
        (
            "cookies and logins lost to kills (at most the kills)",
            marks,
            marks <= seen.kills.total(),
        ),
        ("device tokens used", state["fotoweb"]["tokens_created"], True),
        ("records damaged", seen.records_damaged, seen.records_damaged == 0),
        full_run,
    ]
    for name, value, is_kept in rows:
        print(f"{'ok    ' if is_kept else 'BROKEN'} {name:<64} {value}")
    return all(is_kept for _, _, is_kept in rows)


def fotoware_rows(stage: Stage) -> list[Row]:
    found, seen, revoked = stage.reader.renewals, stage.seen, stage.revoked
    calm, calm_causes = stage.calm
    kills = seen.kills["fotoware"]
    return [
        (
            "fotoware, no kills: renewals, tokens refused or about to end",
            f"{calm}, {calm_causes}",
            calm == calm_causes,
        ),
        (
            "fotoware, all: renewals, at most their causes",
            f"{found.renewals} <= {len(found.refused)} refused + {found.ahead} about to end"
            f" + {found.unheard} not heard of",
            found.renewals <= found.causes,
        ),
        (
            "fotoware, all: not heard of, at most answers lost and kills",
            f"{found.unheard} <= {found.lost} + {kills}",
            found.unheard <= found.lost + kills,
        ),
        (
            "fotoware, all: old refresh tokens sent, the next one stored",
            found.stale,
            found.stale == 0,
        ),
        (
            "fotoware, all: consents, the first and one for each revoked",
            f"{found.consents} = 1 + {revoked[-1]}",
            found.consents == 1 + revoked[-1] and revoked[-1] <= found.unheard,
        ),
        (
            "fotoware, no kills, and where the server forgives: revoked",
            f"{revoked[0]}, {revoked[2] - revoked[1]}",
            revoked[0] == revoked[2] - revoked[1] == 0,
        ),
        (
            "fotoware: parts that ended with the newest refresh token stored",
            f"{sum(stage.kept)} of {len(stage.kept)}",
            all(stage.kept),
        ),
        (
            "fotoware, processes that saw: a lost answer, no consent",
            f"{seen.cut['TRANSFER']}, {seen.cut['CONSENT']}",
            seen.cut["TRANSFER"] <= found.lost and (seen.cut["CONSENT"] == 0 or revoked[-1] > 0),
        ),
    ]
