"""The token game: `handle(command, now) -> events`, on SpiffWorkflow's specs.

Pure: no clock, no database, no network, no environment. Time, ids and stored state come in as
arguments. The only folder that imports SpiffWorkflow.
"""
