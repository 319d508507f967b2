"""PURE: bytes of a BPMN file -> processes and problems. No clock, environment, network, database."""
