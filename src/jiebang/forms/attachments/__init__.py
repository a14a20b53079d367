"""Files that people attach (附件), looked at before anything is kept."""
