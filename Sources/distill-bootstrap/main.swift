import BootstrapCommand

DistillBootstrap.main()
