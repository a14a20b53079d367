"""The outbox: the loop that lets everything derived follow the change feed."""
