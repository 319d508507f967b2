"""What people and programs touch: the HTTP API, the pages, the command line. The only folder that imports Flask."""
