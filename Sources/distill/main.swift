import Commands

Distill.main()
