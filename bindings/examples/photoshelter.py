"""Prints the galleries of a PhotoShelter account, then logs out.

DAMSESSION_USER, DAMSESSION_PASSWORD, DAMSESSION_API_KEY and the like come from the environment.
Several threads may use one session.
"""

import sys
from concurrent.futures import ThreadPoolExecutor

import damsession


def main() -> int:
    try:
        with damsession.open(system="photoshelter", authentication="token") as session:
            response = session.get("mem/gallery/query").raise_for_status()
            galleries = response.json()["data"]["Gallery"]

            def details(gallery: dict[str, str]) -> damsession.Response:
                path = f"mem/gallery/{gallery['gallery_id']}"
                return session.get(path, params={"fields": "name"}).raise_for_status()

            with ThreadPoolExecutor(4) as pool:
                for response in pool.map(details, galleries):
                    print(response.json()["data"]["Gallery"]["name"])
            logins, logout = session.statistics.logins, session.logout()
            print(f"logins: {logins} - logout: {logout.name}", file=sys.stderr)
    except damsession.CredentialsRefused as error:
        print(f"The password is wrong and is not tried again: {error}", file=sys.stderr)
        return 1
    except damsession.DamError as error:
        print(error, file=sys.stderr)
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main())
