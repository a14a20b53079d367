"""Official documents out (公文): plain data to PDF bytes. Knows no case, no policy, no HTTP."""
