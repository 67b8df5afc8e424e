// Lanes.swift - the lanes of an event loop: which is for new transfers, whose a socket is, and when one wants to act.
// It refuses to be used outside its loop's thread.

internal import DamCore

final class Lanes {
  private let poller: Poller
  /// Of each identity; new transfers go to the last one.
  private var lanes: [ObjectIdentifier: [Lane]] = [:]
  private var watched: [Int32: Lane] = [:]

  init(_ poller: Poller) { self.poller = poller }

  /// The one for new transfers; nil when libcurl cannot be started.
  func lane(_ hub: Hub) -> Lane? {
    if let lane = lanes[ObjectIdentifier(hub)]?.last, !lane.multi.isInDoubt { return lane }
    guard let lane = Lane(hub) else { return nil }
    lane.multi.drive { [unowned self, unowned lane] descriptor, events in
      self.watched[descriptor] = events == 0 ? nil : lane
      self.poller.watch(descriptor, events)
    }
    lanes[ObjectIdentifier(hub), default: []].append(lane)
    return lane
  }

  /// Takes back a handle, whichever lane it is of.
  func give(_ handle: CurlHandle, _ hub: Hub) {
    for lane in lanes[ObjectIdentifier(hub)] ?? [] {
      lane.give(handle)
      guard lane.isOver else { continue }
      watched = watched.filter { $0.value !== lane }
      lanes[ObjectIdentifier(hub)]?.removeAll { $0 === lane }
    }
  }

  /// When one of them wants to act without being asked.
  var deadline: UInt64 { lanes.values.joined().compactMap(\.multi.deadline).min() ?? .max }

  /// Returns the jobs that have something to do then.
  func act(at now: UInt64) -> [UInt64] {
    lanes.values.joined().filter { $0.multi.deadline ?? .max <= now }.flatMap { lane in
      lane.multi.actOnTime()
      return lane.takeReady()
    }
  }

  /// The same, for a descriptor that is ready.
  func act(_ descriptor: Int32, _ events: Int32) -> [UInt64] {
    guard let lane = watched[descriptor] else {
      poller.watch(descriptor, 0)
      return []
    }
    lane.multi.act(descriptor, events)
    return lane.takeReady()
  }
}
