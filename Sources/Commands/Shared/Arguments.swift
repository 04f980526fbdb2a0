public import Allocation
public import ArgumentParser
public import Estimation
public import PaperStudy

// Names of the libraries that command lines take as they are.

extension PaperLaw: ExpressibleByArgument {}
extension Resampling: ExpressibleByArgument {}
extension RefitStarts: ExpressibleByArgument {}
extension Scenario: ExpressibleByArgument {}
