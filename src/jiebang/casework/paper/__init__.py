"""On paper (打印): forms and official documents, blank or filled."""
