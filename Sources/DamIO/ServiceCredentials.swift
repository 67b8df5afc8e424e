// ServiceCredentials.swift - secrets that a service manager hands to a service as files in a folder of its own: systemd
// does (LoadCredential=, systemd.exec(5)), and whatever else sets CREDENTIALS_DIRECTORY, for a container for instance.

internal import DamCore
internal import Glibc

enum ServiceCredentials {
  /// An option takes no more, and there may be a line end behind it.
  private static let longest = 16_384 + 2

  /// Sets the secret options that nothing else has given, each from the file of its name.
  static func load(into values: inout OptionValues) throws(Failure) {
    guard let folder = Environment.value("CREDENTIALS_DIRECTORY"), folder.hasPrefix("/") else { return }
    // password-command gives the password or the encryption secret, whichever is wanted; api-key-command the API key.
    let hasPassword = values.isSet("password-command")
    for option in values.vocabulary.options where option.isSecret && !values.isSet(option.name) {
      if !option.isRemembered ? hasPassword : values.isSet(option.name + "-command") { continue }
      let path = "\(folder)/\(option.name)"
      guard let text = try read(path) else { continue }
      do { try values.set(option.name, text, by: .environment) } catch {
        throw Failure(.option, "\(path): \(error.message)")
      }
    }
  }

  /// What is in the file, without a line end behind it; nil: there is no such file.
  private static func read(_ path: String) throws(Failure) -> String? {
    // Links are followed: Kubernetes exchanges the files of a secret by one. Whose they are is the manager's business.
    switch Descriptor.open(path, O_RDONLY | O_NONBLOCK, followsLinks: true) {
    case .failure(let error):
      if error.code == ENOENT || error.code == ENOTDIR { return nil }
      throw Failure(.option, "\(path) cannot be read: \(error.text)")
    case .success(let file):
      guard let status = file.status, status.st_mode & S_IFMT == S_IFREG, status.st_mode & 0o002 == 0 else {
        throw Failure(.option, "\(path) is no file, or everybody may write it; a credential must be neither")
      }
      switch file.readAll(limit: longest) {
      case .failure(let error): throw Failure(.option, "\(path) cannot be read: \(error.text)")
      case .success(var bytes):
        if bytes.last == 0x0A { bytes.removeLast() }
        if bytes.last == 0x0D { bytes.removeLast() }
        guard let text = String(validating: bytes, as: UTF8.self) else {
          throw Failure(.option, "\(path) is not valid UTF-8")
        }
        return text
      }
    }
  }
}
