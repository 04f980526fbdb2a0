import Formats
import Foundation
import PaperStudy
import ScalingLaws

/// A study: a folder with `study.json`, which may be `{}`, and the logs of its runs.
public struct Study: Sendable, Hashable {
  /// The folder's name.
  public var name: String
  public var description: StudyDescription
  /// The folder of studies that it lies in.
  public var root: String

  /// Where studies lie unless a command line says otherwise.
  public static let folder = "Studies"

  public init(name: String, description: StudyDescription = StudyDescription(), root: String = Study.folder) {
    self.name = name
    self.description = description
    self.root = root
  }

  /// The study `name`.
  /// - Throws: ``StageError`` that lists the studies there are where it is none of them.
  public static func read(_ name: String, in root: String = Study.folder) throws(StageError) -> Study {
    let file = "\(root)/\(name)/study.json"
    guard isName(name), FileManager.default.fileExists(atPath: file) else {
      let names = names(in: root)
      throw StageError(
        "no study \"\(name)\" in \(root): "
          + (names.isEmpty ? "there is none; distill-study new makes one" : "expected \(names.joined(separator: ", "))"))
    }
    return Study(name: name, description: try StudyDescription.read(from: file), root: root)
  }

  /// The studies of a folder, in the order of the gallery: by `order`, then by name.
  public static func all(in root: String = Study.folder) throws(StageError) -> [Study] {
    var studies = [Study]()
    for name in names(in: root) { studies.append(try read(name, in: root)) }
    return studies.sorted { ($0.description.order ?? .max, $0.name) < ($1.description.order ?? .max, $1.name) }
  }

  /// Names of the folders that have a `study.json`.
  static func names(in root: String) -> [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
    return entries.filter { isName($0) && FileManager.default.fileExists(atPath: "\(root)/\($0)/study.json") }.sorted()
  }

  /// Whether a study can be called that.
  public static func isName(_ name: String) -> Bool { Name.isValid(name) }

  public var title: String { description.title ?? name }
  public var target: Double { description.target ?? 0.01 }
  public var path: String { "\(root)/\(name)" }

  /// The study's logs, in the order of their names.
  public var logs: [String] {
    let entries = (try? FileManager.default.contentsOfDirectory(atPath: path + "/logs")) ?? []
    return entries.filter { $0.hasSuffix(".jsonl") && !$0.hasPrefix(".") }.sorted().map { "\(path)/logs/\($0)" }
  }

  /// How the weaker runs of a law are chosen: two thirds of all unless `study.json` says otherwise.
  public func weakerRuns(_ law: RunRecord.Kind) -> StudyDescription.WeakerRuns.Cut {
    let cut = law == .supervised ? description.weakerRuns?.supervised : description.weakerRuns?.distillation
    return cut ?? StudyDescription.WeakerRuns.Cut(fraction: 0.6667)
  }
}

extension Study {
  /// The paper's law that the study draws; nil where it draws its own.
  public var paperLaw: PaperLaw? { description.paper.map { PaperLaw(rawValue: $0.law) ?? .figures } }
}
