import IngestCommand

DistillIngest.main()
