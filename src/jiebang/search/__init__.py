"""Finding cases: the catalog, the full text, and the queries that lists need."""
