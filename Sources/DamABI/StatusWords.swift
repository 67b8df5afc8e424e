// StatusWords.swift - what is said of each status to people, whatever language their program is in: options are named
// as dam_config_set takes them.

internal import CDam

struct StatusWords {
  let status: dam_status
  let name: StaticString
  let text: StaticString
  /// What to do about it; "" where there is nothing to do.
  let advice: StaticString

  private init(_ status: dam_status, _ name: StaticString, _ text: StaticString, _ advice: StaticString) {
    (self.status, self.name, self.text, self.advice) = (status, name, text, advice)
  }

  static let all = [
    StatusWords(
      DAM_OK, "DAM_OK", "It worked.",
      ""),
    StatusWords(
      DAM_ERR_ARGUMENT, "DAM_ERR_ARGUMENT", "An argument is missing or malformed.",
      "Correct the call where the message says."),
    StatusWords(
      DAM_ERR_OPTION, "DAM_ERR_OPTION", "An option is unknown, missing or has a bad value.",
      "Correct the option that the message names."),
    StatusWords(
      DAM_ERR_NOT_FOUND, "DAM_ERR_NOT_FOUND", "There is no such name, record or call.",
      "See which names and sessions there are; `damsession login NAME` remembers a name."),
    StatusWords(
      DAM_ERR_NOT_SUPPORTED, "DAM_ERR_NOT_SUPPORTED", "This system or authentication has no such thing.",
      "Choose another \"authentication\", or do without."),
    StatusWords(
      DAM_ERR_CALLBACK, "DAM_ERR_CALLBACK", "A callback asked to stop.",
      ""),
    StatusWords(
      DAM_ERR_INTERNAL, "DAM_ERR_INTERNAL", "The library met a state that should not exist.",
      "Please report it, with a log at the level \"debug\"."),
    StatusWords(
      DAM_ERR_CONNECT, "DAM_ERR_CONNECT", "The server could not be reached.",
      "Check \"url\", the network and \"proxy\". Nothing was sent, so that it can be tried again (\"retries\")."),
    StatusWords(
      DAM_ERR_TLS, "DAM_ERR_TLS", "The server's certificate or the TLS handshake was refused.",
      "Check \"url\" and the clock. If the server has a CA of its own, name its certificates by \"ca-file\"."),
    StatusWords(
      DAM_ERR_TIMEOUT, "DAM_ERR_TIMEOUT", "The time allowed ran out.",
      "Allow more time by what the message names, and see first whether the server has acted."),
    StatusWords(
      DAM_ERR_TRANSFER, "DAM_ERR_TRANSFER", "The connection broke before the response was whole.",
      "Try again what may be acted upon twice. A download can go on where it broke off."),
    StatusWords(
      DAM_ERR_PROTOCOL, "DAM_ERR_PROTOCOL", "The response is not what the API describes.",
      "Check that \"url\" and \"api-path\" are the API's, and that no proxy answers in its place."),
    StatusWords(
      DAM_ERR_TOO_LARGE, "DAM_ERR_TOO_LARGE", "The response is larger than allowed.",
      "Stream or download the response, or raise \"response-limit\"."),
    StatusWords(
      DAM_ERR_INSECURE, "DAM_ERR_INSECURE", "A secret would travel over plain HTTP or to another origin.",
      "Use the https URL of the session's own server. Fetch files of other servers without the session."),
    StatusWords(
      DAM_ERR_CANCELLED, "DAM_ERR_CANCELLED", "The request was cancelled.",
      ""),
    StatusWords(
      DAM_ERR_CREDENTIALS_NEEDED, "DAM_ERR_CREDENTIALS_NEEDED", "A login is needed and no credentials are at hand.",
      "Give a password: by the option, by a callback or command, or once by `damsession login NAME`."),
    StatusWords(
      DAM_ERR_CREDENTIALS_REFUSED, "DAM_ERR_CREDENTIALS_REFUSED", "The server refuses the credentials.",
      """
      Correct user and password, or client ID and secret. If they are right by now, log in with "again" \
      (DAM_LOGIN_AGAIN, --again).
      """),
    StatusWords(
      DAM_ERR_SECOND_FACTOR, "DAM_ERR_SECOND_FACTOR", "The account wants a second factor.",
      "Choose \"authentication\" oauth, where a person gives it once in a browser; or an account without one."),
    StatusWords(
      DAM_ERR_ORGANIZATION_REFUSED, "DAM_ERR_ORGANIZATION_REFUSED", "The user may not act for the organization.",
      "Open a session without \"organization\", list those that there are, and choose one."),
    StatusWords(
      DAM_ERR_API_KEY_REFUSED, "DAM_ERR_API_KEY_REFUSED", "The API key is missing or refused.",
      "Correct \"api-key\", or ask the vendor whether the key is still active."),
    StatusWords(
      DAM_ERR_TOKEN_LIMIT, "DAM_ERR_TOKEN_LIMIT", "The user has too many device tokens.",
      "Let an administrator revoke tokens that nobody uses, or raise \"token-limit\" if the server allows more."),
    StatusWords(
      DAM_ERR_SESSION_INVALID, "DAM_ERR_SESSION_INVALID", "The session was refused right after a new login.",
      "Check the account's rights and licence, and whether a proxy drops cookies or headers."),
    StatusWords(
      DAM_ERR_THROTTLED, "DAM_ERR_THROTTLED", "The server asks to slow down.",
      "Wait as long as the server asks for; \"retry-after\" does so by itself, except at a login."),
    StatusWords(
      DAM_ERR_SERVER, "DAM_ERR_SERVER", "The server failed.",
      "Try again later. If it stays so, check \"url\" and \"api-path\"."),
    StatusWords(
      DAM_ERR_HANDLE_STALE, "DAM_ERR_HANDLE_STALE",
      "The image handle belongs to a device token that is no longer in use.",
      "Ask the server for the image again, and bind its new ID."),
    StatusWords(
      DAM_ERR_REPLAY_IMPOSSIBLE, "DAM_ERR_REPLAY_IMPOSSIBLE",
      "The request had to be sent again, but its body cannot be given twice.",
      "Repeat the request, with its body from the beginning."),
    StatusWords(
      DAM_ERR_CONSENT, "DAM_ERR_CONSENT", "A person must consent to what the program does in their name.",
      "Have the person consent in a browser: `damsession login NAME`, or dam_consent_begin."),
    StatusWords(
      DAM_ERR_LICENSE, "DAM_ERR_LICENSE", "The site has no licence for the use of its API.",
      "Ask the site's administrator to get one from the vendor."),
    StatusWords(
      DAM_ERR_STORE, "DAM_ERR_STORE", "The store cannot be read or written.",
      "Correct the owner, the mode or the place of what the message names."),
    StatusWords(
      DAM_ERR_LOCKED, "DAM_ERR_LOCKED", "Somebody else holds the session, or writes the file.",
      "Try again later, or end the program that holds it; \"lock-timeout\" is how long to wait for a session."),
    StatusWords(
      DAM_ERR_RECORD_NEWER, "DAM_ERR_RECORD_NEWER", "A newer damsession wrote the stored session.",
      "Use the newer damsession, or a store of its own (\"store\")."),
  ]
}
