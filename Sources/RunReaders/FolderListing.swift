import Formats
import Foundation

/// What lies in folders, without following links to folders, which could lead in circles.
enum FolderListing {
  enum Kind {
    case file, folder, other
  }

  struct Entry {
    var name: String
    var kind: Kind
  }

  private static let mostFiles = 200_000
  private static let deepest = 12

  /// What lies directly in the folder at `path`, by name, numbers in names by their size.
  /// - Throws: ``StageError`` where it cannot be read.
  static func entries(of path: String) throws(StageError) -> [Entry] {
    let names: [String]
    do {
      names = try FileManager.default.contentsOfDirectory(atPath: path)
    } catch {
      throw StageError("is a folder that cannot be read", file: path)
    }
    return names.sorted(by: isBefore).map { Entry(name: $0, kind: kind(of: path + "/" + $0)) }
  }

  /// The folders directly in the folder at `path`.
  static func folders(of path: String) throws(StageError) -> [String] {
    try entries(of: path).filter { $0.kind == .folder }.map(\.name)
  }

  /// The files in the folder at `path` and below whose names `matches` takes, with their folders as they lie from
  /// `path` (empty for itself), by name.
  /// - Throws: ``StageError`` where a folder cannot be read, or where there are far too many files.
  static func files(
    below path: String, where matches: (String) -> Bool
  ) throws(StageError) -> [(folder: String, name: String)] {
    var found = [(folder: String, name: String)]()
    var seen = 0
    // A folder's own files come before those below it.
    var open = [(folder: "", depth: 0)]
    while let (folder, depth) = open.popLast() {
      let all = try entries(of: folder.isEmpty ? path : path + "/" + folder)
      seen += all.count
      guard seen <= mostFiles else {
        throw StageError("holds more than \(mostFiles) files; name a folder nearer to the runs", file: path)
      }
      found += all.filter { $0.kind == .file && matches($0.name) }.map { (folder, $0.name) }
      guard depth < deepest else { continue }
      let below = all.filter { $0.kind == .folder }.map { folder.isEmpty ? $0.name : folder + "/" + $0.name }
      open += below.reversed().map { ($0, depth + 1) }
    }
    return found
  }

  static func isFolder(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && isFolder.boolValue
  }

  static func isFile(_ path: String) -> Bool {
    var isFolder: ObjCBool = false
    return FileManager.default.fileExists(atPath: path, isDirectory: &isFolder) && !isFolder.boolValue
  }

  /// A link to a file is a file; one to a folder is neither.
  private static func kind(of path: String) -> Kind {
    guard let type = try? FileManager.default.attributesOfItem(atPath: path)[.type] as? FileAttributeType else {
      return .other
    }
    switch type {
    case .typeDirectory: return .folder
    case .typeRegular: return .file
    default: return isFile(path) ? .file : .other
    }
  }

  /// `version_2` before `version_10`.
  private static func isBefore(_ first: String, _ second: String) -> Bool {
    let order = first.compare(second, options: [.numeric])
    return order == .orderedSame ? first < second : order == .orderedAscending
  }
}

/// Names of the folders on the way to `path`, the last one its own, with `.` and `..` resolved.
func pathNames(_ path: String) -> [String] {
  URL(fileURLWithPath: path).standardizedFileURL.pathComponents.filter { $0 != "/" }
}
