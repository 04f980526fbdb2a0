import Foundation
import Testing

import Formats

@Suite struct LinkAndModeTests {
  private let folder: String

  init() throws {
    folder = FileManager.default.temporaryDirectory.appendingPathComponent("atomic-\(UUID().uuidString)").path
    try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
  }

  private func mode(_ name: String) throws -> Int {
    let found = try FileManager.default.attributesOfItem(atPath: "\(folder)/\(name)")[.posixPermissions]
    return try #require(found as? NSNumber).intValue
  }

  @Test func aLinkStaysALink() throws {
    try writeAtomically("old", to: folder + "/file")
    try FileManager.default.createSymbolicLink(atPath: folder + "/link", withDestinationPath: folder + "/file")
    try writeAtomically("new", to: folder + "/link")
    #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "new")
    #expect(try FileManager.default.destinationOfSymbolicLink(atPath: folder + "/link") == folder + "/file")
  }

  @Test func modesAreKeptAndReadOnlyIsRefused() throws {
    try writeAtomically("old", to: folder + "/file")
    try FileManager.default.setAttributes([.posixPermissions: 0o640], ofItemAtPath: folder + "/file")
    try writeAtomically("new", to: folder + "/file")
    #expect(try mode("file") == 0o640)
    try FileManager.default.setAttributes([.posixPermissions: 0o444], ofItemAtPath: folder + "/file")
    let error = #expect(throws: StageError.self) { try writeAtomically("newer", to: folder + "/file") }
    #expect(error?.message.contains("read-only") == true)
    #expect(try String(contentsOfFile: folder + "/file", encoding: .utf8) == "new")
  }
}
