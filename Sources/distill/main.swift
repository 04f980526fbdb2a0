import Commands

Distill.runAsCalled()
