"""One small file per kind of BPMN element: what happens when a token arrives, executes and leaves."""
