"""The rule engine, caged: compiler, worker process and its supervisor."""
