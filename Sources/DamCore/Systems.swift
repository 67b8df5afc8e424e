// Systems.swift - the systems that a program knows, and the vocabulary of options that they make with the engine.
// DamABI's list says which systems these are.

package struct Systems: Sendable {
  let all: [any System.Type]
  package let vocabulary: Vocabulary

  package init(_ all: [any System.Type]) {
    self.all = all
    vocabulary = Vocabulary(
      all.map { system in
        Vocabulary.Vendor(
          name: system.name, title: system.title, defaultURL: system.defaultURL, userIs: system.userIs,
          authentications: system.authenticationNames, options: system.options)
      })
  }

  package var names: [String] { all.map { $0.name } }

  func kind(_ name: String) -> (any System.Type)? { all.first { $0.name == name } }
}
