import Foundation

#if canImport(Glibc)
  import Glibc
#endif

/// Does tries one after the other, in a process of its own. Each is noted before it begins and when it has ended, so that a
/// crash or a hang has a number.
package struct Worker {
  private let samples: Samples
  private let seed: UInt64

  package init(_ samples: Samples, seed: UInt64) {
    (self.samples, self.seed) = (samples, seed)
  }

  /// The subject of a try.
  private func subject(_ mutator: inout Mutator) -> Subject {
    var place = mutator.below(Subject.allCases.reduce(0) { $0 + $1.weight })
    for subject in Subject.allCases {
      place -= subject.weight
      if place < 0 { return subject }
    }
    return .arguments
  }

  /// - Parameters:
  ///   - printed: the file that standard output goes to; nil where it is not to be looked at.
  ///   - note: is told `INDEX SUBJECT`, and then how the try ended.
  package func run(_ tries: Range<Int>, folder: String, printed: String?, note: (String) -> Void) throws {
    let manager = FileManager.default
    for index in tries {
      try? manager.removeItem(atPath: folder)
      try manager.createDirectory(atPath: folder + "/out", withIntermediateDirectories: true)
      fflush(nil)
      if let printed {
        truncate(printed, 0)
        lseek(STDOUT_FILENO, 0, SEEK_SET)
      }
      var mutator = Mutator(seed: seed, index: index)
      let subject = subject(&mutator)
      note("\(index) \(subject.rawValue)")
      let attempt = Attempt(samples: samples, folder: folder, printed: printed ?? "")
      note(attempt.run(subject, &mutator).text)
    }
    try? manager.removeItem(atPath: folder)
  }
}
