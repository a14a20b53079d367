"""The verbs of the office, one module per story.

Every verb is a keyword-only function that does a whole story in the transaction of its caller: it
returns and the caller commits, or it raises and nothing happened. Verbs never see a request.
"""
