import FindingsCommand

DistillFindings.main()
