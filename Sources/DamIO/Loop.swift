// Loop.swift - many calls on one thread, for programs that have an event loop of their own.
//
// The application watches one descriptor and calls `dispatch` when it is readable. Everything happens in there:
// starting calls, moving bytes, waiting for locks (a place in the line of threads, then one in the store's), callbacks.
// `submit`, `cancel` and `resume` only take notes. Each identity has one libcurl multi handle in the loop, hence one
// pool of connections. The loop never blocks, except for reading and writing small records. All of it is used by one
// thread at a time.

package import DamCore
internal import Glibc

package final class Loop {
  /// The process whose connections are in it; no child of that may use it.
  package let process = Process.number
  private let poller: Poller
  /// Rings with a job's ID when its turn at a lock has come.
  private let bell = Bell()
  /// Stands for this loop where one of its jobs holds a lock or waits for one.
  private let holder = LockHolder(.loop)
  /// All that were submitted and are not over, by their ID.
  private var jobs: [UInt64: Job] = [:]
  private var lastID: UInt64 = 0
  /// The descriptors that ring when a lock of the store is free, and for which job.
  private var locks: [Int32: UInt64] = [:]
  /// Jobs that have something to do in the next dispatch.
  private var pending: [UInt64] = []
  /// Jobs with a deadline, and a time before which none of these deadlines comes (it may be too early, never too late).
  private var timed: Set<UInt64> = []
  private var earliest: UInt64 = .max
  /// Jobs that another thread may cancel without telling the loop: they are looked at five times a second, next at this
  /// time.
  private var cancellable: Set<UInt64> = []
  private var nextLook: UInt64 = .max
  private let pools: LoopPools

  package init() throws(Failure) {
    guard let poller = Poller(), bell.descriptor >= 0 else {
      throw Failure(.internalError, "no descriptors are left for an event loop")
    }
    self.poller = poller
    pools = LoopPools(poller)
    poller.watch(bell.descriptor, Int32(POLLIN))
  }

  deinit {
    for job in jobs.values {
      job.stop()
      job.abandon()
    }
  }

  package var descriptor: Int32 { poller.descriptor }
  package var count: Int { jobs.count }

  /// Takes note of something to do. `done` is called once, in a later dispatch, unless the loop ends before.
  package func submit(_ session: Session, _ work: LoopWork, _ done: @escaping LoopDone) -> UInt64 {
    lastID &+= 1
    let job = Job(lastID, session, work, done)
    job.authorization?.holder.give(to: holder)
    jobs[lastID] = job
    if job.call.options.isWatched {
      cancellable.insert(lastID)
      nextLook = 0
    }
    poke(lastID)
    return lastID
  }

  /// False when there is no such call under way.
  package func cancel(_ id: UInt64) -> Bool {
    guard let job = jobs[id] else { return false }
    job.isCancelled = true
    poke(id)
    return true
  }

  /// To be called when a read or write callback that had paused the transfer is ready again. False as above.
  package func resume(_ id: UInt64) -> Bool {
    guard let job = jobs[id] else { return false }
    job.isResumed = true
    poke(id)
    return true
  }

  /// Has the job looked at in the next dispatch, which is due at once.
  private func poke(_ id: UInt64) {
    pending.append(id)
    poller.wake(at: 0)
  }

  /// Does all that can be done without waiting.
  package func dispatch() { withoutPipeSignal { holder.work(dispatchOnce) } }

  private func dispatchOnce() {
    for (descriptor, events) in poller.ready() {
      if descriptor == bell.descriptor {
        pending += bell.takeTurns()
      } else if let id = locks[descriptor] {
        pending.append(id)
      } else {
        pending += pools.act(descriptor, events)
      }
    }
    let now = Clock.monotonic
    pending += pools.act(at: now)
    if earliest <= now { pending += late(at: now) }
    if nextLook <= now { pending += unwanted(at: now) }
    // What becomes pending meanwhile waits for the next dispatch, so that one busy job cannot keep the application from
    // its own work.
    let round = pending
    pending = []
    for id in round { if let job = jobs[id] { go(job) } }
    poller.wake(at: pending.isEmpty ? nextDeadline : 0)
  }

  /// The jobs whose deadline has come.
  private func late(at now: UInt64) -> [UInt64] {
    let late = timed.filter { jobs[$0].map { $0.deadline <= now } ?? false }
    timed.subtract(late)
    earliest = timed.compactMap { jobs[$0]?.deadline }.min() ?? .max
    return Array(late)
  }

  /// The jobs that were cancelled without telling the loop.
  private func unwanted(at now: UInt64) -> [UInt64] {
    nextLook = cancellable.isEmpty ? .max : now &+ 200_000
    let unwanted = cancellable.filter { jobs[$0]?.call.options.cancellation.isSet ?? false }
    for id in unwanted { jobs[id]?.isCancelled = true }
    return Array(unwanted)
  }

  private var nextDeadline: UInt64? {
    let next = min(earliest, nextLook, pools.deadline)
    return next == .max ? nil : next
  }

  // MARK: One job

  /// Looks whether the job can go on, and lets it.
  private func go(_ job: Job) {
    if job.isCancelled {
      job.stop()
      return end(job, .failure(Cancellation.failure))
    }
    if job.isResumed {
      job.isResumed = false
      job.transfer?.resume()
    }
    switch job.state {
    case .fresh:
      take(job.begin(), job)
    case .between:
      break
    case .locking(let attempt):
      lock(job, attempt)
    case .sleeping(let until):
      if Clock.monotonic >= until { take(job.call.advance(.waited), job) }
    case .sending:
      sending(job)
    case .delivering(let provenance):
      delivering(job, provenance)
    }
  }

  /// Begins what the call waits for, or ends the job.
  private func take(_ step: Call.Step, _ job: Job) {
    timed.remove(job.id)
    if let ending = job.handOver(step) { return end(job, ending) }
    switch step {
    case .send(let request):
      send(request, job)
    case .lock(let wish):
      lock(job, LockAttempt(wish, job.call, job.authorization?.holder ?? holder, Ring(bell, job.id)))
    case .wait(let milliseconds):
      let until = Clock.monotonic &+ milliseconds &* 1000
      wait(job, .sleeping(until: until), until: until)
    case .done(.delivered(let provenance)):
      guard let transfer = job.callers else {
        return end(job, .failure(Failure(.internalError, "a response was delivered that nobody received")))
      }
      job.state = .delivering(provenance)
      job.transfer = transfer
      job.call.deliver(transfer, provenance)
      pending.append(job.id)
    case .done(.ready):
      end(job, .success(.ready))
    case .done(.loggedOut(let result)):
      end(job, .success(.loggedOut(result)))
    case .done(.consentBegun(let url)):
      end(job, .success(.asked(url: url)))
    case .done(.deviceBegun(let question)):
      end(job, .success(.deviceAsked(question)))
    case .done(let outcome):
      end(job, .failure(Session.failure(outcome)))
    }
  }

  private func wait(_ job: Job, _ state: Job.State, until: UInt64) {
    job.state = state
    job.deadline = until
    timed.insert(job.id)
    earliest = min(earliest, until)
  }

  private func lock(_ job: Job, _ attempt: LockAttempt) {
    switch attempt.poll(mayBlock: false) {
    case .waiting(let rest):
      listen(job, rest.descriptor)
      wait(job, .locking(attempt), until: rest.until)
    case .done(let locking, let held):
      listen(job, -1)
      job.state = .between
      take(job.call.locked(attempt.wish, locking, held), job)
    }
  }

  /// Looks at the job when this descriptor is readable; -1: not any more.
  private func listen(_ job: Job, _ descriptor: Int32) {
    guard descriptor != job.listens else { return }
    if job.listens >= 0 {
      poller.watch(job.listens, 0)
      locks[job.listens] = nil
    }
    if descriptor >= 0 {
      poller.watch(descriptor, Int32(POLLIN))
      locks[descriptor] = job.id
    }
    job.listens = descriptor
  }

  private func send(_ request: WireRequest, _ job: Job) {
    let call = job.call
    if request.isForCaller, let old = job.callers { pools.give(old.handle, call.shared) }
    guard let pool = pools.pool(call.shared) else { return take(call.advance(.failed(Call.noCurl, head: nil)), job) }
    guard let handle = pool.take(job.id) else { return take(call.advance(.failed(Call.noCurl, head: nil)), job) }
    guard let transfer = call.transfer(request, handle) else {
      pool.give(handle)
      return take(call.advance(.failed(Call.noRewind, head: nil)), job)
    }
    transfer.allowPauses()
    transfer.sink.onNews = { [weak pool, id = job.id] in pool?.note(id) }
    job.state = .sending
    job.transfer = transfer
    if request.isForCaller { job.callers = transfer }
    pool.start(handle)
    pending += pool.takeReady()
  }

  private func sending(_ job: Job) {
    guard let transfer = job.transfer, let event = transfer.event() else { return }
    if !transfer.request.isForCaller { pools.give(transfer.handle, job.call.shared) }
    job.transfer = nil
    take(job.call.advance(transfer.report(event)), job)
  }

  private func delivering(_ job: Job, _ provenance: Provenance) {
    guard let transfer = job.transfer, let event = transfer.event() else { return }
    switch event {
    case .judgeable: break
    case .failed(let failure): end(job, .failure(failure))
    case .finished:
      if let failure = transfer.sink.failure { return end(job, .failure(failure)) }
      end(job, .success(.responded(Response(transfer.sink, provenance))))
    }
  }

  private func end(_ job: Job, _ result: Result<LoopEnding, Failure>) {
    timed.remove(job.id)
    listen(job, -1)
    for transfer in [job.callers, job.transfer] { if let transfer { pools.give(transfer.handle, job.call.shared) } }
    job.abandon()
    guard let ending = job.ending(result) else { return poke(job.id) }
    jobs[job.id] = nil
    cancellable.remove(job.id)
    job.done(job.id, ending)
  }
}
