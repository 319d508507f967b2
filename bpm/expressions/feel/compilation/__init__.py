"""Code for each kind of syntax: functions from the compiler and a node to a closure, grouped by what they do."""
