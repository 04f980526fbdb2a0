import ReportCommand

DistillReport.main()
