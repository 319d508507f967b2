"""Pages for people: server-rendered, no assets from elsewhere, working without JavaScript."""
