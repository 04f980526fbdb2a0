import TablesCommand

DistillTables.main()
