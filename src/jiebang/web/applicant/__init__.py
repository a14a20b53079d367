"""Pages for companies and agencies: their work, drafts and cases."""
