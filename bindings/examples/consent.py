"""Asks a person to consent in a browser, the first time, then FotoWare who they are.

Later runs ask nobody: the session renews itself. DAMSESSION_SYSTEM, DAMSESSION_URL,
DAMSESSION_CLIENT_ID and the like come from the environment.
"""

import sys

import damsession


def ask(session: damsession.Session) -> None:
    page = session.begin_consent()
    print("Open this page in a browser, on any machine, and consent there within ten minutes:")
    print(page)
    address = input("Paste the address that the browser shows then; its page need not load: ")
    session.finish_consent(address)


def main() -> None:
    with damsession.open() as session:
        try:
            response = session.get("me")
        except damsession.ConsentNeeded:  # nobody has consented yet, or they must do so again
            ask(session)
            response = session.get("me")
        print(response.raise_for_status().text)


if __name__ == "__main__":
    try:
        main()
    except damsession.DamError as error:
        sys.exit(str(error))
