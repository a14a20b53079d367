"""Workbooks (XLSX): forms filled in offline, batches brought in, lists taken out."""
