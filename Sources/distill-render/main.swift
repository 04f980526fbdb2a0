import RenderCommand

DistillRender.main()
